# SPDX-License-Identifier: GPL-3.0-or-later
"""Every table that can be reproduced, by name."""

from ..errors import ParameterError
from . import lstm_tables, signet_tables
from .table import Table

TABLES = {table.name: table for table in (*signet_tables.TABLES, *lstm_tables.TABLES)}


def find_table(name: str) -> Table:
    """Return a table by its name; ParameterError lists the names where there is none."""
    if name not in TABLES:
        raise ParameterError(f"The 'table' to reproduce must be one of {', '.join(TABLES)}. Got {name!r} instead.")
    return TABLES[name]
