# SPDX-License-Identifier: GPL-3.0-or-later
"""Bring an emission to what a model takes: in the middle, and at a rate of which it occupies a fixed share."""

from fractions import Fraction
from functools import lru_cache

import numpy as np
from scipy import signal

from ..dsp.rotation import phasor

#: The occupied bandwidth's share of the sample rate after conditioning.
SHARE = 0.5
#: Conditioned samples of one burst at most: enough for a decision, bounded in memory.
MAX_SAMPLES = 1 << 16
_MAX_UP = 64
_HALF_LENGTH = 8  # of the polyphase filter, in samples of the lower rate


def condition(samples: np.ndarray, centre: float, bandwidth: float) -> tuple[np.ndarray, float]:
    """Move an emission to 0 Hz and resample it by scipy's polyphase filter.

    Parameters
    ----------
    samples : complex64 [n]
        The burst, at any rate.
    centre : float
        Middle of its occupied band, cycles per sample.
    bandwidth : float
        Occupied bandwidth, cycles per sample, above 0 and at most 1.

    Returns
    -------
    complex64 [m]
        At most `MAX_SAMPLES`, from the burst's start.
    float
        Their rate, a multiple of the rate of `samples`: bandwidth / `SHARE` within 2%.
    """
    ratio = _ratio(bandwidth)
    needed = int(MAX_SAMPLES / ratio) + 1
    samples = samples[:needed]
    turned = samples * phasor(samples.size, -centre)
    if ratio != 1:
        parts = turned.view(np.float32).reshape(-1, 2)  # real arithmetic takes half the time
        parts = signal.resample_poly(parts, ratio.numerator, ratio.denominator, axis=0, window=_taps(ratio))
        turned = np.ascontiguousarray(parts).view(np.complex64).ravel()
    return turned[:MAX_SAMPLES], float(ratio)


def _ratio(bandwidth: float) -> Fraction:
    wanted = bandwidth / SHARE
    if wanted < 1 / _MAX_UP:
        return Fraction(1, round(1 / wanted))
    return Fraction(wanted).limit_denominator(_MAX_UP)


@lru_cache(maxsize=4096)
def _taps(ratio: Fraction) -> np.ndarray:
    up, down = ratio.numerator, ratio.denominator
    widest = max(up, down)
    return signal.firwin(2 * _HALF_LENGTH * widest + 1, 1 / widest, window=("kaiser", 5.0)).astype(np.float32)
