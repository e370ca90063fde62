# SPDX-License-Identifier: GPL-3.0-or-later
"""The two channels of the RadioML 2016.10a generator: the published one with its faults, and a corrected one."""

from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy import fft

from ..dsp.multipath import MultipathProfile, multipath_response, path_gains
from ..dsp.noise import complex_noise
from ..dsp.oscillator_drift import clock_walk_delay, frequency_walk_phase
from .rml2016a_signals import SAMPLE_RATE_HZ

Windows = npt.NDArray[np.complex64]

WINDOW = 128
#: Samples that a clean signal must have: a window and 64 on either side, out of reach of the block's wrap-around.
CLEAN_LENGTH = 256
_MARGIN = (CLEAN_LENGTH - WINDOW) // 2
PROFILE = MultipathProfile(
    delays=(0.0, 0.9, 1.7), magnitudes=(1.0, 0.8, 0.3), tap_count=8, doppler_hz=1.0, sinusoid_count=8, ricean_k=4.0
)
_CLOCK_STEP_HZ, _CLOCK_BOUND_HZ = 0.01, 50.0
_CARRIER_STEP_HZ, _CARRIER_BOUND_HZ = 0.01, 500.0
_PUBLISHED_SEED = 0x1337  # one seed for every run of the published set, whatever the data's own seed
_PUBLISHED_RUN = 640_000  # samples of the longest published run: 10,000 bytes of BPSK at 8 samples a symbol
_PUBLISHED_NOISE_POOL = 8192  # GNU Radio's fast noise source draws from a pool of that many samples
_PUBLISHED_GAIN_DB = 4.0  # fitted: with it the accuracy of models meets the curves measured on the published set


@lru_cache(maxsize=1)
def _published_realisation() -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], Windows]:
    """Carrier phase (radian) and clock delay (samples) along the run, and the pool of noise."""
    rng = np.random.default_rng(_PUBLISHED_SEED)
    phase = frequency_walk_phase(_PUBLISHED_RUN, SAMPLE_RATE_HZ, _CARRIER_STEP_HZ, _CARRIER_BOUND_HZ, rng)
    delay = clock_walk_delay(_PUBLISHED_RUN, SAMPLE_RATE_HZ, _CLOCK_STEP_HZ, _CLOCK_BOUND_HZ, rng)
    return phase, delay, complex_noise((_PUBLISHED_NOISE_POOL,), rng)


def _propagate(
    clean: Windows, gains: Windows, delay: npt.NDArray[np.float64], phase: npt.NDArray[np.float64]
) -> Windows:
    """Delay (samples, per window), filter by the multipath, cut the middle, turn by `phase` (radian, per sample)."""
    spectrum = fft.fft(clean, axis=-1)
    spectrum *= multipath_response(PROFILE, gains, CLEAN_LENGTH)
    ramp = (-2 * np.pi * fft.fftfreq(CLEAN_LENGTH) * delay[:, None]).astype(np.float32)
    spectrum *= np.cos(ramp) + 1j * np.sin(ramp)
    out = fft.ifft(spectrum, axis=-1, overwrite_x=True)[:, _MARGIN : _MARGIN + WINDOW]
    turn = np.remainder(phase, 2 * np.pi).astype(np.float32)
    return out * (np.cos(turn) + 1j * np.sin(turn))


def published_channel(clean: Windows, snr_db: npt.NDArray[np.int16], rng: np.random.Generator) -> Windows:
    """Pass clean signals through the published channel: one realisation, seen at random times of a run.

    Kept faults: the noise amplitude is 10^(-SNR/10), so the true SNR is about twice the label; every run repeats the
    same fading, drift and pool of noise; carrier and clock hardly move; each window is divided by its sum of |x|.

    Parameters
    ----------
    clean : ndarray of complex64, shape (n, 256)
    snr_db : ndarray of int16, shape (n,)
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of complex64, shape (n, 128)
    """
    phase, delay, pool = _published_realisation()
    count = len(clean)
    starts = rng.integers(50, _PUBLISHED_RUN - WINDOW, count)
    gains = path_gains(PROFILE, 1, starts / SAMPLE_RATE_HZ, np.random.default_rng(_PUBLISHED_SEED))
    # A window begins anywhere within a symbol; the clock's walk adds the part of a sample.
    timing = rng.integers(0, 8, count) + np.remainder(delay[starts], 1.0)
    samples = np.arange(WINDOW)
    received = _propagate(clean, gains, timing, phase[starts[:, None] + samples])
    noise = pool[(rng.integers(0, len(pool), count)[:, None] + samples) % len(pool)]
    noise_amplitude = (10.0 ** (-snr_db / 10.0)).astype(np.float32)
    received = received * np.float32(10 ** (_PUBLISHED_GAIN_DB / 20)) + noise * noise_amplitude[:, None]
    return received / np.abs(received).sum(axis=-1, keepdims=True)


def corrected_channel(clean: Windows, snr_db: npt.NDArray[np.int16], rng: np.random.Generator) -> Windows:
    """Pass each clean signal through a channel of its own and add noise at its true SNR.

    The published bounds of the walks become uniform draws: carrier +-500 Hz, timing anywhere in a symbol. The clock's
    +-50 Hz would move a window's end by 0.03 samples; it is part of the random timing.

    Parameters
    ----------
    clean : ndarray of complex64, shape (n, 256)
    snr_db : ndarray of int16, shape (n,)
        Power of the received signal, averaged over the window, over that of the noise in the whole band, dB.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of complex64, shape (n, 128); unit signal power
    """
    count = len(clean)
    gains = path_gains(PROFILE, count, np.zeros(count), rng)
    carrier_hz = rng.uniform(-_CARRIER_BOUND_HZ, _CARRIER_BOUND_HZ, (count, 1))
    start_phase = rng.uniform(-np.pi, np.pi, (count, 1))
    phase = start_phase + 2 * np.pi * carrier_hz / SAMPLE_RATE_HZ * np.arange(WINDOW)
    received = _propagate(clean, gains, rng.uniform(0, 8, count), phase)
    received /= np.sqrt(np.mean(np.abs(received) ** 2, axis=-1, keepdims=True))
    noise_amplitude = (10.0 ** (-snr_db / 20.0)).astype(np.float32)
    return received + complex_noise(received.shape, rng) * noise_amplitude[:, None]
