# SPDX-License-Identifier: GPL-3.0-or-later
"""A rotating phasor: what moves samples in frequency."""

import numpy as np
import numpy.typing as npt


def phasor(count: int, frequency: float, phase: float = 0.0) -> npt.NDArray[np.complex64]:
    """Return exp(j (2 pi frequency n + phase)) for n = 0..count-1.

    It is the outer product of a coarse and a fine rotation: two short exponentials and one multiplication a sample.

    Parameters
    ----------
    count : int
        At least 1.
    frequency : float
        Cycles per sample.
    phase : float
        Radian, at the first sample.

    Returns
    -------
    ndarray of complex64, shape (count,)
    """
    block = 1 << (count.bit_length() + 1) // 2
    fine = np.exp(2j * np.pi * frequency * np.arange(block)).astype(np.complex64)
    starts = np.remainder(frequency * block * np.arange(-(-count // block)), 1.0)
    coarse = np.exp(1j * (2 * np.pi * starts + phase)).astype(np.complex64)
    return (coarse[:, None] * fine).ravel()[:count]
