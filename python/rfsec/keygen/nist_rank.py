# SPDX-License-Identifier: GPL-3.0-or-later
"""The binary matrix rank test of NIST SP 800-22 Rev. 1a, section 2.5."""

import numpy as np

SIDE = 32
FEWEST_BITS = 38 * SIDE * SIDE
_AT_ONCE = 4096  # matrices: bounds the memory


def rank(bits: np.ndarray) -> np.ndarray:
    """Return P-values, float64 [m, 1], of bits uint8 [m, n]: matrices of 32 x 32 have the ranks that chance makes."""
    count = bits.shape[1] // SIDE**2
    rows = np.packbits(bits[:, : count * SIDE**2].reshape(len(bits) * count, SIDE, SIDE), axis=2).view(">u4")[..., 0].astype(np.uint32)
    ranks = np.concatenate([_ranks(rows[first : first + _AT_ONCE]) for first in range(0, len(rows), _AT_ONCE)]).reshape(-1, count)
    full, less = _chance(SIDE), _chance(SIDE - 1)
    found = np.stack([(ranks == SIDE).sum(axis=1), (ranks == SIDE - 1).sum(axis=1)], axis=1)
    found = np.column_stack((found, count - found.sum(axis=1)))
    expected = count * np.array([full, less, 1 - full - less])
    return np.exp(-np.sum((found - expected) ** 2 / expected, axis=1) / 2)[:, None]


def _chance(rank_: int) -> float:
    """How often a random binary matrix of 32 x 32 has a rank (the standard's section 3.5)."""
    place = np.arange(rank_)
    product = np.prod((1 - 2.0 ** (place - SIDE)) ** 2 / (1 - 2.0 ** (place - rank_)))
    return float(2.0 ** (rank_ * (2 * SIDE - rank_) - SIDE * SIDE) * product)


def _ranks(rows: np.ndarray) -> np.ndarray:
    """Ranks over GF(2) of matrices uint32 [n, 32], one row a number: all are eliminated at once."""
    rows = rows.copy()
    found = np.zeros(len(rows), np.int64)
    number = np.arange(len(rows))
    for column in range(SIDE):
        has = (rows >> np.uint32(SIDE - 1 - column) & 1).astype(bool)
        has &= np.arange(SIDE) >= found[:, None]  # rows that are no pivot yet
        some = has.any(axis=1)
        pivot = np.where(some, has.argmax(axis=1), 0)
        place = np.minimum(found, SIDE - 1)
        chosen = np.where(some, rows[number, pivot], 0)
        rows[number, pivot] = np.where(some, rows[number, place], rows[number, pivot])
        rows[number, place] = np.where(some, chosen, rows[number, place])
        others = (rows >> np.uint32(SIDE - 1 - column) & 1).astype(bool)
        others[number, place] &= ~some
        rows ^= np.where(others & some[:, None], chosen[:, None], 0).astype(np.uint32)
        found += some
    return found
