# SPDX-License-Identifier: GPL-3.0-or-later
"""How right a row's models are, on test windows that are the same for every row and that no training has seen."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from statistics import mean, stdev

import numpy as np

from ..datasets.families import Family, find_family
from ..datasets.labelled_windows import LabelledWindows
from ..datasets.seeding import Purpose
from ..inference.card import ModelCard
from ..inference.evaluation import Evaluation, evaluate, share_right
from ..inference.session import ModelSession
from .table import WITHIN_POINTS, Row

TEST_SEED = 90_000  # with the purpose EVALUATION; training and validation draw from other purposes


@dataclass(frozen=True)
class Measured:
    """What one model, a row's of one seed, made of the test windows."""

    seed: int
    path: Path
    card: ModelCard
    evaluation: Evaluation
    percent: float


@dataclass(frozen=True)
class RowResult:
    """A row and its models, at least one.

    `windows_per_s` is None where speed is not measured, else of the first model.
    """

    row: Row
    runs: tuple[Measured, ...]
    windows_per_s: float | None = None

    @property
    def percent(self) -> float:
        """Mean accuracy over the seeds, percent."""
        return mean(run.percent for run in self.runs)

    @property
    def spread(self) -> float | None:
        """Standard deviation over the seeds, points; None for one seed."""
        return stdev(run.percent for run in self.runs) if len(self.runs) > 1 else None

    @property
    def difference(self) -> float | None:
        """Ours minus the paper's, points; None where the paper states no figure."""
        return None if self.row.paper is None else self.row.paper.difference(self.percent)

    @property
    def agrees(self) -> bool | None:
        """Whether ours and the paper's are within a point; None where the paper states no figure."""
        return None if self.difference is None else abs(self.difference) <= WITHIN_POINTS

    @cached_property
    def test_error(self) -> float:
        """Standard error that the number of test windows leaves, points."""
        first = self.runs[0].evaluation
        windows = sum(int(matrix.sum()) for snr, matrix in first.confusion_by_snr.items() if counts(self.row, float(snr)))
        return float(np.sqrt(self.percent * (100 - self.percent) / windows))


def counts(row: Row, snr_db: float) -> bool:
    """Whether the row's accuracy is over this SNR too."""
    return row.snrs_db is None or row.snrs_db[0] <= snr_db <= row.snrs_db[1]


def percent_of(row: Row, evaluation: Evaluation) -> float:
    """Return the accuracy over the row's SNRs, percent."""
    return 100 * share_right(sum(matrix for snr, matrix in evaluation.confusion_by_snr.items() if counts(row, float(snr))))


def family_of(row: Row) -> Family:
    """The kind of data that the row is about, with the published set's own faults where it has some."""
    return find_family(row.dataset, "compat")


@lru_cache(maxsize=2)
def _windows(dataset: str, shape: tuple[int, int] | None, per_cell: int, seed: int) -> LabelledWindows:
    family = find_family(dataset, "compat")
    chosen = next(one for one in family.shapes if shape in (None, (one.samples_per_symbol, one.window)))
    return family.generate(chosen, family.snrs_db, per_cell, seed, Purpose.EVALUATION)


def test_windows(row: Row, per_cell: int) -> LabelledWindows:
    """The windows that every model of a row is measured on: `per_cell` of each label at each SNR."""
    return _windows(row.dataset, row.shape, per_cell, TEST_SEED)


def measure(row: Row, seed: int, session: ModelSession, per_cell: int, report: Callable[[int, int], None]) -> Measured:
    """Measure one model; `report` is told after each batch how many windows are done, and of how many."""
    windows = test_windows(row, per_cell)
    found = evaluate(session, windows, family_of(row).labels, lambda done: report(done, len(windows)))
    return Measured(seed, session.path, session.card, found, percent_of(row, found))
