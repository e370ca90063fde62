# SPDX-License-Identifier: GPL-3.0-or-later
"""Columns that only some tables have: areas under the ROC, and what weights need in theory."""

from importlib.util import find_spec

from .measure import RowResult
from .pictures.roc import area, roc_curves
from .result import TableResult
from .table import Row

Extra = dict[str, dict[str, str]]  # row -> column -> value


def extra_columns(result: TableResult) -> Extra:
    """Return the columns that the table has beside those that all have; rows without any are left out."""
    found = {}
    for one in result.results:
        columns = _weight_memory(one.row, len(result.data.labels(one.row))) | (_areas(one) if "roc" in result.table.pictures else {})
        if columns:
            found[one.row.name] = columns
    return found


def _areas(result: RowResult) -> dict[str, str]:
    """Areas under the curves of the SigNet paper's figure 6, of the row's first seed."""
    curves = roc_curves(result.runs[0].evaluation)
    return {f"AUC {average}": f"{area(curve):.4f}" for average, curve in curves.items()}


def _weight_memory(row: Row, labels: int) -> dict[str, str]:
    """The LSTM paper's table V. The networks are PyTorch's: on a machine without it the columns are left out."""
    if row.bits is None or find_spec("torch") is None:
        return {}
    from ..training.low_bit_weights import weight_memory
    from ..training.recipes import find_recipe

    found = weight_memory(find_recipe(row.model).network(labels), row.bits)
    return {
        "weights": f"{found.weights}",
        "multiplications": f"{found.multiplications}",
        "weight memory / Mbit": f"{found.megabits:.5g}",
    }
