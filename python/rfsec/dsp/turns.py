# SPDX-License-Identifier: GPL-3.0-or-later
"""A carrier to shift signals in frequency with, quickly."""

import numpy as np

_BLOCK = 512


def turns(frequency: float, count: int) -> np.ndarray:
    """Return exp(2j pi frequency n) for n = 0 .. count - 1.

    The product of two short tables, for the complex exponential is slow.

    Parameters
    ----------
    frequency : float
        Cycles per sample.
    count : int
        At least 0.

    Returns
    -------
    complex64 [count]
        Within 1e-6 of the exact value.
    """
    fine = np.exp(2j * np.pi * frequency * np.arange(_BLOCK)).astype(np.complex64)
    coarse = np.exp(2j * np.pi * ((frequency * _BLOCK * np.arange(-(-count // _BLOCK))) % 1)).astype(np.complex64)
    return (coarse[:, None] * fine).ravel()[:count]
