# SPDX-License-Identifier: GPL-3.0-or-later
"""Undo what conditioning did to a burst's frequency: who sent it is told by its carrier offset too."""

import numpy as np
from scipy import signal

from ..dsp.rotation import phasor
from .burst import Burst
from .raw_bursts import MOST


def restore(burst: Burst) -> tuple[np.ndarray, float]:
    """Move a conditioned burst back to where it was received.

    Parameters
    ----------
    burst : Burst
        At 0 Hz.

    Returns
    -------
    complex64 [n]
        The burst at its `centre_hz`, at most `raw_bursts.MOST` samples.
    float
        Their rate: `model_rate_hz` times the smallest whole number that holds the burst's band.
    """
    up = max(1, int(np.ceil((2 * abs(burst.centre_hz) + burst.bandwidth_hz) / burst.model_rate_hz)))
    samples = burst.samples[: max(1, MOST // up)]
    if up > 1:
        parts = signal.resample_poly(samples.view(np.float32).reshape(-1, 2), up, 1, axis=0)
        samples = np.ascontiguousarray(parts, np.float32).view(np.complex64).ravel()
    rate_hz = burst.model_rate_hz * up
    return (samples * phasor(samples.size, burst.centre_hz / rate_hz)).astype(np.complex64, copy=False), rate_hz
