# SPDX-License-Identifier: GPL-3.0-or-later
"""Frequency responses as rows of real numbers."""

import numpy as np


def features(cfr: np.ndarray) -> np.ndarray:
    """Return real parts, then imaginary parts, float32 [n, 2L], of complex [n, L] (the KGNet paper's equation 13)."""
    return np.concatenate((cfr.real, cfr.imag), axis=1).astype(np.float32)


def from_features(values: np.ndarray) -> np.ndarray:
    """Return complex64 [n, L] of what `features` gives."""
    half = values.shape[1] // 2
    return (values[:, :half] + 1j * values[:, half:]).astype(np.complex64)
