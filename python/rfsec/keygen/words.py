# SPDX-License-Identifier: GPL-3.0-or-later
"""Probes as words of symbols, of which those in guard bands are unknown: how far two are apart, and how many lie so near."""

import math

import numpy as np

from .guard_band import GUARD

_BITS = 12  # of a word, in which distances are counted: about what a position is worth (`entropy.MOST_BITS`)


def distances(words: np.ndarray, others: np.ndarray, levels: int) -> tuple[np.ndarray, np.ndarray]:
    """Return, of each word and each other one, the share of symbols that differ, and how many symbols both have.

    Parameters
    ----------
    words, others : int8 [n, m], int8 [k, m]
        Symbols from 0 to levels - 1, or `GUARD`.
    levels : int

    Returns
    -------
    float32 [n, k], uint16 [n, k]
        The share is 0 where two words have no symbol in common: nothing says that they differ.
    """
    common = _product(words != GUARD, others != GUARD)
    same = sum(_product(words == level, others == level) for level in range(levels))
    return (common - same) / np.maximum(common, 1), common.astype(np.uint16)


def bits_apart(words: np.ndarray, others: np.ndarray, levels: int) -> np.ndarray:
    """Return the bits, float64 [n, k], that a word still holds for one who knows the other: log2 of the words as near to it.

    Symbols of one probe depend on each other, so the share that differs is counted in a word of 12 bits, rounded down: up to a
    twelfth is no distance. Parameters are those of `distances`.
    """
    share, common = distances(words, others, levels)
    longest = _BITS // (levels.bit_length() - 1)
    length = np.minimum(common, longest)
    share *= length
    share += 1e-4  # shares are rounded to 24 bits
    within = np.array([[_log2_words(least, size, levels) for least in range(longest + 1)] for size in range(longest + 1)])
    return within.ravel()[length * (longest + 1) + share.astype(np.uint8)]


def quarter_turns(words: np.ndarray, levels: int) -> np.ndarray:
    """Return the words, int8 [4, n, m], of probes turned by 0, 90, 180 and 270 degrees.

    Parameters
    ----------
    words : int8 [n, m]
        Symbols of real parts, then as many of imaginary parts.
    levels : int
    """
    turned = [words]
    for _ in range(3):
        real, imaginary = np.split(turned[-1], 2, axis=1)
        negative = np.where(imaginary == GUARD, np.int8(GUARD), np.int8(levels - 1) - imaginary)
        turned.append(np.concatenate((negative, real), axis=1))
    return np.stack(turned)


def _log2_words(distance: int, length: int, levels: int) -> float:
    """Bits that name one of the words of `length` symbols that differ from a known one in at most `distance` of them."""
    return math.log2(sum(math.comb(length, count) * (levels - 1) ** count for count in range(min(distance, length) + 1)))


def _product(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return one.astype(np.float32) @ other.astype(np.float32).T  # counts up to 2^24 are exact
