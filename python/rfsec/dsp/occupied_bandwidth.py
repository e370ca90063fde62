# SPDX-License-Identifier: GPL-3.0-or-later
"""Occupied bandwidth: the band that holds a given share of a signal's power."""

import numpy as np
import numpy.typing as npt
from scipy import signal


def occupied_band(
    samples: npt.NDArray[np.complex64], sample_rate_hz: float, share: float = 0.99, bins: int = 1024
) -> tuple[float, float]:
    """Return the lower and upper edge of the band that holds `share` of the power (ITU-R SM.328, 99%).

    Parameters
    ----------
    samples : ndarray of complex64, shape (n,)
        Without noise: the noise's power counts as well.
    sample_rate_hz : float
    share : float
        In (0, 1); the rest is split evenly below and above.
    bins : int
        Length of Welch's segments; the edges are exact to ``sample_rate_hz / bins``.

    Returns
    -------
    tuple of float
        Edges in Hz relative to the samples' centre frequency.
    """
    bins = min(bins, len(samples))
    frequency, density = signal.welch(samples, sample_rate_hz, nperseg=bins, return_onesided=False, detrend=False)
    order = np.argsort(frequency)
    power = np.cumsum(density[order])
    power /= power[-1]
    low, high = np.searchsorted(power, ((1 - share) / 2, (1 + share) / 2))
    return float(frequency[order][low]), float(frequency[order][high])
