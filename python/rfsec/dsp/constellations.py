# SPDX-License-Identifier: GPL-3.0-or-later
"""Constellations of the linear modulations, with the levels of RadioML 2016.10a or at unit power."""

import numpy as np
import numpy.typing as npt

from ..errors import ParameterError


def _levels(count: int) -> npt.NDArray[np.float64]:
    """Equally spaced odd levels: -(count-1), ..., -1, +1, ..., count-1."""
    return np.arange(1 - count, count, 2, dtype=np.float64)


def _square(side: int) -> npt.NDArray[np.complex128]:
    return (_levels(side)[:, None] + 1j * _levels(side)[None, :]).ravel()


def _cross() -> npt.NDArray[np.complex128]:
    """The cross of 32 points: a square of 36 without its corners (Proakis, Digital Communications, section 3.2)."""
    points = _square(6)
    return points[np.abs(points) < 7]


_POINTS: dict[str, npt.NDArray[np.complex128]] = {
    "BPSK": np.array([-1.0, 1.0], dtype=np.complex128),
    "QPSK": np.exp(1j * np.pi * (2 * np.arange(4) + 1) / 4),
    "8PSK": np.exp(1j * np.pi * np.arange(8) / 4),
    "16PSK": np.exp(1j * np.pi * np.arange(16) / 8),
    "PAM4": _levels(4).astype(np.complex128),
    "PAM8": _levels(8).astype(np.complex128),
    "QAM16": _square(4),
    "QAM32": _cross(),
    "QAM64": _square(8),
    "QAM256": _square(16),
    "QAM1024": _square(32),
}


def constellation(name: str, unit_power: bool) -> npt.NDArray[np.complex64]:
    """Return the points of one constellation.

    Parameters
    ----------
    name : str
        BPSK, QPSK, 8PSK, 16PSK, PAM4, PAM8, QAM16, QAM32, QAM64, QAM256 or QAM1024.
    unit_power : bool
        True scales the mean power to 1. False keeps the odd-integer levels of the published data set's mapper, whose
        PAM4, QAM16 and QAM64 are 7, 10 and 16 dB stronger than the phase-shift keyings.

    Returns
    -------
    ndarray of complex64, shape (order,)

    Raises
    ------
    ParameterError
        If `name` is none of the above.
    """
    if name not in _POINTS:
        raise ParameterError(f"The 'name' of a constellation must be one of {', '.join(_POINTS)}. Got {name!r} instead.")
    points = _POINTS[name]
    if unit_power:
        points = points / np.sqrt(np.mean(np.abs(points) ** 2))
    return points.astype(np.complex64)
