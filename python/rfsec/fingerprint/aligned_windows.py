# SPDX-License-Identifier: GPL-3.0-or-later
"""The 128 samples of an 802.11 frame's long training field: windows of the same signal from every transmitter.

Beside them windows from anywhere, which the siamese paper takes."""

import numpy as np

from ..errors import ParameterError
from ..ofdm.cfr import channel_responses
from ..ofdm.cut import cut
from ..ofdm.packet_sync import synchronise
from ..ofdm.preamble import CARRIERS, GRID, LONG_SEQUENCE, symbol
from ..ofdm.turns import turns
from .measured import Measured
from .preamble_model import USED_PART

WINDOW = 2 * GRID
_LEAST_QUALITY = 0.3
_PLACES = 1  # seed
_DEEP = 0.05  # of the channel's mean power: carriers that fade to less are not raised further


def aligned_windows(frames: np.ndarray) -> Measured:
    """Return both long training symbols of each frame, as they were received.

    Parameters
    ----------
    frames : complex64 [n, m]
        At one sample per step of the 64-carrier grid, at least 320 of them.

    Returns
    -------
    Measured
        Of values float32 [n, 2 (I, Q), 128], of unit power.

    Raises
    ------
    ParameterError
        The frames are no rows of at least 320 complex numbers.
    """
    packets = synchronise(frames)
    found = packets.quality >= _LEAST_QUALITY
    return _unit_power(cut(frames, packets.long_start, WINDOW), found, "no 802.11 preamble")


def equalised_windows(frames: np.ndarray) -> Measured:
    """Return both long training symbols of each frame with what is smooth over frequency divided out; see `aligned_windows`.

    That is the channel, and with it the transmitter's filter. The carrier offset is kept.
    """
    packets = synchronise(frames)
    found = packets.quality >= _LEAST_QUALITY
    responses = channel_responses(frames, packets).values
    smooth = responses.mean(axis=1) @ USED_PART.conj() @ USED_PART.T
    power = np.abs(smooth) ** 2
    floor = _DEEP * power.mean(axis=1, keepdims=True) + np.finfo(np.float32).tiny
    equal = responses * (smooth.conj() / np.maximum(power, floor))[:, None] * LONG_SEQUENCE
    windows = symbol(CARRIERS, equal).reshape(len(frames), WINDOW) * turns(packets.cfo, WINDOW)
    return _unit_power(windows.astype(np.complex64), found, "no 802.11 preamble")


def windows_anywhere(frames: np.ndarray) -> Measured:
    """Return 128 samples of each frame, complex64 [n, m], from a place that is drawn for each row; see `aligned_windows`.

    Raises ParameterError where the frames are no rows of at least 128 samples.
    """
    if frames.ndim != 2 or frames.shape[1] < WINDOW:
        raise ParameterError(f"Frames to take windows of must be rows of at least {WINDOW} samples. Got shape {frames.shape} instead.")
    starts = np.random.default_rng(_PLACES).integers(0, frames.shape[1] - WINDOW + 1, len(frames))
    return _unit_power(cut(frames, starts, WINDOW), np.ones(len(frames), bool), "no signal")


def _unit_power(windows: np.ndarray, found: np.ndarray, reason: str) -> Measured:
    power = np.mean(windows.real**2 + windows.imag**2, axis=1)
    usable = found & np.isfinite(power) & (power > 0)
    scale = np.where(usable, 1 / np.sqrt(np.where(usable, power, 1)), 0).astype(np.float32)
    windows = np.where(usable[:, None], windows, np.complex64(0)) * scale[:, None]
    values = np.stack((windows.real, windows.imag), axis=1)
    return Measured(values, usable, ["" if one else reason for one in usable])
