# SPDX-License-Identifier: GPL-3.0-or-later
"""What lies in a band around 0 Hz, at a higher rate if wanted."""

import numpy as np
from scipy import fft


def band_only(samples: np.ndarray, passed: float, fall: float, up: int = 1) -> np.ndarray:
    """Keep what lies around 0 Hz, in the time in which it is.

    The spectrum of the whole array is cut, so nothing is delayed; the array's two ends are taken for neighbours.

    Parameters
    ----------
    samples : complex64 [n]
    passed : float
        Up to this frequency, cycles per sample, everything passes. The filter may be wider than the spectrum.
    fall : float
        Over this it falls to nothing. Above 0.
    up : int
        New samples for each old one, at least 1.

    Returns
    -------
    complex64 [n * up]
        Sample k * up is at the time of old sample k.
    """
    count = fft.next_fast_len(samples.size)
    spectrum = fft.fft(samples, count)
    away = np.abs(fft.fftfreq(count).astype(np.float32))
    spectrum *= np.clip((passed + fall - away) / fall, 0, 1)
    if up == 1:
        return fft.ifft(spectrum, overwrite_x=True)[: samples.size]
    wide = np.zeros(up * count, np.complex64)
    half = count // 2
    wide[: count - half], wide[-half:] = spectrum[: count - half], spectrum[-half:]
    return fft.ifft(wide, overwrite_x=True)[: up * samples.size] * np.float32(up)
