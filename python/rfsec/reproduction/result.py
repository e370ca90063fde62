# SPDX-License-Identifier: GPL-3.0-or-later
"""What a reproduction found: the rows that were measured, and those without a model."""

from dataclasses import dataclass
from statistics import mean

from .data import Data
from .measure import RowResult
from .models import Missing
from .table import Comparison, Row, Table


@dataclass(frozen=True)
class TableResult:
    """A table as measured.

    Attributes
    ----------
    table : Table
    command : str
        What the user typed.
    data : Data
        What the rows were measured on.
    results : list of RowResult
        In the table's order, rows without any model left out.
    missing : list of Missing
        Rows and seeds without a model.
    """

    table: Table
    command: str
    data: Data
    results: list[RowResult]
    missing: list[Missing]

    def of(self, name: str) -> RowResult | None:
        """The row's result, None where it was not measured."""
        return next((one for one in self.results if one.row.name == name), None)

    def compared(self, comparison: Comparison) -> float | None:
        """Accuracy of the one row minus that of the other, points; None where one of them was not measured."""
        row, other = self.of(comparison.row), self.of(comparison.other)
        return None if row is None or other is None else row.percent - other.percent

    def orders(self) -> dict[str, list[RowResult]]:
        """Rows that can be compared, most accurate first, by what they were measured on."""
        found = {}
        for result in self.results:
            found.setdefault(measured_on(result.row), []).append(result)
        return {name: sorted(rows, key=lambda one: -one.percent) for name, rows in found.items()}


def measured_on(row: Row) -> str:
    """What a row's accuracy is over, in words."""
    shape = "" if row.shape is None else f", {row.shape[0]} samples a symbol, {row.shape[1]} samples"
    if row.snrs_db is None:
        return f"{row.dataset}{shape}, all SNRs"
    low, high = row.snrs_db
    return f"{row.dataset}{shape}, {low} dB" if low == high else f"{row.dataset}{shape}, {low} to {high} dB"


def macro_f1(result: RowResult) -> float:
    """Mean over the seeds of the macro F1 score over all SNRs."""
    return mean(run.evaluation.macro_f1 for run in result.runs)


def macro_recall(result: RowResult) -> float:
    """Mean over the seeds of the macro recall over all SNRs."""
    return mean(run.evaluation.macro_recall for run in result.runs)
