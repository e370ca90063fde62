# SPDX-License-Identifier: GPL-3.0-or-later
"""What the commands of ``rfsec reproduce`` print."""

from collections.abc import Sized

from rich.box import SIMPLE_HEAD
from rich.table import Column, Table

from .plain import plain_console


def figures_table(row: str, *figures: str) -> Table:
    """A table of rows by their name in the column `row`, and `figures` to its right; what does not fit is folded, never cut."""
    columns = (Column(name, justify="right", overflow="fold") for name in figures)
    return Table(Column(row, overflow="fold"), *columns, box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)


def show(tables: list[Table], missing: Sized, what: str = "models") -> None:
    """Print tables, and how many of `what` were not trained."""
    console = plain_console()
    for table in tables:
        console.print(table)
    if missing:
        console.print(f"Not trained: {len(missing)} {what}. The page has the command for each.", highlight=False)
