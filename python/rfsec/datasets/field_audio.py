# SPDX-License-Identifier: GPL-3.0-or-later
"""Short audio for the analogue classes of the field model: speech, music, tones; fast, at any rate."""

import numpy as np
import numpy.typing as npt
from scipy import fft

from .field_draw import between, chance, log_between, pick, ramp

# Ranges of the first three formants of adult speech and their bandwidths, Hz (Peterson and Barney, JASA 24, 1952).
_FORMANTS_HZ = ((280.0, 800.0), (850.0, 2400.0), (2300.0, 3200.0))
_FORMANT_BANDWIDTHS_HZ = (70.0, 110.0, 170.0)
_PITCH_HZ = (85.0, 260.0)
_SYLLABLE_S = 0.2
_MOST_SYLLABLES = 4
_LONGEST_PAUSE = 0.2  # of the audio: half a window, so that none is without modulation


def draw_audio(
    count: int, cutoff: float, top_hz: float, rng: np.random.Generator, tones: bool = True
) -> npt.NDArray[np.float32]:
    """Return audio of peak 1, without long silence; half of it compressed, as transmitters do.

    Parameters
    ----------
    count : int
        Samples.
    cutoff : float
        Highest audio frequency, cycles per sample, below 0.5.
    top_hz : float
        The same in Hz: it sets the time scale.
    rng : numpy.random.Generator
    tones : bool
        Whether it may be nothing but steady tones, or hiss.

    Returns
    -------
    ndarray of float32, shape (count,)
    """
    few = fft.next_fast_len(max(16, 2 * int(count * cutoff)), real=True)  # samples at twice the cut-off
    make = pick(rng, (_speech, _music, _hiss, _tones), (0.6, 0.2, 0.1, 0.1) if tones else (0.8, 0.2, 0.0, 0.0))
    audio = make(few, 2 * top_hz, rng)
    if chance(rng, 0.5):
        # Peaks above the rms level only: harder limiting would make a tone a square wave, and its FM two-level keying.
        audio = np.tanh(audio * np.float32(between(rng, 0.3, 1.2) / (np.sqrt(np.mean(audio**2)) + 1e-12)))
    if chance(rng, 0.2):
        _silence(audio, rng)
    spectrum = fft.rfft(audio.astype(np.float32))
    low = int(between(rng, 0.0, 0.08) * spectrum.size)
    spectrum[: 1 + low] = 0  # no direct current, often nothing below 300 Hz
    wide = fft.irfft(spectrum[: count // 2 + 1], count)
    return wide / (np.abs(wide).max() + np.float32(1e-12))


def _speech(count: int, rate_hz: float, rng: np.random.Generator) -> npt.NDArray[np.float32]:
    syllables = int(np.clip(round(count / rate_hz / _SYLLABLE_S * between(rng, 0.7, 1.4)), 1, _MOST_SYLLABLES))
    audio = np.zeros(count, np.float32)
    edges = np.linspace(0, count, syllables + 1).astype(int)
    for start, end in zip(edges[:-1], edges[1:], strict=True):
        part = _voiced(end - start, rate_hz, rng)
        part *= log_between(rng, 0.3, 1.0) / (np.abs(part).max() + 1e-12)
        if chance(rng, 0.4):  # a consonant in front of the vowel
            length = int(between(rng, 0.1, 0.4) * part.size)
            hiss = _fricative(length, rng)
            part[:length] = hiss * np.float32(between(rng, 0.05, 0.4) / (np.abs(hiss).max(initial=0) + 1e-12))
        if syllables > 1:
            part *= np.sin(np.float32(3.14159) * ramp(part.size)) ** np.float32(between(rng, 0.2, 1.5))
        audio[start:end] = part
    return audio


def _voiced(count: int, rate_hz: float, rng: np.random.Generator) -> npt.NDArray[np.float32]:
    """Pulses of a gliding pitch through three formants."""
    pitch = between(rng, *_PITCH_HZ) * (between(rng, 0.85, 1.15) + between(rng, -0.3, 0.3) * ramp(count))
    source = np.diff(np.floor(np.cumsum(pitch, dtype=np.float64) / rate_hz + rng.random()), prepend=0.0).astype(np.float32)
    spectrum = fft.rfft(source)
    hz = np.float32(rate_hz / 2) * ramp(spectrum.size)
    for (low, high), width in zip(_FORMANTS_HZ, _FORMANT_BANDWIDTHS_HZ, strict=True):
        middle = between(rng, low, high)
        spectrum *= 1 / (middle**2 - hz**2 + np.complex64(1j) * np.float32(width) * hz) * np.float32(middle**2)
    return fft.irfft(spectrum, count)


def _fricative(count: int, rng: np.random.Generator) -> npt.NDArray[np.float32]:
    noise = rng.standard_normal(count, dtype=np.float32)
    noise[1:] -= np.float32(between(rng, 0.5, 1.0)) * noise[:-1]
    return noise


def _music(count: int, rate_hz: float, rng: np.random.Generator) -> npt.NDArray[np.float32]:
    """Up to three notes of some harmonics, dying away."""
    time = np.arange(count, dtype=np.float32) / np.float32(rate_hz)
    audio = np.zeros(count, np.float32)
    for _ in range(1 + int(rng.random() * 3)):
        note = log_between(rng, 110.0, 900.0)
        for harmonic in range(1, 2 + int(rng.random() * 4)):
            turn = np.float32(2 * np.pi * note * harmonic) * time + np.float32(between(rng, 0, 6.28))
            audio += np.cos(turn) * np.float32(log_between(rng, 0.2, 1.0) / harmonic)
    return audio * np.exp(-np.float32(between(rng, 0, 1.5)) * ramp(count))


def _tones(count: int, rate_hz: float, rng: np.random.Generator) -> npt.NDArray[np.float32]:
    """One or two steady tones: signalling, a test tone, Morse's audio."""
    time = np.arange(count, dtype=np.float32) / np.float32(rate_hz)
    audio = np.cos(np.float32(2 * np.pi * log_between(rng, 300.0, 0.4 * rate_hz)) * time)
    if chance(rng, 0.5):
        audio += np.cos(np.float32(2 * np.pi * log_between(rng, 300.0, 0.4 * rate_hz)) * time + 1)
    return audio


def _hiss(count: int, rate_hz: float, rng: np.random.Generator) -> npt.NDArray[np.float32]:
    return np.convolve(rng.standard_normal(count, dtype=np.float32), np.ones(1 + int(rng.random() * 4)), "same")


def _silence(audio: npt.NDArray[np.float32], rng: np.random.Generator) -> None:
    length = int(between(rng, 0.1, _LONGEST_PAUSE) * audio.size)
    start = int(rng.random() * (audio.size - length))
    audio[start : start + length] *= np.float32(between(rng, 0.0, 0.05))
