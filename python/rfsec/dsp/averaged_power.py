# SPDX-License-Identifier: GPL-3.0-or-later
"""The averaged power spectrum of one step of a sweep."""

import numpy as np
import numpy.typing as npt
from scipy import fft

NOISE_BANDWIDTH_BINS = 1.5
"""Equivalent noise bandwidth of the Hann window, in bins: 14.06 kHz for 256 samples at 2.4 MS/s."""


def averaged_power(samples: npt.NDArray[np.complex64], fft_size: int) -> npt.NDArray[np.float64]:
    """Return the mean power in each bin over spectra side by side, as in Rajendran et al. 2018, equation 8, with power for magnitude.

    White noise of power 1 has 1 / `fft_size` in every bin, and so the bins of any signal sum to its power.

    Parameters
    ----------
    samples : complex64 [n * fft_size]
        A spectrum with a sample that is not finite is left out.
    fft_size : int

    Returns
    -------
    float64 [fft_size]
        The lowest frequency first, 0 Hz at ``fft_size // 2``. NaN where no spectrum could be used.
    """
    frames = samples.reshape(-1, fft_size)
    hann = np.hanning(fft_size + 1)[:-1]
    window = (hann / np.sqrt(np.sum(hann**2) * fft_size)).astype(np.float32)
    with np.errstate(all="ignore"):
        spectra = fft.fft(frames * window, axis=1, overwrite_x=True)
        power = np.square(spectra.real, dtype=np.float64) + np.square(spectra.imag, dtype=np.float64)
    good = power[np.isfinite(power).all(axis=1)]
    return fft.fftshift(good.mean(axis=0)) if len(good) else np.full(fft_size, np.nan)
