# SPDX-License-Identifier: GPL-3.0-or-later
"""One emission found in a stream, and its samples as a model takes them."""

from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True, slots=True)
class Burst:
    """A stretch of time and frequency that holds one emission.

    Attributes
    ----------
    sample_start, sample_count : int
        Where it is in the stream, counted from the stream's start.
    sample_rate_hz : float
        Rate of the stream.
    centre_hz : float
        Middle of the occupied band, from the tuned frequency: -sample_rate_hz/2 to sample_rate_hz/2.
    bandwidth_hz : float
        Occupied bandwidth: 99% of the power lies in it, half of the rest on each side (ITU-R SM.328).
    snr_db : float
        Power of the emission over that of the noise in its occupied bandwidth.
    symbol_rate_hz : float or None
        Where the emission has a symbol rate that can be seen.
    samples : complex64 [n]
        The emission at `model_rate_hz`, moved to 0 Hz; at most the first `condition.MAX_SAMPLES`.
    model_rate_hz : float
        Rate of `samples`: the occupied bandwidth is a fixed share of it (`condition.SHARE`).
    clips : bool
        Whether the receiver's converter has cut it off, see `dsp.clipping`; `samples` do not show that any more.
    """

    sample_start: int
    sample_count: int
    sample_rate_hz: float
    centre_hz: float
    bandwidth_hz: float
    snr_db: float
    symbol_rate_hz: float | None
    samples: np.ndarray = field(repr=False, compare=False)
    model_rate_hz: float
    clips: bool = False
