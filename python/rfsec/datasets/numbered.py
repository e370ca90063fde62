# SPDX-License-Identifier: GPL-3.0-or-later
"""Draws by number: the same number always names the same piece of a world, whatever else is drawn."""

from enum import IntEnum
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy import special

from .seeding import Purpose, seed_sequence

_STEP = np.uint64(0x9E3779B97F4A7C15)
_MIXED = ((np.uint64(30), np.uint64(0xBF58476D1CE4E5B9)), (np.uint64(27), np.uint64(0x94D049BB133111EB)))

Words = npt.NDArray[np.uint64]
Columns = npt.NDArray[np.float64]


class Piece(IntEnum):
    """What a number names."""

    TRANSMITTER = 0
    TRANSMITTER_DAY = 1
    POSITION = 2
    RECEIVER = 3
    DEVICE = 4
    DEVICE_DAY = 5
    PRODUCT = 6
    PAYLOAD = 7
    SYNC_WORD = 8
    AMPLIFIER = 9
    AMPLIFIER_RECORDING = 10
    SENSOR = 11


def draw_rows(
    seed: int, piece: Piece, flat: int, bell: int, *numbers: npt.NDArray[np.integer]
) -> tuple[Columns, Columns]:
    """Return `flat` uniform and `bell` standard normal numbers for each piece that is named.

    They are those of SplitMix64 (G. L. Steele et al., "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014),
    which reaches any place of any stream at once: a million pieces need no million generators.

    Parameters
    ----------
    seed : int
        Of the world, at least 0.
    piece : Piece
    flat, bell : int
        How many of each.
    *numbers : ndarray of int, shape (n,)
        At least 0; together the elements of one row name one piece.

    Returns
    -------
    ndarray of float64, shape (flat, n)
        In (0, 1).
    ndarray of float64, shape (bell, n)

    Raises
    ------
    ParameterError
        If `seed` is negative.
    """
    state = _key(seed, piece)
    for column in numbers:
        state = _mix(state + (column.astype(np.uint64) + np.uint64(1)) * _STEP)
    words = _mix(state + np.arange(1, flat + bell + 1, dtype=np.uint64)[:, None] * _STEP)
    drawn = ((words >> np.uint64(11)) + 0.5) * 2.0**-53
    return drawn[:flat], special.ndtri(drawn[flat:])


def between(bounds: tuple[float, float], share: Columns) -> Columns:
    """Return the numbers at `share` of the way from the lower to the upper bound."""
    return bounds[0] + (bounds[1] - bounds[0]) * share


def log_between(bounds: tuple[float, Columns | float], share: Columns) -> Columns:
    """Return numbers whose logarithm is at `share` of the way from the lower to the upper bound, both above 0."""
    return bounds[0] * (bounds[1] / bounds[0]) ** share


@lru_cache(maxsize=64)
def _key(seed: int, piece: Piece) -> Words:
    return seed_sequence(Purpose.WORLD, seed, int(piece)).generate_state(1, np.uint64)


def _mix(words: Words) -> Words:
    for shift, factor in _MIXED:
        words = (words ^ (words >> shift)) * factor
    return words ^ (words >> np.uint64(31))
