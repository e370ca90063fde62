# SPDX-License-Identifier: GPL-3.0-or-later
"""Frequency responses as rows of real numbers."""

import numpy as np

from ..errors import ParameterError


def features(cfr: np.ndarray) -> np.ndarray:
    """Return real parts, then imaginary parts, float32 [n, 2L], of complex [n, L] (the KGNet paper's equation 13)."""
    return np.concatenate((cfr.real, cfr.imag), axis=1).astype(np.float32)


def from_features(values: np.ndarray) -> np.ndarray:
    """Return complex64 [n, L] of what `features` gives."""
    half = values.shape[1] // 2
    return (values[:, :half] + 1j * values[:, half:]).astype(np.complex64)


def real_rows(values: np.ndarray, least: int) -> np.ndarray:
    """Return features, float64 [n, m]. Raises ParameterError unless they are real rows of at least `least`."""
    rows = np.asarray(values)
    if np.iscomplexobj(rows):  # to cast them would lose the imaginary parts
        raise ParameterError(f"Features must be real: real parts, then imaginary parts. Got {rows.dtype} instead. Take `features` of responses.")
    if rows.ndim != 2 or rows.shape[1] < least:
        raise ParameterError(f"Features must be rows of at least {least} values. Got shape {rows.shape} instead.")
    return rows.astype(np.float64, copy=False)
