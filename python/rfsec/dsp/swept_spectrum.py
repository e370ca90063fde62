# SPDX-License-Identifier: GPL-3.0-or-later
"""The spectrum of one sweep over a band."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class SweptSpectrum:
    """Mean power of each bin in one sweep.

    Attributes
    ----------
    first_hz : float
        Centre of the first bin, Hz.
    bin_hz : float
        Width of a bin, Hz, above 0.
    power_db : float32 [bins]
        Power in each bin, dB of full scale; NaN where the sweep has nothing to say.
    time_ns : int or None
        UTC time of the sweep's first sample, nanoseconds since 1970.
    """

    first_hz: float
    bin_hz: float
    power_db: npt.NDArray[np.float32]
    time_ns: int | None = None
