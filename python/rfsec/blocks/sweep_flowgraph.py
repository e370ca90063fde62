# SPDX-License-Identifier: GPL-3.0-or-later
"""The flowgraph of a sensor: a radio that is tuned from step to step, or a recorded sweep, and the sweeps that come of it."""

import threading
import time
from collections.abc import Sequence

from gnuradio import gr

from ..dsp.sweep_collector import SweepCollector
from ..dsp.sweep_grid import SweepGrid
from ..errors import RadioError
from ..sensor.sweep import SWEEPS_WAITING, Step, Sweep
from .sweep_controller import sweep_controller
from .sweep_taker import SweepTaker

SETTLE_S = 0.01  # of a radio: what it had taken while it tuned passes first
TIMEOUT_S = 1.0  # of the first tune command
SILENCE_S = 5.0  # without a sample, after which a radio is given up
_VAIN = 5  # tune commands without an effect, after which a radio is given up: 15 s


class SweepFlowgraph(gr.top_block):
    """Sweeps bands in turn, without an end, and gives sweep after sweep. It is a ``sensor.sweep.SweepSource``.

    Parameters
    ----------
    source : block
        A UHD source (``usrp.open_usrp``), or a ``recording_source`` whose captures are the steps.
    grids : sequence of SweepGrid
        The bands, all of the source's rate.
    is_radio : bool
        Whether the source takes tune commands and does not wait: then sweeps that nobody takes in time are dropped.
    dwell_s : float
        Seconds of a step after its settling, 0 or more; as many samples are taken as its spectrum needs at least.
    keep_steps : bool
        Whether sweeps come with the samples of their steps: 8 bytes each, for up to six sweeps at a time.
    """

    def __init__(self, source, grids: Sequence[SweepGrid], *, is_radio: bool, dwell_s: float = 0.0, keep_steps: bool = False):
        gr.top_block.__init__(self, "rfsec sensor")
        # GNU Radio keeps no reference to Python blocks: without these attributes they would be collected while running.
        self.source, self._is_radio, self._rate_hz = source, is_radio, grids[0].sample_rate_hz
        settle, dwell = round(SETTLE_S * self._rate_hz) if is_radio else 0, round(dwell_s * self._rate_hz)
        self.taker = SweepTaker([SweepCollector(grid, settle, dwell, keep_steps) for grid in grids], not is_radio, SWEEPS_WAITING)
        self.controller = sweep_controller(TIMEOUT_S)
        self.connect(source, self.taker)
        if is_radio:
            self.msg_connect(self.taker, "tune", self.controller, "tune")
            self.msg_connect(self.controller, "command", source, "command")
        for block in (source, self.taker, self.controller):  # here `next` says it
            block.set_log_level("off")
        self._ended, self._heard = threading.Event(), (0, time.monotonic())
        self._running = False

    def begin(self) -> None:
        """Start. Raises RadioError where the radio fails at once."""
        try:
            self.start()
        except RuntimeError as error:
            raise RadioError(f"The radio does not start: {' '.join(str(error).split())}") from None
        self._running, self._heard = True, (0, time.monotonic())
        threading.Thread(target=self._watch, name="sweep flowgraph", daemon=True).start()

    def next(self, wait_s: float) -> Sweep | None:
        """The next sweep, or None where none comes within `wait_s` seconds.

        Raises RadioError where a radio has gone, RecordingError where a recording can't be read.
        """
        over = self._ended.is_set()  # asked first: all that came before it is in the taker
        found = self.taker.next(wait_s)
        if found is None:
            self._check(over)
            return None
        steps = [Step(one.freq_hz, self._rate_hz, one.sample_start, one.time_ns, one.samples) for one in found.steps]
        return Sweep(found.spectrum, found.sample_start, found.sample_count, self._rate_hz, "", steps)

    def close(self) -> None:
        """Stop; waits until the radio has."""
        if self._running:
            self._running = False
            self.taker.end()
            self.stop()
            self._ended.wait()

    @property
    def samples(self) -> int:
        """Taken so far, used or not."""
        return self.taker.nitems_read(0)

    @property
    def skipped(self) -> int:
        """Sweeps that nobody took in time."""
        return self.taker.skipped

    @property
    def overflows(self) -> int:
        """Steps that began again after a gap in the samples."""
        return self.taker.gaps

    @property
    def fill(self) -> float:
        """Share of the room for sweeps that is in use."""
        return self.taker.fill

    @property
    def ended(self) -> bool:
        """There will be no more."""
        return self._ended.is_set() and self.taker.fill == 0

    def _watch(self) -> None:
        self.wait()
        self._ended.set()
        self.taker.end()

    def _check(self, over: bool) -> None:
        """Raise what keeps sweeps from coming."""
        if not self._is_radio:
            if over and self.source.error is not None:
                raise self.source.error
            return
        now = time.monotonic()
        if self.samples != self._heard[0]:
            self._heard = (self.samples, now)
        if self.taker.problem:
            raise RadioError(f"The radio can't be used: {self.taker.problem}")
        if over or now - self._heard[1] > SILENCE_S:
            raise RadioError("The radio sends no samples any more; see that it is connected.")
        wanted_hz, in_vain = self.controller.wanted_hz, self.controller.in_vain
        if wanted_hz is not None and in_vain >= _VAIN:
            raise RadioError(f"The radio can't be tuned to {wanted_hz / 1e6:.6f} MHz: {in_vain} commands had no effect. "
                             "Choose bands that it covers.")
