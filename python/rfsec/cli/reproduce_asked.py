# SPDX-License-Identifier: GPL-3.0-or-later
"""What a user asks ``rfsec reproduce`` for, whichever paper the table is of."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..reproduction.reproduce import Options
    from ..reproduction.train import TrainingOptions


@dataclass(frozen=True)
class Asked:
    """The command's options.

    Attributes
    ----------
    table : str
    out : Path
    seeds, threads : int
    only : list of str or None
        Names of rows; None for all.
    test_windows_per_cell, emitters : int or None
        None for the table's usual number.
    data : Path or None
        A file of labelled windows to train and to measure on.
    training : TrainingOptions or None
        Train what has no model, or list it.
    command : str
        The whole of it, as the page states it.
    report : callable
        Told what is being done, how much of it is done, and of how much (None: not known).
    """

    table: str
    out: Path
    seeds: int
    threads: int
    only: list[str] | None
    test_windows_per_cell: int | None
    emitters: int | None
    data: Path | None
    training: "TrainingOptions | None"
    command: str
    report: Callable[[str, float, float | None], None]

    def windows(self, usual: int) -> int:
        """Return the test windows per cell of a table that usually has `usual`."""
        return usual if self.test_windows_per_cell is None else self.test_windows_per_cell

    def options(self, usual: int) -> "Options":
        """Return the options of a reproduction that usually has `usual` test windows per cell."""
        from ..reproduction.reproduce import Options

        return Options(self.seeds, self.windows(usual), self.only, self.threads, self.training)
