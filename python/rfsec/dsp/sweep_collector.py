# SPDX-License-Identifier: GPL-3.0-or-later
"""Sweeps out of the stream of a receiver that is retuned from step to step."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..records import time_after
from .averaged_power import averaged_power
from .stitching import stitch
from .sweep_grid import SweepGrid
from .swept_spectrum import SweptSpectrum


@dataclass(frozen=True)
class CollectedStep:
    """One step: complex64 samples that follow its settling, the first of them at `sample_start`, UTC `time_ns` or None."""

    freq_hz: float
    sample_start: int
    time_ns: int | None
    samples: npt.NDArray[np.complex64]


@dataclass(frozen=True)
class CollectedSweep:
    """One sweep, from the first sample of its first step to the last one of its last; `steps` is empty unless they are kept."""

    spectrum: SweptSpectrum
    sample_start: int
    sample_count: int
    steps: tuple[CollectedStep, ...]


class SweepCollector:
    """Takes the stream piece by piece, however it is cut, and gives a sweep whenever its last step is complete.

    Samples count for a step that the sweep can go on with: not before the stream is tuned there, and not while it settles
    after that. A gap in a step, such as an overflow, begins it again. A stream that goes back to the beginning of
    the band before its end begins the sweep again.

    Parameters
    ----------
    grid : SweepGrid
    settle : int
        Samples after a retuning that count for nothing, at least 0.
    dwell : int
        Samples of a step, at least 0; its spectrum is that of the first ones, and it has no fewer than that takes.
    keep_steps : bool
        Whether sweeps come with the samples of their steps.

    Attributes
    ----------
    covered : int
        Bins of the present sweep that are complete.
    discarded : int
        Samples that counted for nothing, so far.
    gaps : int
        Steps that began again.
    incomplete : int
        Sweeps that began again.
    invalid : int
        Steps with samples that were not finite.
    position : int
        Number of the next sample.
    """

    def __init__(self, grid: SweepGrid, settle: int, dwell: int = 0, keep_steps: bool = False) -> None:
        self.grid, self._settle, self._keeps = grid, settle, keep_steps
        self._samples = np.empty(max(grid.samples, dwell), np.complex64)
        self.covered = self.discarded = self.gaps = self.incomplete = self.invalid = 0
        self.go_on(0)

    @property
    def wanted_hz(self) -> float | None:
        """What to tune to now; None where the stream is at work for the step that is wanted."""
        return None if self._useful else self.grid.centre_hz(self.covered)

    def go_on(self, position: int) -> None:
        """Begin a sweep with the sample of that number, after others that this collector has not seen; not tuned to anything."""
        self.position = position
        self._freq_hz: float | None = None
        self._time: tuple[int, int | None] = (position, None)  # a sample, and its UTC nanoseconds
        self._skip = 0
        self._begin_sweep()
        self._begin_step()

    def tune(self, freq_hz: float | None, time_ns: int | None) -> None:
        """Say that the next sample does not follow the last one: it is at another frequency, or comes after a gap.

        Parameters
        ----------
        freq_hz : float or None
            What it is tuned to, Hz; None where that is not known, and its samples are of no use.
        time_ns : int or None
            UTC time of that sample.
        """
        self.gaps += self._useful and self._filled > 0
        self._freq_hz, self._time = freq_hz, (self.position, time_ns)
        self._skip = self._settle
        if not self._helps() and self.covered and freq_hz is not None and self.grid.reached(freq_hz, 0):
            self.incomplete += 1
            self._begin_sweep()
        self._begin_step()

    def push(self, samples: npt.NDArray[np.complex64]) -> Iterator[CollectedSweep | None]:
        """Take the next samples, and yield at the end of each step: the sweep that it completes, or None."""
        while samples.size:
            if not self._useful:
                self.discarded += samples.size
                self.position += samples.size
                return
            skipped = min(self._skip, samples.size)
            taken = min(self._samples.size - self._filled, samples.size - skipped)
            self._samples[self._filled : self._filled + taken] = samples[skipped : skipped + taken]
            self._filled += taken
            self._skip -= skipped
            self.position += skipped + taken
            self.discarded += skipped
            samples = samples[skipped + taken :]
            if self._filled == self._samples.size:
                yield self._end_step()

    def _helps(self) -> bool:
        return self._freq_hz is not None and self.grid.reached(self._freq_hz, self.covered) > self.covered

    def _begin_sweep(self) -> None:
        self.covered, self._freqs, self._powers, self._steps = 0, [], [], []

    def _begin_step(self) -> None:
        self._useful, self._filled = self._helps(), 0

    def _end_step(self) -> CollectedSweep | None:
        start = self.position - self._samples.size
        sample, time_ns = self._time
        time_ns = time_after(time_ns, start - sample, self.grid.sample_rate_hz)
        used = self._samples[: self.grid.samples]
        self.invalid += not np.isfinite(used.view(np.float32)).all()
        if not self._freqs:
            self._start, self._time_ns = start, time_ns
        self._freqs.append(self._freq_hz)
        self._powers.append(averaged_power(used, self.grid.fft_size))
        if self._keeps:
            self._steps.append(CollectedStep(self._freq_hz, start, time_ns, self._samples.copy()))
        self.covered = self.grid.reached(self._freq_hz, self.covered)
        sweep = None
        if self.covered == self.grid.bins:
            spectrum = stitch(self.grid, self._freqs, np.array(self._powers), self._time_ns)
            sweep = CollectedSweep(spectrum, self._start, self.position - self._start, tuple(self._steps))
            self._begin_sweep()
        self._begin_step()
        return sweep
