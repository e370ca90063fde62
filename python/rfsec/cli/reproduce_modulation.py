# SPDX-License-Identifier: GPL-3.0-or-later
"""``rfsec reproduce`` of the tables of modulations: those of the SigNet paper and most of the LSTM paper."""

from typing import Any

from .reproduce_asked import Asked
from .reproduce_tables import figures_table, show

_TEST_WINDOWS = 100  # of each label at each SNR


def run_modulation(asked: Asked) -> Any:
    """Return the result of ``reproduction.reproduce``."""
    from ..reproduction.data import FileData, GeneratedData
    from ..reproduction.reproduce import reproduce

    data = GeneratedData(asked.windows(_TEST_WINDOWS)) if asked.data is None else FileData(asked.data, asked.test_windows_per_cell)
    return reproduce(asked.table, asked.out, asked.options(_TEST_WINDOWS), data, asked.command, asked.report)


def show_modulation(result: Any) -> None:
    """Print it."""
    from ..reproduction.models import seeds_text

    table = figures_table("row", "paper / %", "ours / %", "difference", "seeds")
    for one in result.results:
        spread = "" if one.spread is None else f" ± {one.spread:.2f}"
        difference = "" if one.difference is None else f"{one.difference:+.2f}"
        table.add_row(one.row.name, str(one.row.paper or ""), f"{one.percent:.2f}{spread}", difference, seeds_text(one.trainings))
    show([table], result.missing)
