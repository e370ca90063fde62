# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the one burst of an array is, in time and frequency, however high the array's rate."""

from dataclasses import dataclass

import numpy as np
from scipy import fft, signal
from scipy.ndimage import uniform_filter1d

from ..detection.spectrogram import hann
from ..dsp.rotation import phasor
from .band import band_only
from .burst_edges import Edges, find_edges

_FEWEST_SEGMENTS, _SHORTEST, _LONGEST = 16, 32, 1024  # of the spectra over which the band is looked for
_MOST_SEGMENTS = 512
_QUIET = 0.2  # of the cells: noise, wherever the burst leaves any
_HOLLOW = 1e-4  # of the other half's noise
_SIGMAS = 4.0
_RANGE = 10**-3.0  # below the strongest bin: leakage, splatter
_BESIDE = 1.5  # of its width: what is that close belongs to the same burst, as the two tones of wide FSK do
_SHARE = 0.05  # of the strongest part's power, that another has which belongs to it
_NARROW, _WANTED = 1 / 14, 1 / 8  # of the rate, that the band takes: below the first the rate is lowered to the second
_MOST_ZOOMS = 6
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
        centre, width = _band(samples, looked_at)
        step = int(_WANTED / width) if width < _NARROW and samples.size * width > 4 * _SHORTEST else 1
        turned = samples * phasor(samples.size, -centre)
        moved += centre * rate
        if step == 1:
            break
        samples = _lowered(turned, step)
        rate, looked_at = rate / step, _PASSED
    narrow = band_only(turned, 0.5 * width, 0.25 * width)
    return Located(turned, rate, moved, width * rate, find_edges(narrow.real**2 + narrow.imag**2, width))


def _band(samples: np.ndarray, looked_at: float) -> tuple[float, float]:
    """Middle and width of the band whose power varies most, cycles per sample: steady lines do not count.

    `looked_at` is the share of the spectrum, around 0 Hz, that no filter has cut off.
    """
    size = _SHORTEST
    while size < _LONGEST and samples.size >= 2 * _FEWEST_SEGMENTS * size:
        size *= 2
    count = max(1, 2 * samples.size // size - 1)
    kept = min(count, _MOST_SEGMENTS)
    firsts = np.linspace(0, samples.size - size, kept).astype(np.intp)
    rows = np.lib.stride_tricks.sliding_window_view(samples, size)[firsts]
    spectra = fft.fft(rows * hann(size), axis=1)
    power = spectra.real**2 + spectra.imag**2
    outside = (np.abs(fft.fftfreq(size)) > looked_at / 2) | _empty(power)
    power = power[:, ~outside]
    cells = np.partition(power.ravel(), int(_QUIET * power.size))
    floor = float(cells[int(_QUIET * power.size)]) / -np.log(1 - _QUIET)
    varying = np.zeros(size)
    varying[~outside] = uniform_filter1d(power.std(axis=0), 3)
    peak = int(np.argmax(varying))
    varying = np.roll(varying, size // 2 - peak)
    over = varying > max(floor * (1 + _SIGMAS / np.sqrt(kept)), _RANGE * varying.max())
    edges = np.flatnonzero(np.diff(np.concatenate(([0], over.view(np.int8), [0]))))
    runs = edges.reshape(-1, 2).tolist()
    at = next((i for i, (first, last) in enumerate(runs) if first <= size // 2 < last), None)
    if at is None:
        return float((peak / size + 0.5) % 1 - 0.5), 1 / size
    low, high = runs[at]
    for first, last in runs[at + 1 :]:
        if first - high <= _BESIDE * (high - low) and varying[first:last].sum() > _SHARE * varying[low:high].sum():
            high = last
    for first, last in runs[:at][::-1]:
        if low - last <= _BESIDE * (high - low) and varying[first:last].sum() > _SHARE * varying[low:high].sum():
            low = first
    middle = (low + high - 1) / 2 - size // 2 + peak
    return float((middle / size + 0.5) % 1 - 0.5), min(1.0, max(high - low - 2, 1) / size)


def _empty(power: np.ndarray) -> np.ndarray:
    """Which bins are the half of the spectrum that the analytic signal of a real-valued IF does not have."""
    half = power.shape[1] // 2
    of_half = [float(np.median(part)) for part in (power[:, 1:half], power[:, half + 1 :])]
    empty = np.zeros(power.shape[1], bool)
    if min(of_half) < _HOLLOW * max(of_half):
        weaker = int(np.argmin(of_half))
        empty[weaker * half : (weaker + 1) * half + 1] = True
        empty[0] = True
    return empty


def _lowered(samples: np.ndarray, step: int) -> np.ndarray:
    taps = signal.firwin(_TAPS * step + 1, _PASS / step, window=("kaiser", 6.0)).astype(np.float32)
    filtered = signal.upfirdn(taps, samples, 1, step)
    first = _TAPS // 2
    return np.ascontiguousarray(filtered[first : first + -(-samples.size // step)])
