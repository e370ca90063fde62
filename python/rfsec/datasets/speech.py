# SPDX-License-Identifier: GPL-3.0-or-later
"""Speech-like audio from a seed: voiced syllables with moving formants, fricatives, and pauses."""

import numpy as np
import numpy.typing as npt
from scipy import signal

AUDIO_RATE_HZ = 44100.0
# Ranges of the first three formants of adult speech and their bandwidths, Hz (Peterson and Barney, JASA 24, 1952).
_FORMANTS_HZ = ((280.0, 800.0), (850.0, 2400.0), (2300.0, 3200.0))
_FORMANT_BANDWIDTHS_HZ = (70.0, 110.0, 170.0)
_PITCH_HZ = (85.0, 240.0)
_SYLLABLE_S = (0.1, 0.32)
_FRICATIVE_SHARE = 0.2
_ROOM_NOISE = 2e-3  # of the voiced level: a quiet studio


def _voiced(count: int, rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """A glottal pulse train with a gliding pitch through three formant resonators."""
    start, end = rng.uniform(0.85, 1.15, 2) * rng.uniform(*_PITCH_HZ)
    cycles = np.cumsum(np.linspace(start, end, count)) / AUDIO_RATE_HZ
    source = np.diff(np.floor(cycles), prepend=0.0)
    for (low, high), width in zip(_FORMANTS_HZ, _FORMANT_BANDWIDTHS_HZ, strict=True):
        radius = np.exp(-np.pi * width / AUDIO_RATE_HZ)
        angle = 2 * np.pi * rng.uniform(low, high) / AUDIO_RATE_HZ
        source = signal.lfilter([1.0 - radius], [1.0, -2 * radius * np.cos(angle), radius**2], source)
    return source


def _fricative(count: int, rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """Noise in a band above 2 kHz."""
    low = rng.uniform(2000.0, 4000.0)
    band = signal.butter(2, (low, low + 3000.0), "bandpass", fs=AUDIO_RATE_HZ)
    return signal.lfilter(*band, rng.standard_normal(count))


def synthesise_speech(
    duration_s: float, rms: float, pause_share: float, rng: np.random.Generator
) -> npt.NDArray[np.float32]:
    """Return speech-like audio at 44.1 kHz.

    Parameters
    ----------
    duration_s : float
    rms : float
        Root-mean-square level of every syllable; full scale is 1.
    pause_share : float
        Share of the time that is silent, in [0, 1).
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of float32, shape (round(duration_s * 44100),), within +-1
    """
    length = round(duration_s * AUDIO_RATE_HZ)
    audio = rng.standard_normal(length) * (rms * _ROOM_NOISE)
    position = 0
    while position < length:
        count = int(rng.uniform(*_SYLLABLE_S) * AUDIO_RATE_HZ)
        make = _fricative if rng.random() < _FRICATIVE_SHARE else _voiced
        syllable = make(count, rng) * signal.windows.tukey(count, 0.3)
        syllable *= rms / (np.sqrt(np.mean(syllable**2)) + 1e-12)
        audio[position : position + count] += syllable[: length - position]
        # Pauses of random length: exponential, so that words and sentences both occur.
        pause_s = rng.exponential(np.mean(_SYLLABLE_S) * pause_share / (1.0 - pause_share)) if pause_share else 0.0
        position += count + int(pause_s * AUDIO_RATE_HZ)
    # A window may begin anywhere, silence first or speech first.
    return np.clip(np.roll(audio, rng.integers(length)), -1.0, 1.0).astype(np.float32)
