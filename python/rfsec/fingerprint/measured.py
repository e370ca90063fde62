# SPDX-License-Identifier: GPL-3.0-or-later
"""What is measured of bursts before an encoder makes fingerprints of it."""

from dataclasses import dataclass

import numpy as np


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
