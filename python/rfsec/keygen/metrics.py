# SPDX-License-Identifier: GPL-3.0-or-later
"""The KGNet paper's measures of initial keys and of features (section VII-B)."""

import numpy as np

from .guard_band import GUARD, bits_of


def agreed(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Where neither end has a guard band, bool [n, m], of symbols int8 [n, m]."""
    return (one != GUARD) & (other != GUARD)


def key_error_rate(alice: np.ndarray, bob: np.ndarray, levels: int = 2) -> float:
    """Share of the bits that both keep which differ, of symbols int8 [n, m]; NaN where nothing is kept."""
    kept = agreed(alice, bob)
    differ = bits_of(alice, kept, levels) != bits_of(bob, kept, levels)
    return float(differ.mean()) if differ.size else float("nan")


def key_generation_ratio(alice: np.ndarray, bob: np.ndarray, levels: int = 2) -> float:
    """Bits that both keep over the carriers, of symbols int8 [n, 2 carriers]: at most 2 log2(levels)."""
    return float(agreed(alice, bob).mean()) * 2 * (levels.bit_length() - 1)


def nmse(estimated: np.ndarray, true: np.ndarray) -> float:
    """Mean over rows of the squared error over the squared length (equation 21); real or complex [n, m]."""
    return float(np.mean(_power(estimated - true) / np.maximum(_power(true), np.finfo(float).tiny)))


def nvd(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Normalized vector distance of each row of `one` from that of `other` (equation 22), float64 [n]."""
    return _power(one - other) / np.maximum(_power(other), np.finfo(float).tiny)


def _power(rows: np.ndarray) -> np.ndarray:
    return np.sum(np.abs(np.asarray(rows)).astype(np.float64) ** 2, axis=1)
