# SPDX-License-Identifier: GPL-3.0-or-later
"""Rotating phasors, one a row: what takes carrier offsets out of rows of samples."""

import numpy as np

_FINE = 16


def turns(cycles: np.ndarray, count: int) -> np.ndarray:
    """Return exp(j 2 pi cycles n) for n = 0..count-1, each as the product of a coarse and a fine phasor.

    Parameters
    ----------
    cycles : float [m]
        Per sample.
    count : int
        At least 1.

    Returns
    -------
    complex64 [m, count]
    """
    fine = np.exp(2j * np.pi * np.outer(cycles, np.arange(_FINE))).astype(np.complex64)
    coarse = np.exp(2j * np.pi * np.outer(cycles, np.arange(0, count, _FINE))).astype(np.complex64)
    return (coarse[:, :, None] * fine[:, None]).reshape(len(fine), coarse.shape[1] * _FINE)[:, :count]
