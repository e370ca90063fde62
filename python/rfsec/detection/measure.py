# SPDX-License-Identifier: GPL-3.0-or-later
"""Where in frequency a burst is, how much of it, and how strong."""

from dataclasses import dataclass
from math import ceil, log2

import numpy as np
from scipy import fft

from .spectrogram import hann

#: Share of the power that is inside the occupied bandwidth (ITU-R SM.328).
OCCUPIED = 0.99
_BINS_IN_BAND = 64
SHORTEST, _LONGEST = 32, 1 << 15  # samples of a spectrum
_MOST_SEGMENTS = 128
_SIGMAS = 3.0  # of the averaged noise, that a bin must exceed to count
_DYNAMIC_RANGE = 10**-4.5  # below the strongest bin: leakage of the window, images, spurs
_LINE = 2  # bins to either side that the window spreads a line over


@dataclass(frozen=True, slots=True)
class Occupied:
    """The occupied band of a burst.

    Attributes
    ----------
    centre, bandwidth : float
        Its middle and width, cycles per sample; the width is at least the resolution of the spectrum.
    snr_db : float
        Power of the burst over that of the noise in this band.
    """

    centre: float
    bandwidth: float
    snr_db: float


def measure(samples: np.ndarray, noise_density: float, band: tuple[float, float]) -> Occupied:
    """Measure the occupied band of a burst in white noise.

    The spectrum is averaged over Hann windows (Welch), the noise taken off, and the band found that leaves 0.5% of the
    power on either side. A line that holds more than all the rest counts as much as the rest: else the sidebands of AM
    and of a rarely keyed carrier would not belong to the band.

    Parameters
    ----------
    samples : complex64 [n]
        The burst, n at least 1.
    noise_density : float
        Noise power per unit of frequency in cycles per sample: the power of white noise over the whole band.
    band : (float, float)
        Lowest and highest frequency that may belong to the burst, cycles per sample; low < high.
    """
    power, resolution = _spectrum(samples, band[1] - band[0])
    half = power.averaged.size // 2
    first, last = (min(max(-half, round(edge / resolution)), half - 1) for edge in band)
    bins = np.arange(first, last + 1)
    inside = power.averaged[bins]
    threshold = max(noise_density * (1 + _SIGMAS / np.sqrt(power.averages)), inside.max() * _DYNAMIC_RANGE)
    own = np.where(inside > threshold, inside - noise_density, 0.0)
    if not own.any():
        own[np.argmax(inside)] = max(inside.max(), np.finfo(float).tiny)
    edges = np.concatenate(([0.0], np.cumsum(_without_line(own))))
    wanted = edges[-1] * np.array([(1 - OCCUPIED) / 2, (1 + OCCUPIED) / 2])
    low, high = np.interp(wanted, edges, (bins[0] - 0.5 + np.arange(edges.size)) * resolution)
    width = min(1.0, max(high - low, 2 * resolution))
    noise = noise_density * width
    excess = own.sum() * resolution
    snr_db = 10 * np.log10(max(excess, 1e-30) / max(noise, 1e-30))
    return Occupied(float(np.clip((low + high) / 2, -0.5, 0.5)), float(width), float(snr_db))


@dataclass(frozen=True, slots=True)
class _Spectrum:
    averaged: np.ndarray  # power density, per cycles per sample, in the order of the FFT
    averages: float  # independent ones that each value is the mean of


def _spectrum(samples: np.ndarray, width: float) -> tuple[_Spectrum, float]:
    """The averaged spectrum, and the distance of its bins in cycles per sample."""
    size = min(_LONGEST, max(SHORTEST, 1 << ceil(log2(_BINS_IN_BAND / width))))
    while size > SHORTEST and size > samples.size:
        size //= 2
    count = max(1, 2 * samples.size // size - 1)
    kept = min(count, _MOST_SEGMENTS)
    if samples.size < size:
        samples = np.concatenate((samples, np.zeros(size - samples.size, np.complex64)))
    hop = (samples.size - size) // max(1, kept - 1)
    stride = samples.strides[0]
    segments = np.lib.stride_tricks.as_strided(samples, (kept, size), (hop * stride, stride), writeable=False)
    spectra = fft.fft(segments * hann(size), axis=1, overwrite_x=True)
    power = (spectra.real**2 + spectra.imag**2).sum(axis=0, dtype=float) / kept
    return _Spectrum(power, max(1.0, 0.6 * kept)), 1 / size


def _without_line(own: np.ndarray) -> np.ndarray:
    peak = int(np.argmax(own))
    line = slice(max(0, peak - _LINE), peak + _LINE + 1)
    rest = own.sum() - own[line].sum()
    if own[line].sum() <= rest or rest <= 0:
        return own
    limited = own.copy()
    limited[line] *= rest / own[line].sum()
    return limited
