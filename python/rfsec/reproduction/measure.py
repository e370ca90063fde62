# SPDX-License-Identifier: GPL-3.0-or-later
"""How right a row's models are, on test windows that their training has not seen."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from statistics import mean, stdev

import numpy as np

from ..inference.card import ModelCard, Training
from ..inference.evaluation import Evaluation, evaluate, share_right
from ..inference.session import ModelSession
from .data import Data
from .models import lengths
from .table import WITHIN_POINTS, Row


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
        """Standard deviation over the seeds, points; None for one seed, or where they were not trained for equally long."""
        return stdev(run.percent for run in self.runs) if len(self.runs) > 1 and len(lengths(self.trainings)) == 1 else None

    @property
    def trainings(self) -> list[Training]:
        """How each model was trained."""
        return [run.card.training for run in self.runs]

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


def measure(row: Row, seed: int, session: ModelSession, data: Data, report: Callable[[int, int], None]) -> Measured:
    """Measure one model; `report` is told after each batch how many windows are done, and of how many."""
    windows = data.windows(row, seed)
    found = evaluate(session, windows, data.labels(row), lambda done: report(done, len(windows)))
    return Measured(seed, session.path, session.card, found, percent_of(row, found))
