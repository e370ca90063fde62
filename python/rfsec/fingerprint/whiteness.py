# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether windows hold anything but white noise: a fingerprint of noise is worth nothing."""

import numpy as np
from scipy import stats

_LAGS = 8
_WHITE_TAKEN_FOR_SIGNAL = 0.001
_LIMIT = float(stats.gamma.ppf(1 - _WHITE_TAKEN_FOR_SIGNAL, _LAGS))


def is_white(windows: np.ndarray) -> bool:
    """Return whether windows look like white noise: their samples do not depend on those before them.

    Of white noise the squared autocorrelation at each lag, times the number of products in it, is distributed
    exponentially, and the sum over 8 lags as a gamma distribution. Less than one set of windows of white noise in 1000
    is taken for a signal. A signal that fills the whole band evenly cannot be told from noise.

    Parameters
    ----------
    windows : complex64 [n, length]
        Finite. Every window counts the same, whatever its power.
    """
    power = np.mean(windows.real**2 + windows.imag**2, axis=1, keepdims=True, dtype=np.float64)
    alive = windows[power[:, 0] > 0] / np.sqrt(power[power[:, 0] > 0])
    lags = range(1, min(_LAGS, windows.shape[1] - 1) + 1)
    found = sum(abs(np.vdot(alive[:, :-lag], alive[:, lag:])) ** 2 / max(1, alive[:, lag:].size) for lag in lags)
    return bool(found < _LIMIT)
