# SPDX-License-Identifier: GPL-3.0-or-later
"""A busy band at 20 MS/s, from a seed: frames of OFDM, narrow bursts beside them, and noise, to measure speed on."""

import numpy as np
import numpy.typing as npt
from scipy import fft

from ..dsp.frequency_modulation import fsk_phase
from ..dsp.noise import complex_noise
from ..dsp.rotation import phasor
from .seeding import Purpose, seed_sequence

RATE_HZ = 20e6
_FRAMES_PER_S = 400
_FRAME_SYMBOLS = (10, 100)  # of 4 us
_NARROW_PER_S = 40
_NARROW_BITS, _SAMPLES_PER_BIT = (100, 2000), 20
_NOISE_DB = -25.0
_VARIANT = (2026, 20)


def busy_band(seconds: float, seed: int) -> npt.NDArray[np.complex64]:
    """Return `seconds` of a band with about 400 frames like those of 802.11a a second, and 40 bursts of 1 Mbit/s FSK.

    Parameters
    ----------
    seconds : float
        Above 0.
    seed : int
        At least 0; equal seeds give equal samples.

    Returns
    -------
    ndarray of complex64, shape (seconds * 20e6,)
        Emissions of unit power, noise 25 dB below.
    """
    rng = np.random.default_rng(seed_sequence(Purpose.SCENE, seed, 0, _VARIANT))
    count = max(1, round(seconds * RATE_HZ))
    samples = complex_noise((count,), rng) * np.float32(10 ** (_NOISE_DB / 20))
    for _ in range(round(_FRAMES_PER_S * seconds)):
        _add(samples, _frame(int(rng.integers(*_FRAME_SYMBOLS)), rng), rng)
    for _ in range(round(_NARROW_PER_S * seconds)):
        burst = _keyed(int(rng.integers(*_NARROW_BITS)), rng)
        _add(samples, burst * phasor(burst.size, rng.uniform(-0.4, 0.4)), rng)
    return samples


def _add(samples: npt.NDArray[np.complex64], burst: npt.NDArray[np.complex64], rng: np.random.Generator) -> None:
    start = int(rng.integers(samples.size))
    samples[start : start + burst.size] += burst[: samples.size - start]


def _frame(symbols: int, rng: np.random.Generator) -> npt.NDArray[np.complex64]:
    """QPSK on 52 of 64 carriers with a prefix of 16 samples (IEEE 802.11-2020, 17.3)."""
    spectrum = np.zeros((symbols, 64), np.complex64)
    used = np.r_[1:27, 38:64]
    spectrum[:, used] = (rng.choice([-1, 1], (symbols, 52)) + 1j * rng.choice([-1, 1], (symbols, 52))) * np.sqrt(64 / 52 / 2)
    body = fft.ifft(spectrum, axis=1, norm="ortho")
    return np.concatenate((body[:, -16:], body), axis=1).ravel()


def _keyed(bits: int, rng: np.random.Generator) -> npt.NDArray[np.complex64]:
    levels = 2 * rng.integers(0, 2, (1, bits + 1), dtype=np.int8) - 1
    phase = fsk_phase(levels, _SAMPLES_PER_BIT, 0.5, np.zeros(1), bits * _SAMPLES_PER_BIT)[0]
    return (np.cos(phase) + 1j * np.sin(phase)).astype(np.complex64)
