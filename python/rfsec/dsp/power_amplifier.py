# SPDX-License-Identifier: GPL-3.0-or-later
"""A solid-state power amplifier: Rapp's compression, a phase that turns with the level, and a memory of one sample."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating]


@dataclass(frozen=True)
class Amplifiers:
    """One amplifier a row; every attribute has shape (n,).

    Attributes
    ----------
    back_off_db : ndarray of float
        Saturated power over the mean power at the input.
    knee : ndarray of float
        Rapp's p, above 0: the higher, the sharper the compression sets in.
    phase_deg : ndarray of float
        Turn of the output at the input level that would saturate an ideal limiter.
    memory : ndarray of complex
        Part of the cubed previous sample in the output, where the saturated level is 1.
    """

    back_off_db: Floats
    knee: Floats
    phase_deg: Floats
    memory: npt.NDArray[np.complexfloating]


def amplify(samples: npt.NDArray[np.complex64], amplifiers: Amplifiers) -> npt.NDArray[np.complex64]:
    """Return what amplifiers of unit small-signal gain make of rows of unit mean power.

    With r the input's magnitude over the saturated one: gain (1 + r^2p)^(-1/2p) (C. Rapp, "Effects of HPA-Nonlinearity on
    a 4-DPSK/OFDM-Signal for a Digital Sound Broadcasting System", 1991); a phase whose tangent is 2 r^2 / (1 + r^2) times
    that of `phase_deg` (A. A. M. Saleh's form, IEEE Trans. Commun. 29(11), 1981); and the memory term of order three of a
    memory polynomial.

    Parameters
    ----------
    samples : ndarray of complex64, shape (n, length)
        At least two samples a cycle of the highest frequency that the third order reaches, or it folds back.
    amplifiers : Amplifiers
        Of n rows.

    Returns
    -------
    ndarray of complex64, shape (n, length)
    """
    saturated = 10 ** (amplifiers.back_off_db / 10)
    knee = amplifiers.knee.astype(np.float32)[:, None]
    level = samples.real**2
    level += samples.imag**2
    level *= (1 / saturated).astype(np.float32)[:, None]
    gain = (1 + level**knee) ** (-1 / (2 * knee))
    turn = level / (1 + level)
    turn *= (2 * np.tan(np.deg2rad(amplifiers.phase_deg))).astype(np.float32)[:, None]
    gain /= np.sqrt(1 + turn * turn)
    out = np.empty_like(samples)
    out.real = gain
    np.multiply(gain, turn, out=out.imag)
    out *= samples
    cubed = level * samples
    cubed *= amplifiers.memory.astype(np.complex64)[:, None]
    out[:, 1:] += cubed[:, :-1]
    return out
