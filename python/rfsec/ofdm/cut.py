# SPDX-License-Identifier: GPL-3.0-or-later
"""Pieces of equal length, cut out of a stream or out of rows of samples."""

import numpy as np


def cut(samples: np.ndarray, starts: np.ndarray, count: int) -> np.ndarray:
    """Return `count` samples from each start; zeros where that is outside.

    Parameters
    ----------
    samples : complex64 [m] or [n, m]
        A stream, or one row for each start.
    starts : int [n]
        May be negative.
    count : int
        At least 1.

    Returns
    -------
    complex64 [n, count]
    """
    length = samples.shape[-1]
    at = starts[:, None] + np.arange(count)
    inside = (at >= 0) & (at < length)
    if samples.ndim == 2:
        at = at + length * np.arange(starts.size)[:, None]
    if inside.all():
        return samples.ravel().take(at)
    return np.where(inside, samples.ravel().take(at, mode="clip"), np.complex64(0))
