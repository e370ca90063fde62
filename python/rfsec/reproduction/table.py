# SPDX-License-Identifier: GPL-3.0-or-later
"""What a table of a paper is: its rows, the paper's figures, and what the page shall show."""

from dataclasses import dataclass, field

WITHIN_POINTS = 1.0  # a row agrees with its paper where the two differ by no more
OURS = ("dilated-conv", "dilated-conv-small", "conv-bigru")  # this project's own models, beside the papers' rows


@dataclass(frozen=True)
class Figure:
    """An accuracy that a paper states.

    Attributes
    ----------
    percent : float
    where : str
        The table, figure or section that states it.
    kind : str
        "exact", "about" (the paper says "close to" or "around") or "at least" (it says "above").
    """

    percent: float
    where: str
    kind: str = "exact"

    def difference(self, percent: float) -> float:
        """Return ours - paper's, points; 0 where the paper only states a bound that ours keeps."""
        return max(percent - self.percent, 0.0) * (self.kind != "at least") + min(percent - self.percent, 0.0)

    def __str__(self) -> str:
        return {"exact": "", "about": "about ", "at least": "above "}[self.kind] + f"{self.percent:g}"


@dataclass(frozen=True)
class Row:
    """One row of a table: a model on one kind of data.

    Attributes
    ----------
    name : str
        What ``--only`` takes.
    title : str
        The row as the paper calls it.
    model : str
        The recipe's name, as ``rfsec train`` takes it.
    paper : Figure or None
        None where the paper prints a curve without its number.
    dataset : str
        A name that ``datasets.families.find_family`` knows.
    shape : tuple of int or None
        (samples per symbol, window) of the test windows; None for the family's only shape.
    snrs_db : tuple of int or None
        The lowest and the highest SNR label over which the accuracy counts; None for all.
    windows_per_cell : int or None
        Training windows of each label at each SNR, where the row is trained on a small fixed set.
    of_windows_per_cell : int
        What the paper's full training set has of each.
    changes : dict
        Fields of the recipe that this row has otherwise than the recipe of its model.
    panel : str
        The part of the picture that the row's curve is drawn in.
    also : dict
        The paper's further columns of this row, as printed.
    bits : int or None
        Bits that a weight needs, where the table is about the memory of weights.
    reasons : tuple of str
        Known causes of a difference, for the page.
    parent : str
        Recipe whose trained network this one starts from; "" where it starts anew.
    """

    name: str
    title: str
    model: str
    paper: Figure | None
    dataset: str = "rml2016a"
    shape: tuple[int, int] | None = None
    snrs_db: tuple[int, int] | None = None
    windows_per_cell: int | None = None
    of_windows_per_cell: int = 600
    changes: dict[str, object] = field(default_factory=dict)
    panel: str = ""
    also: dict[str, str] = field(default_factory=dict)
    bits: int | None = None
    reasons: tuple[str, ...] = ()
    parent: str = ""

    @property
    def full_title(self) -> str:
        """The title, and how few windows it is trained on, where that is what the row is about."""
        few = "" if self.windows_per_cell is None else f", {self.windows_per_cell} of {self.of_windows_per_cell} windows"
        return self.title + few

    @property
    def file_stem(self) -> str:
        """The model's file is ``<file_stem>-seed<k>.onnx``; rows that share a model share it."""
        changes = "".join(f"-{key}-{value}" for key, value in self.changes.items())
        few = "" if self.windows_per_cell is None else f"-{self.windows_per_cell}of{self.of_windows_per_cell}"
        return f"{self.model}{changes}{few}"


@dataclass(frozen=True)
class Comparison:
    """What a paper says of two rows: accuracy of `row` minus that of `other`, points; None where it states no number."""

    text: str
    row: str
    other: str
    points: float | None


@dataclass(frozen=True)
class Table:
    """A table or figure of a paper.

    Attributes
    ----------
    name : str
        What ``rfsec reproduce`` takes.
    title, paper : str
        Heading of the page, and the citation.
    rows : tuple of Row
        In the paper's order.
    pictures : tuple of str
        Of "curves", "confusion", "confusion_at_snrs", "roc", "features", "gates", "shares", "speed".
    comparisons : tuple of Comparison
    notes : tuple of str
        What holds for all rows.
    platforms : dict
        The paper's windows a second: platform -> row -> figure.
    closer_look : tuple of str
        Rows whose confusion at 18, 0 and -8 dB and gates are drawn.
    """

    name: str
    title: str
    paper: str
    rows: tuple[Row, ...]
    pictures: tuple[str, ...] = ("curves",)
    comparisons: tuple[Comparison, ...] = ()
    notes: tuple[str, ...] = ()
    platforms: dict[str, dict[str, int]] = field(default_factory=dict)
    closer_look: tuple[str, ...] = ()

    @property
    def timed(self) -> bool:
        """Whether windows a second are measured."""
        return "speed" in self.pictures
