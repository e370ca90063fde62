# SPDX-License-Identifier: GPL-3.0-or-later
"""Cut a burst into windows of a model's length."""

import numpy as np


def cut_windows(samples: np.ndarray, length: int, most: int) -> np.ndarray:
    """Return windows that are spread evenly over a burst.

    Parameters
    ----------
    samples : complex64 [n]
    length : int
        Samples of a window, at least 1.
    most : int
        Windows to return at most, at least 1.

    Returns
    -------
    complex64 [k, length]
        As few as cover the burst, from its first sample to its last; a burst shorter than one window is followed by
        zeros.
    """
    count = max(1, min(most, -(-samples.size // length)))
    if samples.size <= length:
        windows = np.zeros((1, length), np.complex64)
        windows[0, : samples.size] = samples
        return windows
    starts = np.linspace(0, samples.size - length, count).round().astype(int) if count > 1 else [(samples.size - length) // 2]
    return np.stack([samples[start : start + length] for start in starts])
