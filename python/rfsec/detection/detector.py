# SPDX-License-Identifier: GPL-3.0-or-later
"""Bursts of a stream, ready for a model: the front door of this room."""

import numpy as np

from ..dsp.clipping import clips
from .burst import Burst
from .condition import condition
from .finder import BurstFinder, Found
from .symbol_rate import symbol_rate


class BurstDetector:
    """Finds bursts in time and frequency, and brings each to the rate of a model.

    The result does not depend on how the stream is cut into pieces. Memory is bounded: the samples of one burst of the
    longest duration and of two blocks of 131,072.

    Parameters
    ----------
    sample_rate_hz : float
        Above 0.
    false_alarms_per_s : float
        Bursts a second that white noise alone may give, above 0.
    max_duration_s : float
        A burst that lasts longer is cut into pieces of that duration, or of `finder.LONGEST` samples where that is
        shorter.

    Raises
    ------
    ParameterError
        A parameter is outside its range.
    """

    def __init__(self, sample_rate_hz: float, *, false_alarms_per_s: float = 0.1, max_duration_s: float = 1.0):
        self._finder = BurstFinder(sample_rate_hz, false_alarms_per_s=false_alarms_per_s, max_duration_s=max_duration_s)
        self.sample_rate_hz = float(sample_rate_hz)

    @property
    def invalid(self) -> int:
        """Samples so far that were not finite or above 1e15; they count as zero."""
        return self._finder.invalid

    def push(self, samples: np.ndarray) -> list[Burst]:
        """Take the next samples, complex64 [n], and return the bursts that are complete, ordered by their start."""
        return [self._burst(one) for one in self._finder.push(samples)]

    def flush(self) -> list[Burst]:
        """Return the bursts that the end of the stream completes. After that the detector starts anew at sample 0."""
        return [self._burst(one) for one in self._finder.flush()]

    def _burst(self, found: Found) -> Burst:
        rate, occupied = self.sample_rate_hz, found.occupied
        samples, ratio = condition(found.samples, occupied.centre, occupied.bandwidth)
        return Burst(found.sample_start, found.samples.size, rate, occupied.centre * rate, occupied.bandwidth * rate,
                     occupied.snr_db, symbol_rate(samples, ratio * rate, rate), samples, ratio * rate, clips(found.received))
