# SPDX-License-Identifier: GPL-3.0-or-later
"""Analogue modulations of the field model: AM with its carrier, single sideband, and FM from voice to broadcast."""

import numpy as np
import numpy.typing as npt
from scipy import fft

from ..dsp.frequency_modulation import modulate_frequency
from .field_audio import draw_audio
from .field_draw import between, chance, log_between
from .field_emission import Emission

_VOICE_HZ = (2500.0, 5000.0)
_WIDEST = 0.45  # audio, cycles per sample
# Occupied bandwidth of speech over the audio's cut-off: most of its power is below 1 kHz.
_OCCUPIED_SHARE = 0.6


def amplitude_modulated(label: str, count: int, bandwidth: float, rng: np.random.Generator) -> Emission:
    """Return AM with a carrier, of index 0.3 to 1. Arguments as of `field_linear.linear`."""
    cutoff = min(_WIDEST, bandwidth / (2 * _OCCUPIED_SHARE))
    audio = draw_audio(count, cutoff, between(rng, *_VOICE_HZ), rng)
    return Emission((1 + np.float32(between(rng, 0.3, 1.0)) * audio).astype(np.complex64), None, 0.1 / bandwidth)


def single_sideband(label: str, count: int, bandwidth: float, rng: np.random.Generator) -> Emission:
    """Return one sideband of audio, the upper or the lower. Arguments as of `field_linear.linear`."""
    cutoff = min(_WIDEST, bandwidth / _OCCUPIED_SHARE)
    # A tone in one sideband would be a carrier, hiss would be noise.
    audio = draw_audio(count, cutoff, between(rng, 2400.0, 3500.0), rng, tones=False)
    spectrum = np.zeros(count, np.complex64)
    half = fft.rfft(audio)
    spectrum[: half.size] = half
    samples = fft.ifft(spectrum, overwrite_x=True)
    return Emission(samples if chance(rng, 0.5) else samples.conj(), None, 0.1 / bandwidth)


def frequency_modulated(label: str, count: int, bandwidth: float, rng: np.random.Generator) -> Emission:
    """Return FM whose deviation is 0.3 to 8 times the audio's cut-off. Arguments as of `field_linear.linear`."""
    if chance(rng, 0.25):
        cutoff = bandwidth / _OCCUPIED_SHARE / 13
        audio, deviation = _broadcast(count, cutoff, rng), 5 * cutoff
    else:
        ratio = log_between(rng, 0.3, 8.0)
        cutoff = min(_WIDEST, bandwidth / _OCCUPIED_SHARE / (2 * (ratio + 1)))
        top_hz = between(rng, *_VOICE_HZ)
        audio, deviation = draw_audio(count, cutoff, top_hz, rng), ratio * cutoff
        if chance(rng, 0.3):
            ctcss = 2 * np.pi * between(rng, 67.0, 254.0) / top_hz * cutoff  # a tone below the voice
            audio += np.float32(0.15) * np.sin(np.arange(count, dtype=np.float32) * np.float32(ctcss))
    steps = (np.float32(2 * np.pi * deviation) * audio)[None]
    samples = modulate_frequency(steps, np.array([between(rng, -np.pi, np.pi)], np.float32))[0]
    return Emission(samples, None, 0.1 / bandwidth, constant_envelope=True)


def _broadcast(count: int, cutoff: float, rng: np.random.Generator) -> npt.NDArray[np.float32]:
    """The multiplex of a broadcast: mono, and often the pilot at 19 kHz with the difference around 38 kHz."""
    audio = draw_audio(count, cutoff, 15_000.0, rng)
    if chance(rng, 0.3):
        return audio
    difference = draw_audio(count, cutoff, 15_000.0, rng) * np.float32(between(rng, 0.0, 0.5))
    turn = np.arange(count, dtype=np.float32) * np.float32(2 * np.pi * cutoff * 19 / 15)
    return np.float32(0.8) * audio + difference * np.sin(2 * turn) + np.float32(0.1) * np.sin(turn)
