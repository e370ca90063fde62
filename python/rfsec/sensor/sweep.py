# SPDX-License-Identifier: GPL-3.0-or-later
"""What a source of sweeps gives, and what a sensor asks of one."""

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from ..dsp.swept_spectrum import SweptSpectrum
from ..records import time_after

SWEEPS_WAITING = 4  # that no one has taken yet
SWEEPS_KEPT = SWEEPS_WAITING + 2  # and the one that is measured, and the one that is decided


@dataclass(frozen=True)
class Step:
    """The samples of one step: complex64 [n] at `sample_rate_hz`, tuned to `freq_hz`; `sample_start` and `time_ns` are of the first."""

    freq_hz: float
    sample_rate_hz: float
    sample_start: int
    time_ns: int | None
    samples: np.ndarray

    @property
    def sample_count(self) -> int:
        """Samples of the step."""
        return len(self.samples)

    @property
    def captures(self) -> tuple:
        """Of a recording, where it was retuned; a step never is."""
        return ()

    def time_ns_of(self, sample: int) -> int | None:
        """UTC nanoseconds of a sample, counted from the step's first, or None where the source doesn't tell."""
        return time_after(self.time_ns, sample, self.sample_rate_hz)

    def read(self, start: int, count: int) -> np.ndarray:
        """Samples from `start`, counted from the step's first, as a recording gives them."""
        return self.samples[start:start + count]


@dataclass(frozen=True)
class Sweep:
    """One sweep of a band.

    Attributes
    ----------
    spectrum : SweptSpectrum
    sample_start, sample_count : int
        The samples that it took of the source, counted from the source's first one.
    sample_rate_hz : float
    position : str
        Where the source goes on after this sweep, in words of its own; "" for one that can't, such as a radio.
    steps : list of Step
        Empty unless the source was asked for them.
    """

    spectrum: SweptSpectrum
    sample_start: int
    sample_count: int
    sample_rate_hz: float
    position: str
    steps: list[Step] = field(default_factory=list)


class SweepSource(Protocol):
    """Gives sweeps; open when it is made.

    Attributes
    ----------
    samples : int
        Taken so far, used or not: what would have had to be sent in place of decisions.
    skipped, overflows : int
        Sweeps that came too fast to be decided, and gaps in the samples.
    fill : float
        Share of its queue that is in use, 0 to 1.
    ended : bool
        There will be no more.
    """

    samples: int
    skipped: int
    overflows: int
    fill: float
    ended: bool

    def next(self, wait_s: float) -> Sweep | None:
        """The next sweep, or None where none comes within about `wait_s` seconds.

        Raises RadioError where a radio has gone, RecordingError where a recording can't be read.
        """

    def close(self) -> None:
        """Stop, and give everything back."""
