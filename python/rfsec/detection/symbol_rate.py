# SPDX-License-Identifier: GPL-3.0-or-later
"""The symbol rate of a burst, whatever its modulation, where it can be seen."""

import numpy as np
from scipy import fft
from scipy.ndimage import maximum_filter1d, uniform_filter1d

from .cycles import Line, find_lines, fundamental
from .keying_edges import clock

MOST_SAMPLES = 1 << 13
FEWEST_SAMPLES = 64
_UP = 2  # the squares of a burst are twice as wide as the burst
_NOTHING = 1e-12  # of the largest sample's power: a spectrum as flat as noise
_SMOOTHED = 64  # parts of the band over which its spectrum is averaged
_EDGE = 0.42  # beyond it the resampling filter has taken the noise
_FLOOR_SHARE, _FLOOR_SCALE = 0.05, 1.5
_WHITENED = 0.02  # of the mean density: what is below is not raised
_LINE, _LINE_BINS = 12.0, 5  # times the density around: a carrier or a tone, which is left out with the bins beside it
_PERIODIC = 0.9  # of the power in lines: a tone, or the same again and again
_TAPERED = 0.05  # of the burst, on either side
_CONSTANT, _CONSTANT_NOISE = 0.06, 1.5  # of the squared envelope that varies, and how much of it noise explains
_NOISY = 0.3  # noise over the burst's power, above which a frequency says little
_OFF = 0.45  # magnitude between the pulses of keying, at most, of that in them
_SLOWER, _SLOW_KEYING = 4, 0.2  # samples in one; rate up to which to look there
_STEPS = ((1, 1), (4, 2), (12, 6))  # samples that a step takes, and every which sample of it is enough
_HIGHEST, _HIGHEST_FREQUENCY = 0.26, 0.45  # symbol rates, over twice the sample rate: 1.04 and 1.8 bandwidths
_STREAM = 0.95
_FREE = 0.085  # shaped symbols are faster
_SHARE, _SHARE_STEPS = 0.5, 0.25


def symbol_rate(samples: np.ndarray, rate_hz: float, stream_rate_hz: float = np.inf) -> float | None:
    """Measure the symbol rate of a burst from its first 8,192 samples, or, of slow keying, from all.

    Keying on and off and frequency-shift keying between two levels show their clock in the times of their edges. Other
    modulations repeat their statistics once a symbol, which gives lines in the spectrum of the squared, whitened burst
    (W. A. Gardner, "Spectral correlation of modulated signals", 1987), and, of constant envelopes, in that of the
    steps of their frequency.

    Parameters
    ----------
    samples : complex64 [n]
        At 0 Hz, with an occupied bandwidth of half the sample rate, as `condition` gives them.
    rate_hz : float
        Their rate.
    stream_rate_hz : float
        The rate of the stream that the burst is from: its own clock is not taken for a symbol rate.

    Returns
    -------
    float or None
        Symbols (chips, of a line code) a second. None where no clock is significant: noise, carriers, speech, OFDM,
        too few symbols, a roll-off too small; and of bursts of fewer than 64 samples.
    """
    largest = np.abs(samples[:MOST_SAMPLES].view(np.float32)).max(initial=0)
    if samples.size < FEWEST_SAMPLES or largest == 0:
        return None
    burst, white, noise, in_lines = _prepared(samples[:MOST_SAMPLES] / largest)
    magnitude = np.abs(burst)
    power = np.mean(magnitude**2)
    if power < _NOTHING or in_lines > _PERIODIC:
        return None
    varying = 1 - magnitude.mean() ** 2 / power
    constant = varying < _CONSTANT + _CONSTANT_NOISE * noise and noise < _NOISY
    frequency = np.angle(burst[1:] * np.conj(burst[:-1])) if constant else None
    highest, highest_frequency = np.minimum((_HIGHEST, _HIGHEST_FREQUENCY), _STREAM * stream_rate_hz / (_UP * rate_hz))
    rate = clock(frequency, highest_frequency) if constant else clock(magnitude, highest, _OFF)
    if rate is None and not constant and samples.size > MOST_SAMPLES:
        rate = _slow_keying(samples)
    if rate is None:
        lines = find_lines(white.real**2 + white.imag**2, highest, _FREE, _SHARE)
        if constant:
            for length, every in _STEPS:
                found = find_lines(_steps(frequency, length)[::every], highest_frequency, 1.0, _SHARE_STEPS)
                lines += [Line(line.rate / every, line.score) for line in found]
        rate = fundamental(lines)
    return None if rate is None else rate * _UP * rate_hz


def _prepared(samples: np.ndarray) -> tuple[np.ndarray, np.ndarray, float, float]:
    """The burst at twice the rate with little noise, the same with a flat spectrum; noise and lines over its power."""
    count = fft.next_fast_len(samples.size)
    spectrum = fft.fft(samples, count)
    tapered = fft.fft(_tapered(samples), count)
    power = spectrum.real**2 + spectrum.imag**2
    width = max(5, count // _SMOOTHED) | 1
    density = np.maximum(uniform_filter1d(uniform_filter1d(power, width, mode="wrap"), width, mode="wrap"), 1e-30)
    edge = int(_EDGE * count)
    inside = np.concatenate((density[:edge], density[-edge:]))
    floor = np.partition(inside, int(_FLOOR_SHARE * inside.size))[int(_FLOOR_SHARE * inside.size)]
    own = np.maximum(density - _FLOOR_SCALE * floor, 0)
    wiener = own / density
    noise = np.sum(wiener**2) * floor / max(np.sum(wiener**2 * own), 1e-30)
    mean = (density[: count // 4].mean() + density[-count // 4 :].mean()) / 2
    own = np.maximum(density - max(_FLOOR_SCALE * floor, _WHITENED * mean), 0)
    power = tapered.real**2 + tapered.imag**2
    lines = maximum_filter1d(power > _LINE * density, _LINE_BINS, mode="wrap")
    flat = np.where(lines, 0, np.sqrt(own) / density)
    in_lines = power[lines].sum() / power.sum()
    return _upsampled(spectrum * wiener, samples.size), _upsampled(tapered * flat, samples.size), float(noise), float(in_lines)


def _slow_keying(samples: np.ndarray) -> float | None:
    """The clock of a long burst that was keyed so slowly that few pulses are in its beginning."""
    magnitude = np.abs(samples[: samples.size // _SLOWER * _SLOWER]).reshape(-1, _SLOWER).mean(axis=1)
    rate = clock(magnitude, _SLOW_KEYING, _OFF)
    return None if rate is None else rate / _SLOWER / _UP


def _tapered(samples: np.ndarray) -> np.ndarray:
    """The samples faded in and out (Tukey), so that a line does not leak."""
    count = max(1, int(_TAPERED * samples.size))
    fade = np.sin(0.5 * np.pi * (np.arange(count, dtype=np.float32) + 0.5) / count) ** 2
    tapered = samples.copy()
    tapered[:count] *= fade
    tapered[-count:] *= fade[::-1]
    return tapered


def _upsampled(spectrum: np.ndarray, count: int) -> np.ndarray:
    half = spectrum.size // 2
    wide = np.zeros(_UP * spectrum.size, np.complex64)
    wide[: spectrum.size - half], wide[-half:] = spectrum[: spectrum.size - half], spectrum[-half:]
    return fft.ifft(wide, overwrite_x=True)[: _UP * count]


def _steps(frequency: np.ndarray, length: int) -> np.ndarray:
    """Squared differences between the means of neighbouring stretches."""
    summed = np.concatenate(([0.0], np.cumsum(frequency, dtype=float)))
    averaged = ((summed[length:] - summed[:-length]) / length).astype(np.float32)
    return np.square(averaged[length:] - averaged[:-length])
