# SPDX-License-Identifier: GPL-3.0-or-later
"""Amplitude and phase of I/Q windows, the input of Rajendran et al., IEEE TCCN 2018, section IV-B."""

import numpy as np

_LEAST_POWER, _MOST_POWER = 1e-24, 1e36


def beyond_float32(power: np.ndarray) -> np.ndarray:
    """Which windows, by their power as float32 sums it, have samples whose squares float32 does not hold; NaN is one of them."""
    return ~((power > _LEAST_POWER) & (power < _MOST_POWER))


def amplitude_phase(windows: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """Amplitude with unit L2 norm, and phase in units of pi, of each window.

    Parameters
    ----------
    windows : complex64 [n, length]
    out : float32 [n, 2, length], optional
        Where to put the result.

    Returns
    -------
    float32 [n, 2, length]
        Row 0: amplitude divided by its L2 norm over the window (all zeros for a window of zeros). Row 1: phase/pi,
        in -1..1. Samples that are not finite give values that are not finite.
    """
    if out is None:
        out = np.empty((windows.shape[0], 2, windows.shape[1]), np.float32)
    block = max(1, _CACHED_SAMPLES // windows.shape[1])
    for first in range(0, len(windows), block):  # pieces that stay in the core's cache: twice as fast as one pass
        piece, target = windows[first:first + block], out[first:first + block]
        amplitude, phase = target[:, 0], target[:, 1]
        with np.errstate(over="ignore"):  # float32 does not hold the largest sums
            np.abs(piece, out=amplitude)
            power = np.einsum("nt,nt->n", amplitude, amplitude)
        extreme = beyond_float32(power)
        amplitude *= (1 / np.sqrt(np.where(extreme, 1, power)))[:, None]
        if extreme.any():
            amplitude[extreme] = _normalised(piece[extreme])
        np.arctan2(piece.imag, piece.real, out=phase)
        phase *= np.float32(1 / np.pi)
    return out


def _normalised(windows: np.ndarray) -> np.ndarray:
    """Amplitudes with unit L2 norm of windows whose squares float32 does not hold."""
    amplitude = np.abs(windows.astype(np.complex128))
    norm = np.sqrt(np.einsum("nt,nt->n", amplitude, amplitude))
    norm[norm == 0] = 1
    with np.errstate(invalid="ignore"):  # infinite samples: inf / inf
        return amplitude / norm[:, None]


_CACHED_SAMPLES = 16384
