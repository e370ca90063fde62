# SPDX-License-Identifier: GPL-3.0-or-later
"""Those rows of a table that a user names."""

from collections.abc import Sequence
from typing import Protocol, TypeVar

from ..errors import ParameterError


class _Named(Protocol):
    @property
    def name(self) -> str: ...


Named = TypeVar("Named", bound=_Named)


def named_rows(table: str, rows: Sequence[Named], only: list[str] | None) -> tuple[Named, ...]:
    """Return the rows named in `only`, in the table's order, or all; ParameterError lists the names where one is unknown."""
    names = [row.name for row in rows]
    for name in only or ():
        if name not in names:
            raise ParameterError(f"The 'only' row of {table} must be one of {', '.join(names)}. Got {name!r} instead.")
    return tuple(row for row in rows if not only or row.name in only)
