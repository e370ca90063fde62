# SPDX-License-Identifier: GPL-3.0-or-later
"""What is measured of bursts before an encoder makes fingerprints of it."""

from dataclasses import dataclass

import numpy as np

from ..errors import ParameterError


@dataclass(frozen=True, slots=True)
class Measured:
    """Values of n bursts, in an encoder's order.

    Attributes
    ----------
    values : float32 [n, 1, V]
        What tells transmitters apart, each usually of size about 1. Zeros where the burst cannot be used.
    usable : bool [n]
        Whether a fingerprint can be made of the burst.
    reason : list of str [n]
        Why not, as a short clause such as "no 802.11 preamble"; "" where the burst can be used.
    """

    values: np.ndarray
    usable: np.ndarray
    reason: list[str]


def check_rates(rates_hz: float | np.ndarray, what: str) -> None:
    """Raise ParameterError where a sample rate of bursts, or of `what` else is measured, is not finite and above 0."""
    if not np.all(np.isfinite(rates_hz) & (np.asarray(rates_hz) > 0)):
        raise ParameterError(f"The 'sample_rate_hz' of {what} must be finite and above 0. Got {rates_hz} instead.")
