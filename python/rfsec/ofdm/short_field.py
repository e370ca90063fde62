# SPDX-License-Identifier: GPL-3.0-or-later
"""The short training field repeats every 16 samples: how much of a stream's power does, and by what angle."""

import numpy as np

from .preamble import PERIOD

_WINDOW = 7  # blocks of 16 samples, and as many after them, lie within the short field wherever the packet begins


def repeats(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Correlate windows of 7 blocks of 16 samples with what comes 16 samples later.

    Each block's mean is left out: a receiver's offset repeats, too.

    Parameters
    ----------
    rows : complex64 [n, m]
        Blocks with a sample that is not finite count as zero.

    Returns
    -------
    complex64 [n, k]
        Sum of products; window i begins at sample 16 i, with k = m // 16 - 7, or 0.
    float32 [n, k]
        Sum of power, the mean of that of the window and of what comes later.
    """
    count = rows.shape[1] // PERIOD
    if count <= _WINDOW:
        return np.zeros((len(rows), 0), np.complex64), np.zeros((len(rows), 0), np.float32)
    blocks = np.ascontiguousarray(rows)[:, : count * PERIOD].reshape(len(rows), count, PERIOD)
    mean = blocks.mean(axis=2)
    products = np.einsum("rbi,rbi->rb", blocks[:, 1:], blocks[:, :-1].conj()) - PERIOD * mean[:, 1:] * mean[:, :-1].conj()
    parts = blocks.view(np.float32)
    power = np.einsum("rbi,rbi->rb", parts, parts) - PERIOD * (mean.real**2 + mean.imag**2)
    power = (power[:, 1:] + power[:, :-1]) / 2
    bad = ~np.isfinite(power)
    if bad.any():
        products, power = np.where(bad, 0, products), np.where(bad, 0, power)
    return _summed(products), np.maximum(_summed(power), 0)


def _summed(values: np.ndarray) -> np.ndarray:
    """Sums of `_WINDOW` neighbours."""
    total = values[:, : values.shape[1] - _WINDOW + 1].copy()
    for later in range(1, _WINDOW):
        total += values[:, later : values.shape[1] - _WINDOW + 1 + later]
    return total
