# SPDX-License-Identifier: GPL-3.0-or-later
"""What was measured for a table of the KGNet paper, and how it compares with what the paper states."""

from dataclasses import dataclass, field

from ..inference.mapper_card import MapperCard
from .keygen_measure import Point
from .keygen_rows import KeygenTable, MapperRow, Stated

_MUCH = 0.1  # key errors that reconciliation still corrects, by section VII-C
_ABOUT = 0.1


@dataclass
class Results:
    """Results of a table.

    Attributes
    ----------
    table : KeygenTable
    points : dict
        By title, of rows and of what stands beside them.
    numbers : dict
        The table's own numbers, by title and name.
    cards : dict
        Of the rows that have a model.
    missing : dict of str to str
        Titles of rows without a model, and the command that trains each.
    """

    table: KeygenTable
    points: dict[str, list[Point]] = field(default_factory=dict)
    numbers: dict[str, dict[str, float]] = field(default_factory=dict)
    cards: dict[MapperRow, MapperCard] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)

    def title_of(self, name: str) -> str:
        """The title of a row's name."""
        return next(row.title for row in self.table.rows if row.name == name)

    def ours(self, stated: Stated) -> float | None:
        """What is found here for what the paper states; None where it is not measured, or there is none."""
        title = self.title_of(stated.row)
        if title in self.numbers:
            return self.numbers[title].get(stated.what)
        found = [one for one in self.points.get(title, ()) if one.levels == stated.levels]
        if stated.what == "threshold_db":
            return min((one.snr_db for one in found if one.key_error_rate <= _MUCH), default=None)
        return next((getattr(one, stated.what) for one in found if one.snr_db == stated.snr_db), None)


def verdict(stated: Stated, ours: float | None) -> str:
    """The difference from the paper's figure, or whether what it states holds here."""
    if ours is None:
        return "holds" if stated.paper is None else "none here"
    if stated.paper is None:
        return "does not hold"
    if stated.kind == "below":
        return "holds" if ours < stated.paper else "does not hold"
    if stated.kind == "about":
        return "holds" if abs(ours - stated.paper) <= _ABOUT else "does not hold"
    return f"{ours - stated.paper:+.4g}"
