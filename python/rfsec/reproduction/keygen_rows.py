# SPDX-License-Identifier: GPL-3.0-or-later
"""What a table or figure of the KGNet paper is: its mappers, how they are measured, and what the paper states of them."""

from dataclasses import dataclass, field

PAPER = (
    "X. Zhang, G. Li, J. Zhang, A. Hu, Z. Hou and B. Xiao, Deep Learning-based Physical-Layer Secret Key Generation for FDD "
    "Systems, 2021; its channels are DeepMIMO's, these are of the room of `datasets/room.py`"
)
SNRS_DB = tuple(range(0, 41, 5))


@dataclass(frozen=True)
class MapperRow:
    """A mapper in a table.

    Attributes
    ----------
    name, title : str
        What ``--only`` takes, which is its model's name, and what the page shows.
    recipe : str
        As ``rfsec train`` takes it.
    changes : dict
        Fields of the recipe that are otherwise here, see ``training.mapper_recipe``.
    curve, at : str, float
        The curve of the picture that it is a point of, and where, in pictures that are not by SNR.
    """

    name: str
    title: str
    recipe: str
    changes: dict[str, object] = field(default_factory=dict, hash=False)
    curve: str = ""
    at: float = 0.0


@dataclass(frozen=True)
class Stated:
    """A figure that the paper states.

    Attributes
    ----------
    row, what : str
        The row's name; a field of ``keygen_measure.Point``, "threshold_db", or one of the table's own numbers.
    paper : float or None
        None where the paper says that there is none.
    kind : str
        "exact", "about", or "below".
    snr_db, levels : int
        Where it holds.
    """

    row: str
    what: str
    paper: float | None
    kind: str = "exact"
    snr_db: int = 0
    levels: int = 2


@dataclass(frozen=True)
class KeygenTable:
    """A table or figure.

    Attributes
    ----------
    name, title : str
    rows : tuple of MapperRow
    snrs_db : tuple of float
        Of both ends; infinite for none.
    quantizers : tuple of (levels, epsilon)
    beside : tuple of str
        Of ``keygen_mappings.BESIDE``: what stands beside the rows without a network.
    stated : tuple of Stated
    notes : tuple of str
    axis : str
        What the picture is by: "SNR / dB", or what `MapperRow.at` is.
    drawn : tuple of str
        Fields of ``keygen_measure.Point``, a picture each.
    own : str
        Numbers of the table's own: "complexity", "nist", or nothing.
    """

    name: str
    title: str
    rows: tuple[MapperRow, ...]
    snrs_db: tuple[float, ...] = SNRS_DB
    quantizers: tuple[tuple[int, float], ...] = ((2, 0.1),)
    beside: tuple[str, ...] = ()
    stated: tuple[Stated, ...] = ()
    notes: tuple[str, ...] = ()
    axis: str = "SNR / dB"
    drawn: tuple[str, ...] = ("nmse", "nmse_h")
    own: str = ""
