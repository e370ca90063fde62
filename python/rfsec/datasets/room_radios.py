# SPDX-License-Identifier: GPL-3.0-or-later
"""What a radio makes of a channel when it measures it."""

import numpy as np

from ..errors import ParameterError

RADIOS = ("ideal", "free-running")
_GAIN_DB = 3.0
_DELAY = 1.0  # samples
_OFFSET_HZ = 100.0
_SYMBOLS, _SYMBOL_S = 2, 3.2e-6  # sounding symbols that are averaged: those of 802.11's long training field


def measure(cfr: np.ndarray, snr_db: float | np.ndarray, rng: np.random.Generator, radio: str = "ideal") -> np.ndarray:
    """Return measured channels, complex64 [n, L].

    Parameters
    ----------
    cfr : complex64 [n, L]
        Frequency responses on L carriers, equally spaced and rising.
    snr_db : float, or float [n]
        Mean power over the carriers of each response, over that of the white noise in each; infinite for none.
    rng : numpy.random.Generator
    radio : str
        "ideal": the noise alone, as in the KGNet paper. "free-running": each response is also turned by any phase, earlier
        or later by up to a sample, up to 3 dB larger or smaller, and of two symbols between which a carrier offset (100 Hz
        rms) turns it.

    Raises
    ------
    ParameterError
        There is no such radio.
    """
    if radio not in RADIOS:
        raise ParameterError(f"The 'radio' that measures must be {' or '.join(RADIOS)}. Got {radio!r} instead.")
    count, carriers = cfr.shape
    measured = cfr.astype(np.complex64)
    if radio == "free-running":
        gain = 10 ** (rng.uniform(-_GAIN_DB, _GAIN_DB, count) / 20)
        phase, delay = rng.uniform(0, 1, count), rng.uniform(-_DELAY, _DELAY, count)
        turn = np.exp(2j * np.pi * (phase[:, None] - delay[:, None] * np.arange(carriers) / carriers))
        offset = _OFFSET_HZ * rng.standard_normal(count) * _SYMBOL_S
        apart = np.exp(2j * np.pi * offset[:, None] * np.arange(_SYMBOLS)).mean(axis=1)
        measured = (measured * turn * (gain * apart)[:, None]).astype(np.complex64)
    power = np.mean(measured.real**2 + measured.imag**2, axis=1)
    scale = np.sqrt(power / 2 * 10 ** (-np.asarray(snr_db) / 10)).astype(np.float32)[:, None]
    noise = rng.standard_normal((count, 2 * carriers), np.float32).view(np.complex64)
    return measured + scale * noise
