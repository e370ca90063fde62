# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the one burst of an array is, in time and frequency, however high the array's rate."""

from dataclasses import dataclass

import numpy as np
from scipy import signal

from ..dsp.rotation import phasor
from .band import band_only
from .burst_band import find_band
from .burst_edges import Edges, find_edges

_NARROW, _WANTED = 1 / 14, 1 / 8  # of the rate, that the band takes: below the first the rate is lowered to the second
_MOST_ZOOMS = 6
_FEWEST_LEFT = 128  # samples of a lowered rate
_PASSED = 0.7  # of the lowered rate, that its filter passes unchanged
_PASS, _TAPS = 0.8, 12  # of the lowered rate; taps of the filter in new samples


@dataclass(frozen=True, slots=True)
class Located:
    """A burst in its surroundings.

    Attributes
    ----------
    samples : complex64 [m]
        The whole array, with the burst's band moved to 0 Hz, at `rate_hz`.
    rate_hz : float
        At most the array's rate; its integer part of it where the band is narrow.
    centre_hz : float
        By how much the band was moved.
    width_hz : float
        Of the band, down to the noise or to -30 dB.
    edges : Edges
        When it is on, in samples.
    """

    samples: np.ndarray
    rate_hz: float
    centre_hz: float
    width_hz: float
    edges: Edges


def locate(samples: np.ndarray, sample_rate_hz: float) -> Located:
    """Find the strongest burst.

    Parameters
    ----------
    samples : complex64 [n]
        Finite, not all zero, n at least 64; a burst in noise, or only a burst.
    sample_rate_hz : float
    """
    rate, moved = float(sample_rate_hz), 0.0
    looked_at = 1.0
    for _ in range(_MOST_ZOOMS):
        centre, width = find_band(samples, looked_at)
        step = int(_WANTED / width) if width < _NARROW and samples.size * width > _FEWEST_LEFT else 1
        turned = samples * phasor(samples.size, -centre)
        moved += centre * rate
        if step == 1:
            break
        samples = _lowered(turned, step)
        rate, looked_at = rate / step, _PASSED
    narrow = band_only(turned, 0.5 * width, 0.25 * width)
    power = narrow.real**2 + narrow.imag**2
    # Of a steady line, whose power does not vary in any band, nothing may be left in the one that was found.
    edges = find_edges(power, width) if power.any() else Edges(0.0, float(power.size), False, False)
    return Located(turned, rate, moved, width * rate, edges)


def _lowered(samples: np.ndarray, step: int) -> np.ndarray:
    taps = signal.firwin(_TAPS * step + 1, _PASS / step, window=("kaiser", 6.0)).astype(np.float32)
    filtered = signal.upfirdn(taps, samples, 1, step)
    first = _TAPS // 2
    return np.ascontiguousarray(filtered[first : first + -(-samples.size // step)])
