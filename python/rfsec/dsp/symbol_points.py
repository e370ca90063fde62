# SPDX-License-Identifier: GPL-3.0-or-later
"""The symbols of a linear modulation, as points of a constellation."""

import numpy as np
from scipy import fft, ndimage, signal

_RATE_ERROR = 0.01
_TRIES = 81
_FINER = 8  # interpolation before symbols are picked
_ZERO_PADDING = 8
_STEADY = 33  # symbols over which the phase is taken


def symbol_points(samples: np.ndarray, samples_per_symbol: float, folds: int) -> np.ndarray:
    """Pick one sample a symbol, and take the carrier's frequency and phase off.

    The clock is the line of the squared envelope (Oerder and Meyr 1988), sought within 1% of the given rate; the carrier
    is the strongest line of the symbols' `folds`-th power, and their phase its mean over a moment.

    Parameters
    ----------
    samples : complex64 [n]
        At 0 Hz, to within 1 / (2 * `folds`) of the symbol rate.
    samples_per_symbol : float
        At least 1.
    folds : int
        Turns of the constellation that give itself again: 2 for BPSK, 4 for QPSK and QAM, 8 for 8PSK.

    Returns
    -------
    complex64 [about n / samples_per_symbol]
        Of unit mean power; empty where there is no power, and where there may be no symbol in so few samples.
    """
    power = samples.real**2 + samples.imag**2
    if not power.any():
        return np.empty(0, np.complex64)
    rates = np.linspace(1 - _RATE_ERROR, 1 + _RATE_ERROR, _TRIES) / samples_per_symbol
    lines = signal.zoom_fft(power - power.mean(), rates[[0, -1]], _TRIES, fs=1, endpoint=True)
    best = int(np.argmax(np.abs(lines)))
    period = 1 / rates[best]
    first = -np.angle(lines[best]) / (2 * np.pi) % 1 * period
    fine = signal.resample_poly(samples, _FINER, 1)
    points = fine[np.round(np.arange(first, power.size - 1, period) * _FINER).astype(int)]
    if not points.size:
        return points
    turned = fft.fft(points**folds, _ZERO_PADDING * points.size)
    peak = int(np.argmax(np.abs(turned)))
    frequency = fft.fftfreq(turned.size)[peak] / folds
    points = points * np.exp(-2j * np.pi * frequency * np.arange(points.size))
    slow = ndimage.uniform_filter1d(points**folds, _STEADY, mode="nearest")
    phase = np.unwrap(np.angle(slow)) - (np.pi if folds == 4 else 0)  # square constellations stand upright
    points = points * np.exp(-1j * phase / folds)
    return (points / np.sqrt(np.mean(np.abs(points) ** 2))).astype(np.complex64)
