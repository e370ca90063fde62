# SPDX-License-Identifier: GPL-3.0-or-later
"""Power over time and frequency: the cells in which bursts are looked for."""

from functools import lru_cache

import numpy as np
from scipy import fft

BINS = 256
HOP = BINS // 2
ZERO_HZ = BINS // 2  # the bin of the tuned frequency
_AT_ONCE = 128  # frames, whose work arrays stay in a core's cache


@lru_cache(maxsize=16)
def hann(size: int) -> np.ndarray:
    """Return a Hann window of unit energy, float32 [size]: behind it white noise has its own power in every bin."""
    window = np.hanning(size + 1)[:-1]
    return (window / np.sqrt(np.sum(window**2))).astype(np.float32)


# Turning every other sample round puts 0 Hz into the middle of the spectrum.
_WINDOW = hann(BINS) * np.where(np.arange(BINS) % 2, -1, 1).astype(np.float32)


def spectrogram(samples: np.ndarray) -> np.ndarray:
    """Return power spectra of Hann windows that overlap by half (Welch).

    Parameters
    ----------
    samples : complex64 [n]
        n at least `BINS`.

    Returns
    -------
    float32 [1 + (n - BINS) // HOP, BINS]
        Power density per cycles per sample: white noise has its own power in every bin. Frequencies rise from -1/2
        cycles per sample; frame k begins at sample k * `HOP`.
    """
    frames = np.lib.stride_tricks.sliding_window_view(samples, BINS)[::HOP]
    power = np.empty(frames.shape, np.float32)
    for first in range(0, len(frames), _AT_ONCE):
        spectra = fft.fft(frames[first : first + _AT_ONCE] * _WINDOW, axis=1, overwrite_x=True)
        part = np.multiply(spectra.real, spectra.real, out=power[first : first + _AT_ONCE])
        part += spectra.imag * spectra.imag
    return power
