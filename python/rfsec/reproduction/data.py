# SPDX-License-Identifier: GPL-3.0-or-later
"""What the rows of a table are trained and measured on: data generated from their recipe, or a file, such as the published one."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from ..datasets.cells import room_for
from ..datasets.families import find_family
from ..datasets.labelled_windows import LabelledWindows
from ..datasets.opening import open_windows
from ..datasets.seeding import Purpose
from ..datasets.splits import FEWEST, split, thin
from ..errors import DatasetError, ModelError, ParameterError
from ..inference.card import ModelCard
from ..inference.evaluation import match_labels
from ..training.file_of_card import parts_of
from .table import Row

TEST_SEED = 90_000  # with the purpose EVALUATION; training and validation draw from other purposes


class Data(ABC):
    """Windows to train and to measure models on.

    Attributes
    ----------
    file : Path or None
        Where the windows are read from; None where they are generated.
    """

    file: Path | None

    @abstractmethod
    def covers(self, row: Row) -> bool:
        """Whether the data are of the kind that a row is about."""

    @abstractmethod
    def name(self, row: Row) -> str:
        """Return what the card of a model that was trained on the data of a row calls them."""

    @abstractmethod
    def check(self, card: ModelCard, model: Path, row: Row) -> None:
        """Raise ModelError unless the card of the file `model` says that it was trained on the data of a row."""

    @abstractmethod
    def labels(self, row: Row) -> tuple[str, ...]:
        """Return the name of each label index of the windows."""

    @abstractmethod
    def windows(self, row: Row, seed: int) -> LabelledWindows:
        """Return the windows that a row's model of a seed is measured on, and has not been trained on."""

    @abstractmethod
    def describe(self) -> str:
        """Return what they are, in a sentence for the page."""


@dataclass(frozen=True)
class GeneratedData(Data):
    """`per_cell` test windows of each label at each SNR, the same for every model of a table.

    Raises ParameterError where `per_cell` is below 1.
    """

    per_cell: int
    file = None

    def __post_init__(self) -> None:
        _check(self.per_cell)

    def covers(self, row: Row) -> bool:
        """See `Data`."""
        return True

    def name(self, row: Row) -> str:
        """See `Data`."""
        return find_family(row.dataset).name

    def check(self, card: ModelCard, model: Path, row: Row) -> None:
        """See `Data`."""
        _check_name(card, model, row, self.name(row))

    def labels(self, row: Row) -> tuple[str, ...]:
        """See `Data`."""
        return find_family(row.dataset).labels

    def windows(self, row: Row, seed: int) -> LabelledWindows:
        """See `Data`."""
        return _generated(row.dataset, row.shape, self.per_cell)

    def describe(self) -> str:
        """See `Data`."""
        return (
            f"The data are generated from the recipe `compat` (Sig2019-12: its only recipe). Every model saw the same test windows: {self.per_cell} "
            f"of each label at each SNR, of seed {TEST_SEED}, which no training uses."
        )


@dataclass(frozen=True)
class FileData(Data):
    """A file of labelled windows, split 6:2:2 by the seed of each model, as ``rfsec train --data`` does.

    Attributes
    ----------
    file : Path
        See ``datasets.opening.open_windows``.
    per_cell : int or None
        Test windows of each label at each SNR, at most; None for all that the split keeps.

    Raises
    ------
    ParameterError
        If `per_cell` is below 1.
    """

    file: Path
    per_cell: int | None = None

    def __post_init__(self) -> None:
        if self.per_cell is not None:
            _check(self.per_cell)

    def covers(self, row: Row) -> bool:
        """See `Data`: whether label names, SNRs and the length of a window are those of the row's data."""
        family = find_family(row.dataset)
        windows, labels = _one_of_each(self.file)
        lengths = {shape.window for shape in family.shapes}
        return lengths == {windows.x.shape[1]} and set(family.snrs_db) == set(windows.snr_db.tolist()) and _are_alike(labels, family.labels)

    def name(self, row: Row) -> str:
        """See `Data`."""
        return self.file.name

    def check(self, card: ModelCard, model: Path, row: Row) -> None:
        """See `Data`."""
        _check_name(card, model, row, self.name(row))
        parts_of(card, model, self.file, _opened(self.file)[0])

    def labels(self, row: Row) -> tuple[str, ...]:
        """See `Data`."""
        return _one_of_each(self.file)[1]

    def windows(self, row: Row, seed: int) -> LabelledWindows:
        """See `Data`."""
        return _test_share(self.file, seed, self.per_cell)

    def describe(self) -> str:
        """See `Data`."""
        test = "the third" if self.per_cell is None else f"at most {self.per_cell} of each label at each SNR of the third"
        return (
            f"The data are those of `{self.file.name}`, split 6:2:2 by the seed of each model. Each model is measured on {test} part, which its training "
            "has not seen. Rows of other data are left out."
        )


def covered(data: Data, rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """Return those of `rows` that `data` cover; DatasetError where there is none, or a file holds too few windows of some label at some SNR."""
    found = tuple(row for row in rows if data.covers(row))
    if found:
        if data.file is not None:
            _check_cells(data.file)
        return found
    families = [find_family(name) for name in dict.fromkeys(row.dataset for row in rows)]
    about = " or ".join(
        f"{one.name} ({len(one.labels)} labels at {min(one.snrs_db)} to {max(one.snrs_db)} dB, windows of {one.shapes[0].window} samples)"
        for one in families
        if len(one.shapes) == 1
    )
    windows, labels = _one_of_each(data.file)
    raise DatasetError(
        f"The data set '{data.file}' has {len(labels)} labels at {windows.snr_db.min()} to {windows.snr_db.max()} dB and windows of "
        f"{windows.x.shape[1]} samples. The rows that are asked for are about "
        + (f"{about}." if about else "windows of several lengths, which no file holds: leave --data out.")
    )


def _check(per_cell: int) -> None:
    if per_cell < 1:
        raise ParameterError(f"The 'test-windows-per-cell' of a reproduction must be at least 1. Got {per_cell} instead.")


def _check_name(card: ModelCard, model: Path, row: Row, name: str) -> None:
    if card.training.data != name:
        raise ModelError(f"{model}: the card's training data must be '{name}' for the row {row.name}. Got '{card.training.data}' instead. "
                         "Keep models of other data in another --out.")


def _check_cells(file: Path) -> None:
    """Raises DatasetError, naming the fewest, where some label has too few windows at some SNR to be split."""
    windows, labels = _opened(file)
    snrs_db, column = np.unique(windows.snr_db, return_inverse=True)
    counts = np.zeros((len(labels), len(snrs_db)), int)
    np.add.at(counts, (windows.label, column), 1)
    label, snr = np.unravel_index(counts.argmin(), counts.shape)
    if counts[label, snr] < FEWEST:
        raise DatasetError(f"The data set '{file}' must hold {FEWEST} windows or more of each label at each SNR, to be split 6:2:2. "
                           f"It has {counts[label, snr] or 'none'} of {labels[label]} at {snrs_db[snr]} dB.")


def _are_alike(theirs: tuple[str, ...], ours: tuple[str, ...]) -> bool:
    """Whether both name the same labels, each once, by the rules of ``evaluate``."""
    try:
        return sorted(match_labels(list(theirs), list(ours), "")) == list(range(len(ours)))
    except DatasetError:
        return False


@lru_cache(maxsize=2)
def _generated(dataset: str, shape: tuple[int, int] | None, per_cell: int) -> LabelledWindows:
    family = find_family(dataset)
    chosen = next(one for one in family.shapes if shape in (None, (one.samples_per_symbol, one.window)))
    room_for(family.name, len(family.labels) * len(family.snrs_db), per_cell, chosen.window)  # refused now, not after minutes
    return family.generate(chosen, family.snrs_db, per_cell, TEST_SEED, Purpose.EVALUATION)


@lru_cache(maxsize=1)
def _one_of_each(file: Path) -> tuple[LabelledWindows, tuple[str, ...]]:
    return open_windows(file, windows_per_cell=1)


@lru_cache(maxsize=1)
def _opened(file: Path) -> tuple[LabelledWindows, tuple[str, ...]]:
    return open_windows(file)


@lru_cache(maxsize=4)
def _test_share(file: Path, seed: int, per_cell: int | None) -> LabelledWindows:
    _, _, test = split(_opened(file)[0], seed)
    return test if per_cell is None else thin(test, per_cell, seed)
