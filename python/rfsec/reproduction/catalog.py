# SPDX-License-Identifier: GPL-3.0-or-later
"""Every table that can be reproduced, by name."""

from ..errors import ParameterError
from . import lstm_tables, signet_tables
from .table import Row, Table

TABLES = {table.name: table for table in (*signet_tables.TABLES, *lstm_tables.TABLES)}


def find_table(name: str) -> Table:
    """Return a table by its name; ParameterError lists the names where there is none."""
    if name not in TABLES:
        raise ParameterError(f"The 'table' to reproduce must be one of {', '.join(TABLES)}. Got {name!r} instead.")
    return TABLES[name]


def choose_rows(table: Table, only: list[str] | None) -> tuple[Row, ...]:
    """Return the rows named in `only`, in the table's order, or all; ParameterError lists the names where one is unknown."""
    names = [row.name for row in table.rows]
    for name in only or ():
        if name not in names:
            raise ParameterError(f"The 'only' row of {table.name} must be one of {', '.join(names)}. Got {name!r} instead.")
    return tuple(row for row in table.rows if not only or row.name in only)
