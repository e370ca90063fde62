# SPDX-License-Identifier: GPL-3.0-or-later
"""Frequency responses of paths with fractional delays, exact within the band, and of short filters."""

import numpy as np
import numpy.typing as npt

from .carrier import unit_phasors


def path_response(
    delays: npt.NDArray[np.floating], gains: npt.NDArray[np.complexfloating], length: int
) -> npt.NDArray[np.complex64]:
    """Return the sum of gain * exp(-j 2 pi f delay) over the paths of each row, on the bins of an FFT.

    A bin's number is split into a coarse and a fine part: the exponentials of both are few, and one matrix product
    a row combines them.

    Parameters
    ----------
    delays : ndarray of float, shape (n, paths)
        Samples.
    gains : ndarray of complex, shape (n, paths)
    length : int
        FFT length, even.

    Returns
    -------
    ndarray of complex64, shape (n, length)
        In the FFT's order.
    """
    block = 1 << (length.bit_length() + 1) // 2
    cycles = delays / -length
    coarse = np.arange(-(length // 2), length - length // 2, block)
    starts = unit_phasors(cycles[:, None, :] * coarse[:, None])
    starts *= gains.astype(np.complex64)[:, None]
    steps = unit_phasors(cycles[:, :, None] * np.arange(block))
    ordered = (starts @ steps).reshape(len(delays), -1)[:, :length]
    return np.roll(ordered, -(length // 2), axis=1)


def tap_response(
    taps: npt.NDArray[np.complexfloating], frequencies: npt.NDArray[np.floating]
) -> npt.NDArray[np.complex64]:
    """Return the responses of filters with three taps: an early one, 1, and a late one.

    Parameters
    ----------
    taps : ndarray of complex, shape (n, 2)
        One sample before and one after the main tap.
    frequencies : ndarray of float, shape (m,)
        Cycles per sample.

    Returns
    -------
    ndarray of complex64, shape (n, m)
    """
    turns = np.exp(2j * np.pi * np.stack((frequencies, -frequencies)))
    return (1 + taps @ turns).astype(np.complex64)
