# SPDX-License-Identifier: GPL-3.0-or-later
"""What an encoder takes of a burst, by the name of its representation."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..errors import ParameterError
from .aligned_windows import aligned_windows, equalised_windows, windows_anywhere
from .fsk_fingerprint import fingerprint_fsk
from .measured import Measured
from .preamble_fingerprint import fingerprint_preambles
from .preamble_frames import preamble_frames

_OF_FRAMES = {
    "iq": lambda frames, rate_hz: windows_anywhere(frames),
    "iq_aligned": lambda frames, rate_hz: aligned_windows(frames),
    "iq_equalised": lambda frames, rate_hz: equalised_windows(frames),
    "preamble_80211": fingerprint_preambles,
}
REPRESENTATIONS = (*_OF_FRAMES, "fsk_burst")


def measure(representation: str, frames: np.ndarray, sample_rate_hz: float | np.ndarray) -> Measured:
    """Measure rows of one burst each.

    Parameters
    ----------
    representation : str
        "iq": 128 samples from anywhere; "iq_aligned": those of an 802.11 frame's long training field; "iq_equalised": the
        same without the channel; "preamble_80211": see ``preamble_fingerprint``; "fsk_burst": see ``fsk_fingerprint``.
    frames : complex64 [n, m]
        802.11 at one sample per step of its grid of 64 carriers; FSK at any rate.
    sample_rate_hz : float, or float [n]
        Finite and above 0; of FSK one for all rows.

    Raises
    ------
    ParameterError
        If there is no such representation, the rows are too short for it, or a rate is outside its range.
    """
    if representation == "fsk_burst":
        return fingerprint_fsk(frames, sample_rate_hz)
    if representation not in _OF_FRAMES:
        raise ParameterError(f"The 'representation' must be one of {', '.join(REPRESENTATIONS)}. Got {representation!r} instead.")
    return _OF_FRAMES[representation](frames, sample_rate_hz)


def measure_bursts(representation: str, bursts: Sequence[np.ndarray], sample_rate_hz: float) -> Measured:
    """Measure bursts as they were received, complex64 [m] each, at any rate and offset; see `measure`."""
    if representation == "fsk_burst":
        return fingerprint_fsk(bursts, sample_rate_hz)
    frames = preamble_frames(bursts, sample_rate_hz)
    measured = measure(representation, frames.samples, frames.rate_hz)
    return replace(measured, reason=[first or then for first, then in zip(frames.reason, measured.reason)])
