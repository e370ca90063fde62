# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes out of frequency responses what two radios cannot share: gain, delay, and phase.

A path's delay is not shared either where each end starts its clock by its own packet detection: delays count from the
strongest path, and phases too.
"""

import numpy as np
from scipy import fft

from ..errors import ParameterError
from .preamble import CARRIERS

FINER = 16  # places of the impulse response for each sample
_LEAST = 1e-30
_AT_ONCE = 256  # rows, whose work arrays stay in a core's cache


def sanitise(cfr: np.ndarray, carriers: np.ndarray | None = None) -> np.ndarray:
    """Return frequency responses of unit mean power, the strongest tap at delay 0 with phase 0, complex64 [n, L].

    The strongest tap is the largest value of the inverse transform, 16 times as fine as the samples, and between those the top
    of a parabola through the three around it.

    Parameters
    ----------
    cfr : complex64 [n, L]
        Rows that are not finite or all zero come out as zeros.
    carriers : int [L] or None
        Rising numbers of the carriers. Where not given, 52 are 802.11's, which leave out the one in the middle
        (``preamble.CARRIERS``), and any other number of them are 0 to L - 1.

    Raises
    ------
    ParameterError
        The responses are no rows of complex numbers, or the carriers are not as many, rising whole numbers.
    """
    cfr = np.asarray(cfr)
    if cfr.ndim != 2 or not np.iscomplexobj(cfr) or cfr.shape[1] < 2:
        raise ParameterError(f"Frequency responses must be rows of at least 2 complex numbers. Got {cfr.dtype} {cfr.shape} instead.")
    if carriers is None:
        carriers = CARRIERS if cfr.shape[1] == CARRIERS.size else np.arange(cfr.shape[1])
    at = np.asarray(carriers)
    if at.shape != cfr.shape[1:] or not np.issubdtype(at.dtype, np.integer) or (at[1:] <= at[:-1]).any():
        raise ParameterError(f"The 'carriers' of responses must be {cfr.shape[1]} rising whole numbers. Got {at} instead.")
    out = np.empty(cfr.shape, np.complex64)
    for first in range(0, len(cfr), _AT_ONCE):
        out[first : first + _AT_ONCE] = _sanitised(cfr[first : first + _AT_ONCE], at - at[0])
    return out


def _sanitised(cfr: np.ndarray, at: np.ndarray) -> np.ndarray:
    power = np.mean(np.abs(cfr.astype(np.complex128)) ** 2, axis=1, keepdims=True)
    usable = np.isfinite(power) & (power > _LEAST)
    values = (np.where(usable, cfr, 1) / np.sqrt(np.where(usable, power, 1))).astype(np.complex64)
    taps = np.zeros((len(values), fft.next_fast_len(FINER * (int(at[-1]) + 1))), np.complex64)
    taps[:, at] = values
    taps = fft.ifft(taps, axis=1, overwrite_x=True)
    delay = _strongest(np.sqrt(taps.real**2 + taps.imag**2))
    values *= np.exp(2j * np.pi * delay[:, None] * at)
    values *= np.exp(-1j * np.angle(values.mean(axis=1, keepdims=True)))  # the mean is the strongest tap, now at 0
    return np.where(usable, values, 0)


def _strongest(size: np.ndarray) -> np.ndarray:
    """Delay of the largest value of each row, in turns per carrier."""
    length = size.shape[1]
    top = size.argmax(axis=1)
    rows = np.arange(len(size))
    left, middle, right = (size[rows, (top + shift) % length] for shift in (-1, 0, 1))
    bend = left - 2 * middle + right
    return (top + np.where(bend < 0, 0.5 * (left - right) / np.where(bend < 0, bend, -1), 0)) / length
