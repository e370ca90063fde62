# SPDX-License-Identifier: GPL-3.0-or-later
"""Which captures of a recording are the steps of which sweep."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..dsp.sweep_grid import SweepGrid
from ..errors import RecordingError
from ..recordings.reader import Recording
from ..recordings.times import time_ns
from ..records import time_after


@dataclass(frozen=True)
class PlannedStep:
    """`sample_count` samples from `sample_start`, tuned to `freq_hz`; `time_ns` of the first, or None."""

    sample_start: int
    sample_count: int
    freq_hz: float
    time_ns: int | None


@dataclass(frozen=True)
class PlannedSweep:
    """A band, and the steps that cover it, in the order of their frequencies."""

    grid: SweepGrid
    steps: tuple[PlannedStep, ...]


def plan(recording: Recording, grids: Sequence[SweepGrid], dwell_s: float) -> list[PlannedSweep]:
    """Every sweep of every band in a recording, in the order in which they end.

    Captures with rising frequencies are one pass; a frequency that does not rise begins the next. A pass gives a sweep of
    each band that it covers without a gap. A pass of one capture, which stays where it is, is cut into passes of `dwell_s`.

    Raises
    ------
    RecordingError
        The captures cover none of the bands.
    """
    passes = [cut for one in _passes(_steps(recording, min(grid.samples for grid in grids)))
              for cut in (_cut(one[0], dwell_s, recording.sample_rate_hz) if len(one) == 1 else [one])]
    sweeps = [PlannedSweep(grid, steps) for one in passes for grid in grids if (steps := _covering(one, grid))]
    if not sweeps:
        raise RecordingError(f"{recording.path}: its captures cover none of the bands whole. Each capture needs a core:frequency.")
    return sorted(sweeps, key=lambda sweep: max(step.sample_start for step in sweep.steps))


def _steps(recording: Recording, fewest: int) -> list[PlannedStep]:
    """The captures that are tuned, and long enough for a spectrum."""
    ends = [one.sample_start for one in recording.captures[1:]] + [recording.sample_count]
    return [PlannedStep(start, end - start, float(frequency_hz), time_ns(time))
            for (start, frequency_hz, time), end in zip(recording.captures, ends) if frequency_hz is not None and end - start >= fewest]


def _passes(steps: list[PlannedStep]) -> list[list[PlannedStep]]:
    passes: list[list[PlannedStep]] = []
    for step in steps:
        if not passes or step.freq_hz <= passes[-1][-1].freq_hz:
            passes.append([])
        passes[-1].append(step)
    return passes


def _cut(step: PlannedStep, dwell_s: float, rate_hz: float) -> list[list[PlannedStep]]:
    """A step in pieces of `dwell_s`, the last of which may be longer, each a pass of its own."""
    length = round(dwell_s * rate_hz)
    starts = [number * length for number in range(max(1, step.sample_count // length))]
    return [[replace(step, sample_start=step.sample_start + start, sample_count=end - start,
                     time_ns=time_after(step.time_ns, start, rate_hz))]
            for start, end in zip(starts, [*starts[1:], step.sample_count])]


def _covering(steps: list[PlannedStep], grid: SweepGrid) -> tuple[PlannedStep, ...]:
    """The steps that a band needs, empty where they leave a gap in it."""
    covered, needed = 0, []
    for step in steps:
        reached = grid.reached(step.freq_hz, covered)
        if reached > covered:
            covered = reached
            needed.append(step)
    return tuple(needed) if covered == grid.bins else ()
