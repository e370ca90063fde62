# SPDX-License-Identifier: GPL-3.0-or-later
"""I/Q imbalance of a quadrature mixer: each frequency leaves a weak image at its negative."""

import numpy as np
import numpy.typing as npt


def unbalance(
    samples: npt.NDArray[np.complex64], gain_db: npt.NDArray[np.floating], skew_deg: npt.NDArray[np.floating]
) -> npt.NDArray[np.complex64]:
    """Return I + j g exp(j s) Q of each row: Q has another gain, and stands not quite at a right angle.

    Around balance the image is |1 - g exp(j s)| / 2 of the signal: 0.15 dB or 1 degree give -41 dB.

    Parameters
    ----------
    samples : ndarray of complex64, shape (n, length)
    gain_db, skew_deg : ndarray of float, shape (n,)
        Gain of Q over that of I, and its angle beyond 90 degrees.

    Returns
    -------
    ndarray of complex64, shape (n, length)
    """
    other = 10 ** (gain_db / 20) * np.exp(1j * np.deg2rad(skew_deg))
    out = samples.conj()
    out *= ((1 - other) / 2).astype(np.complex64)[:, None]
    out += ((1 + other) / 2).astype(np.complex64)[:, None] * samples
    return out
