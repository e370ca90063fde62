# SPDX-License-Identifier: GPL-3.0-or-later
"""In which band the one burst of an array is."""

import numpy as np
from scipy import fft
from scipy.ndimage import uniform_filter1d

from ..detection.spectrogram import hann
from .middle import median

_FEWEST_SEGMENTS, _SHORTEST, _LONGEST = 16, 32, 1024  # of the spectra
_MOST_SEGMENTS = 512
_QUIET = 0.2  # of the cells: noise, wherever the burst leaves any
_HOLLOW = 1e-4  # of the other half's noise
_SIGMAS = 4.0
_RANGE = 10**-3.0  # below the strongest bin: leakage, splatter
_BESIDE = 1.5  # of its width: what is that close belongs to the same burst, as the two tones of wide FSK do
_SHARE = 0.05  # of the strongest part's power, that another has which belongs to it
_WEAKEST = 8  # the spectrum is cut open where one part in so many is weakest
_WIDE, _OUTSIDE = 0.7, 0.005  # of the spectrum: so wide a band is cut to leave that share of its power on either side


def find_band(samples: np.ndarray, looked_at: float = 1.0) -> tuple[float, float]:
    """Find the band whose power varies most: bursts come and go and are modulated, steady lines are not.

    Parameters
    ----------
    samples : complex64 [n]
        n at least 32.
    looked_at : float
        The share of the spectrum, around 0 Hz, that no filter has cut off.

    Returns
    -------
    (float, float)
        Middle and width, cycles per sample; down to the noise or to -30 dB.
    """
    varying, floor, kept = _varying(samples, looked_at)
    size = varying.size
    cut = int(np.argmin(uniform_filter1d(varying, size // _WEAKEST, mode="wrap")))
    varying = np.roll(varying, -cut)
    own = np.where(varying > max(floor * (1 + _SIGMAS / np.sqrt(kept)), _RANGE * varying.max()), varying, 0)
    low, high = _run(own)
    width = high - low - 2.0  # the window and the smoothing widen it
    middle = (low + high - 1) / 2
    if high - low > _WIDE * size:
        summed = np.cumsum(np.maximum(own[low:high] - floor, 0))
        low, high = low + np.searchsorted(summed, summed[-1] * np.array([_OUTSIDE, 1 - _OUTSIDE]))
        middle, width = (low + high) / 2, high - low + 1.0
    return float(((middle + cut) / size + 0.5) % 1 - 0.5), float(min(1.0, max(width, 1.0) / size))


def _varying(samples: np.ndarray, looked_at: float) -> tuple[np.ndarray, float, int]:
    """Standard deviation over time of each bin's power, that of a bin of noise, and how many spectra are behind them."""
    size = _SHORTEST
    while size < _LONGEST and samples.size >= 2 * _FEWEST_SEGMENTS * size:
        size *= 2
    kept = min(max(1, 2 * samples.size // size - 1), _MOST_SEGMENTS)
    firsts = np.linspace(0, samples.size - size, kept).astype(np.intp)
    rows = np.lib.stride_tricks.sliding_window_view(samples, size)[firsts]
    spectra = fft.fft(rows * hann(size), axis=1)
    power = spectra.real**2 + spectra.imag**2
    inside = (np.abs(fft.fftfreq(size)) <= looked_at / 2) & ~_empty(power)
    power = power[:, inside]
    quiet = int(_QUIET * power.size)
    floor = float(np.partition(power.ravel(), quiet)[quiet]) / -np.log(1 - _QUIET)
    varying = np.zeros(size)
    varying[inside] = uniform_filter1d(power.std(axis=0), 3)
    return varying, floor, kept


def _empty(power: np.ndarray) -> np.ndarray:
    """Which bins are the half of the spectrum that the analytic signal of a real-valued IF does not have."""
    half = power.shape[1] // 2
    of_half = [median(part) for part in (power[:, 1:half], power[:, half + 1 :])]
    empty = np.zeros(power.shape[1], bool)
    if min(of_half) < _HOLLOW * max(of_half):
        weaker = int(np.argmin(of_half))
        empty[weaker * half : (weaker + 1) * half + 1] = True
        empty[0] = True
    return empty


def _run(own: np.ndarray) -> tuple[int, int]:
    """First bin, and the one beyond the last, of what belongs to the strongest bin; all others are 0."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], (own > 0).view(np.int8), [0]))))
    runs = edges.reshape(-1, 2).tolist()
    peak = int(np.argmax(own))
    at = next((i for i, (first, last) in enumerate(runs) if first <= peak < last), None)
    if at is None:
        return peak, peak + 1
    low, high = runs[at]
    for first, last in runs[at + 1 :]:
        if first - high <= _BESIDE * (high - low) and own[first:last].sum() > _SHARE * own[low:high].sum():
            high = last
    for first, last in runs[:at][::-1]:
        if low - last <= _BESIDE * (high - low) and own[first:last].sum() > _SHARE * own[low:high].sum():
            low = first
    return low, high
