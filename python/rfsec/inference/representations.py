# SPDX-License-Identifier: GPL-3.0-or-later
"""What a model sees of a window of I/Q samples; training and inference share these functions."""

import numpy as np

from ..dsp.amp_phase import amplitude_phase, beyond_float32
from ..errors import ParameterError


def unit_power_iq(windows: np.ndarray) -> np.ndarray:
    """In-phase and quadrature rows of each window, scaled to unit mean power.

    Parameters
    ----------
    windows : complex64 [n, length]

    Returns
    -------
    float32 [n, 2, length]
        A window of zeros stays zero; samples that are not finite give values that are not finite.
    """
    parts = windows.view(np.float32)
    power = np.einsum("nt,nt->n", parts, parts).astype(np.float64)
    extreme = beyond_float32(power)
    if extreme.any():
        power[extreme] = np.einsum("nt,nt->n", parts[extreme], parts[extreme], dtype=np.float64)  # at a third of the speed
    power /= windows.shape[1]
    power[power == 0] = 1
    rows = parts.reshape(len(windows), -1, 2).transpose(0, 2, 1)
    scale = (1 / np.sqrt(power))[:, None, None]
    with np.errstate(invalid="ignore", over="ignore"):
        scaled = np.ascontiguousarray(rows * scale.astype(np.float32))
        if extreme.any():
            scaled[extreme] = rows[extreme] * scale[extreme]  # float32 does not hold the scale of the weakest either
    return scaled


def min_max_iq(windows: np.ndarray) -> np.ndarray:
    """In-phase and quadrature rows of each window, each scaled by itself so that it spans -1 to 1.

    Chen et al., "SigNet: A Novel Deep Learning Framework for Radio Signal Classification", IEEE TCCN 2022, section III-A.

    Parameters
    ----------
    windows : complex64 [n, length]

    Returns
    -------
    float32 [n, 2, length]
        A row whose samples are all equal becomes zeros; samples that are not finite give values that are not finite.
    """
    rows = windows.view(np.float32).reshape(len(windows), -1, 2).transpose(0, 2, 1)
    rows = np.multiply(rows, np.float32(0.5), order="C")  # float32 does not hold the span of the strongest
    with np.errstate(invalid="ignore", over="ignore"):
        low, span = rows.min(axis=2, keepdims=True), np.ptp(rows, axis=2, keepdims=True)
        rows -= low
        rows /= np.where(span == 0, np.float32(1), span)
        rows *= 2
        rows -= span != 0  # equal samples are 0 by now, and stay so
    return rows


REPRESENTATIONS = {"iq": unit_power_iq, "amp_phase": amplitude_phase, "iq_min_max": min_max_iq}


def represent(name: str, windows: np.ndarray) -> np.ndarray:
    """``windows`` (complex64 [n, length]) as float32 [n, 2, length] in the representation ``name``.

    Raises ParameterError for a name that is not in ``REPRESENTATIONS``.
    """
    if name not in REPRESENTATIONS:
        raise ParameterError(f"The representation must be one of {', '.join(REPRESENTATIONS)}. Got {name!r} instead.")
    return REPRESENTATIONS[name](np.ascontiguousarray(windows, np.complex64))
