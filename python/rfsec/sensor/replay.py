# SPDX-License-Identifier: GPL-3.0-or-later
"""A recorded sweep as a source: the same spectra as from a radio, from any place in it, at any speed."""

import hashlib
import json
import time

import numpy as np

from ..dsp.averaged_power import averaged_power
from ..dsp.stitching import stitch
from ..dsp.sweep_grid import SweepGrid
from ..dsp.swept_spectrum import SweptSpectrum
from ..errors import RecordingError
from ..recordings.recording import open_recording
from ..records import time_after
from .config_file import ConfigFile
from .decide import wants_steps
from .grids import grids_of
from .replay_plan import PlannedStep, PlannedSweep, plan
from .sweep import Step, Sweep

LONGEST_STEP_S = 1.0  # of a step that bursts are looked for in: a capture may be as long as its recording


class ReplaySource:
    """Sweeps of a recording, in its order, from a position on. Nothing is skipped: a sweep waits until it is asked for.

    Parameters
    ----------
    file : ConfigFile
        Whose source is a replay.
    position : str
        Of an earlier sweep of the same recording and bands, to go on behind it; any other begins at the first sweep.

    Raises
    ------
    ParameterError
        There is no such recording, or its captures cover none of the bands; with the line.
    """

    skipped = overflows = 0
    fill = 0.0

    def __init__(self, file: ConfigFile, position: str) -> None:
        source = file.config.source
        self._replay, self._wants_steps = source.replay, wants_steps(file)
        with file.naming("source", "replay", "path"):
            self._recording = open_recording(source.replay.path)
        self._rate_hz = self._recording.sample_rate_hz
        try:
            grids, self._plan = self._planned(file)
        except BaseException:
            self._recording.close()
            raise
        steps = repr((self._recording.sample_count, self._rate_hz, grids, self._plan))
        self._name = hashlib.sha256(f"{source.replay.path} {steps}".encode()).hexdigest()[:16]
        self._next = _place(position, self._name)
        self._began, self._began_at = time.monotonic(), self._reached(self._next - 1)

    @property
    def ended(self) -> bool:
        """Whether the last sweep has been given."""
        return not self._replay.loop and self._next >= len(self._plan)

    @property
    def samples(self) -> int:
        """Samples of the recording passed so far."""
        return self._reached(self._next - 1) - self._began_at

    def next(self, wait_s: float) -> Sweep | None:
        """The next sweep, or None where it is not due within `wait_s` seconds. Raises RecordingError where it can't be read."""
        if self.ended:
            return None
        if self._replay.speed is not None:
            due_s = (self._reached(self._next) - self._began_at) / self._rate_hz / self._replay.speed
            early_s = self._began + due_s - time.monotonic()
            time.sleep(max(0.0, min(early_s, wait_s)))
            if early_s > wait_s:
                return None
        self._next += 1
        return self._sweep(self._next - 1)

    def close(self) -> None:
        """Close the recording."""
        self._recording.close()

    def _planned(self, file: ConfigFile) -> tuple[list[SweepGrid], list[PlannedSweep]]:
        """The grids of the bands, and the sweeps over them."""
        with file.naming("source", "replay", "path"):
            if self._rate_hz is None:
                raise RecordingError(f"{self._replay.path}: it does not tell its sample rate. Replay a SigMF recording.")
        grids = grids_of(file, self._rate_hz)
        with file.naming("source", "replay", "path"):
            return grids, plan(self._recording, grids, file.config.source.dwell_s)

    def _reached(self, number: int) -> int:
        """The sample behind a sweep, counted on from one round of the recording to the next; 0 before the first sweep."""
        if number < 0:
            return 0
        rounds, place = divmod(number, len(self._plan))
        return rounds * self._recording.sample_count + max(step.sample_start + step.sample_count for step in self._plan[place].steps)

    def _sweep(self, number: int) -> Sweep:
        rounds, place = divmod(number, len(self._plan))
        planned, offset = self._plan[place], rounds * self._recording.sample_count
        start = min(step.sample_start for step in planned.steps)
        first_ns = next(step.time_ns for step in planned.steps if step.sample_start == start)
        position = json.dumps({"replay": self._name, "sweeps": number + 1})
        steps = [self._step(step, offset) for step in planned.steps] if self._wants_steps else []
        return Sweep(self._spectrum(planned, time_after(first_ns, offset, self._rate_hz)), offset + start,
                     self._reached(number) - offset - start, self._rate_hz, position, steps)

    def _spectrum(self, planned: PlannedSweep, time_ns: int | None) -> SweptSpectrum:
        grid = planned.grid
        powers = [averaged_power(self._read(step, grid.samples), grid.fft_size) for step in planned.steps]
        return stitch(grid, [step.freq_hz for step in planned.steps], np.array(powers), time_ns)

    def _step(self, step: PlannedStep, offset: int) -> Step:
        count = min(step.sample_count, round(LONGEST_STEP_S * self._rate_hz))
        return Step(step.freq_hz, self._rate_hz, offset + step.sample_start, time_after(step.time_ns, offset, self._rate_hz),
                    self._read(step, count))

    def _read(self, step: PlannedStep, count: int) -> np.ndarray:
        samples = self._recording.read(step.sample_start, count)
        if len(samples) < count:
            raise RecordingError(f"{self._replay.path}: it was cut short while it was replayed.")
        return samples


def _place(position: str, name: str) -> int:
    """How many sweeps were given before; 0 where the position is of another replay, or none."""
    try:
        found = json.loads(position)
        return found["sweeps"] if found["replay"] == name else 0
    except (ValueError, KeyError, TypeError):
        return 0
