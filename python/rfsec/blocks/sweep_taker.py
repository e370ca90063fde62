# SPDX-License-Identifier: GPL-3.0-or-later
"""The end of a sensor's flowgraph: sweeps out of a stream, kept until somebody takes them."""

import threading
from collections import deque
from collections.abc import Sequence

import numpy as np
from gnuradio import gr

from ..dsp.sweep_collector import CollectedSweep, SweepCollector
from .sweep_intake import SweepIntake


class SweepTaker(gr.basic_block):
    """Sweeps bands in turn, as an Averaged Spectrum does with one, and keeps the newest sweeps.

    Parameters
    ----------
    collectors : sequence of SweepCollector
        One for each band.
    waits : bool
        Whether the source is held up while there is no room, or the oldest sweep is dropped and counted.
    room : int
        Sweeps that are kept, at least 1.

    Attributes
    ----------
    skipped : int
        Sweeps that were dropped.
    """

    def __init__(self, collectors: Sequence[SweepCollector], waits: bool, room: int):
        gr.basic_block.__init__(self, "Sweep Taker", [np.complex64], [])
        self._collectors, self._waits = collectors, waits
        self._intake = SweepIntake(self, collectors)
        self._sweeps: deque[CollectedSweep] = deque()
        self._change, self._room, self._over = threading.Condition(), room, False
        self.skipped = 0

    def start(self):
        self._intake.open()
        self._over = False
        return True

    def forecast(self, noutput_items, ninputs):
        return [1] * ninputs

    def general_work(self, input_items, output_items):
        for sweep in self._intake.take(input_items[0], len(input_items[0])):
            self._put(sweep)
        return 0

    def end(self) -> None:
        """Hold neither the source nor a caller of ``next`` up any longer."""
        with self._change:
            self._over = True
            self._change.notify_all()

    def next(self, wait_s: float) -> CollectedSweep | None:
        """The oldest sweep that was not taken yet; None where none comes within `wait_s` seconds."""
        with self._change:
            self._change.wait_for(lambda: self._sweeps or self._over, wait_s)
            self._change.notify_all()
            return self._sweeps.popleft() if self._sweeps else None

    @property
    def gaps(self) -> int:
        """Steps that began again after a discontinuity."""
        return sum(one.gaps for one in self._collectors)

    @property
    def fill(self) -> float:
        """Share of the room that is in use."""
        return len(self._sweeps) / self._room

    @property
    def problem(self) -> str:
        """What keeps samples from being used, "" for nothing."""
        return self._intake.problem

    def _put(self, sweep: CollectedSweep) -> None:
        with self._change:
            if self._waits:
                self._change.wait_for(lambda: len(self._sweeps) < self._room or self._over)
            if len(self._sweeps) == self._room:
                self._sweeps.popleft()
                self.skipped += 1
            self._sweeps.append(sweep)
            self._change.notify_all()
