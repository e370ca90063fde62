# SPDX-License-Identifier: GPL-3.0-or-later
"""How a block with a stream input feeds collectors of sweeps, and asks for the frequencies that they want."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pmt

from ..dsp.sweep_collector import CollectedSweep, SweepCollector
from .sample_clock import WindowClock, clock_tags

TUNE = pmt.intern("tune")
FREQ = pmt.intern("freq")
_SAME_RATE = 1e-3  # share by which a radio may miss the rate that it was asked for


class SweepIntake:
    """Takes the samples of a block's input 0, and publishes on its port ``tune`` what to tune to.

    A message is a dict whose ``freq`` is in Hz, or nil while the stream is at work for the step that is wanted.

    Parameters
    ----------
    block : gr.basic_block
    collectors : sequence of SweepCollector
        Swept in turn.

    Attributes
    ----------
    problem : str
        What keeps samples from being used, "" for nothing.
    """

    def __init__(self, block, collectors: Sequence[SweepCollector]):
        self._block, self._collectors = block, collectors
        self._clock, self._turn, self._asked = WindowClock(1), 0, None
        self.problem = ""
        block.message_port_register_out(TUNE)

    def open(self) -> None:
        """Begin a stream: ask for the first step."""
        for collector in self._collectors:
            collector.go_on(0)
        self._clock, self._turn, self._asked = WindowClock(1), 0, None
        self._ask()

    def take(self, samples: np.ndarray, room: int) -> list[CollectedSweep]:
        """Consume samples of a work call, up to the end of sweep number `room`, at least 1, and return the sweeps."""
        first = self._block.nitems_read(0)
        last, sweeps = first + len(samples), []
        tags = clock_tags(self._block, first, last)
        places = sorted({first, *(tag.offset for tag in tags)})
        for place, end in zip(places, [*places[1:], last]):
            if len(sweeps) == room:
                break
            self._retune(place, [tag for tag in tags if tag.offset == place])
            while self._active.position < end and len(sweeps) < room:
                sweep = self._push(samples[self._active.position - first : end - first])
                if sweep is not None:
                    sweeps.append(sweep)
        self._block.consume(0, self._active.position - first)
        return sweeps

    @property
    def _active(self) -> SweepCollector:
        return self._collectors[self._turn]

    def _push(self, samples: np.ndarray) -> CollectedSweep | None:
        """Take samples up to the end of a sweep."""
        for sweep in self._active.push(samples):
            if sweep is not None and len(self._collectors) > 1:
                position = self._active.position
                self._turn = (self._turn + 1) % len(self._collectors)
                self._active.go_on(position)
            self._ask()
            if sweep is not None:
                return sweep
        return None

    def _retune(self, place: int, tags: list) -> None:
        self._clock.read(tags)
        epoch, rate_hz = self._clock.epoch(place), self._active.grid.sample_rate_hz
        if not tags or epoch.item != place:  # none, or such that make no sense
            return
        fits = epoch.rate_hz is None or abs(epoch.rate_hz - rate_hz) <= _SAME_RATE * rate_hz
        problem = "" if fits else f"The stream comes at {epoch.rate_hz:g} Hz; set the 'sample_rate_hz' parameter to that. It is {rate_hz:g}."
        if problem != self.problem:
            self.problem = problem
            if problem:
                self._block.logger.warn(problem)
        self._active.tune(epoch.freq_hz if fits else None, replace(epoch, rate_hz=rate_hz).sample_time_ns(place))
        self._ask()

    def _ask(self) -> None:
        wanted_hz = self._active.wanted_hz
        if wanted_hz != self._asked:
            self._asked = wanted_hz
            value = pmt.PMT_NIL if wanted_hz is None else pmt.from_double(wanted_hz)
            self._block.message_port_pub(TUNE, pmt.dict_add(pmt.make_dict(), FREQ, value))
