# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a recording was retuned or interrupted."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from ..records import time_after
from .reader import Recording
from .times import time_ns


@dataclass(frozen=True, slots=True)
class Tuning:
    """A stretch of one tuning.

    Attributes
    ----------
    sample_start : int
    sample_rate_hz : float
    freq_hz : float or None
        Where the recording tells it.
    timed : (int, int) or None
        A sample and its UTC nanoseconds since 1970, where the recording tells them.
    """

    sample_start: int
    sample_rate_hz: float
    freq_hz: float | None = None
    timed: tuple[int, int] | None = None

    def time_ns_of(self, sample: int) -> int | None:
        """UTC nanoseconds of a sample, or None where the recording doesn't tell."""
        return None if self.timed is None else time_after(self.timed[1], sample - self.timed[0], self.sample_rate_hz)


def tunings_of(recording: Recording) -> Iterator[tuple[Tuning, int]]:
    """The stretches between which a recording was retuned or interrupted, each with the sample beyond its end."""
    now = Tuning(0, recording.sample_rate_hz)
    for start, frequency_hz, told in recording.captures:
        time = time_ns(told)
        if start > now.sample_start and (frequency_hz is not None or time is not None):
            yield now, start
            now = replace(now, sample_start=start)
        if frequency_hz is not None:
            now = replace(now, freq_hz=float(frequency_hz))
        if time is not None:
            now = replace(now, timed=(start, time))
    yield now, recording.sample_count
