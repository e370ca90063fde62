# SPDX-License-Identifier: GPL-3.0-or-later
"""The part of the Burst Detector that takes the stream and publishes its bursts."""

from collections import deque
from dataclasses import replace
from itertools import takewhile

import numpy as np
import pmt
from gnuradio import gr

from ..detection.stream_detector import StreamDetector
from ..errors import ParameterError, RfsecError
from .burst_pdu import BurstPdu
from .ended_input import END, POLL_S, input_ended
from .message_backlog import backlog
from .sample_clock import WindowClock, clock_tags

BURSTS = pmt.intern("bursts")
MAX_BACKLOG = 64  # bursts that wait at a listener, in wait mode: at most 32 MiB of samples


class BurstSearch(gr.basic_block):
    """Takes what ``before`` puts out, finds the bursts in it, and publishes all of them before it ends.

    Parameters
    ----------
    before : block
        The block connected to the input: GNU Radio does not tell a block that its input has ended, only its neighbour.
    sample_rate_hz : float
        0 takes the rate from the stream's rx_rate tag.
    detector : StreamDetector
    waits : bool
        Whether the source may be held up while listeners are behind.
    """

    def __init__(self, before, sample_rate_hz: float, detector: StreamDetector, waits: bool):
        gr.basic_block.__init__(self, "Burst Detector", [np.complex64], [])
        self.message_port_register_out(BURSTS)
        self._before, self._rate_hz, self._detector, self._waits = before, sample_rate_hz, detector, waits
        self.bursts = self.discontinuities = 0
        self.error: RfsecError | None = None

    def start(self):  # GNU Radio counts samples from 0 again when a flowgraph runs again
        self._detector.open()
        self.error = None
        self._clock = WindowClock(1)
        self._tags, self._told = deque(), 0  # those of the clock not passed yet, and the sample up to which they are known
        self._began_at = None
        self._held = 0  # 1 while the first input item was accepted but stays, so that the scheduler keeps calling
        return True

    def forecast(self, noutput_items, ninputs):
        return [1] * ninputs

    def general_work(self, input_items, output_items):
        try:
            return self._take(input_items[0])
        except RfsecError as error:  # raised inside work() it would hang the flowgraph
            self.error = error
        except Exception as error:
            self.error = RfsecError(f"Burst Detector: it failed on this stream: {error!r}")
        self.logger.error(str(self.error))
        return END

    def _take(self, items) -> int:
        first = self.nitems_read(0) + self._held
        samples = items[self._held:]
        self._publish()
        if self._waits and backlog(self, BURSTS) >= MAX_BACKLOG:
            self._detector.wait(POLL_S)
            return 0
        if not samples.size:
            return self._end() if input_ended(self._before, first) else self._pause()
        tags, later = self._tags_at(first, first + samples.size)
        if self._began_at is None or (self._began_at != first and tags):
            if not self._begin(first, tags):
                return self._pause()
        taken = self._detector.accept(samples[: later - first])
        if not taken:
            return self._pause()
        # At the end of a stream GNU Radio calls only a block that still has input: keep one item until all is said.
        self.consume(0, self._held + taken - 1)
        self._held = 1
        return 0

    def _tags_at(self, first: int, last: int) -> tuple[list, int]:
        """The clock tags on sample ``first``, and where the next one up to ``last`` is, or ``last``. Each is fetched once."""
        self._tags += clock_tags(self, max(first, self._told), last)
        self._told = max(last, self._told)
        while self._tags and self._tags[0].offset < first:
            self._tags.popleft()
        tags = list(takewhile(lambda tag: tag.offset == first, self._tags))
        later = self._tags[len(tags)].offset if len(tags) < len(self._tags) else last
        return tags, min(later, last)

    def _begin(self, first: int, tags) -> bool:
        """Begin at sample ``first``, the first one or one with clock tags. Return False where it has to wait."""
        self._clock.read(tags)
        epoch = self._clock.epoch(first)
        if self._began_at is not None and epoch.item != first:  # tags that make no sense
            return True
        if not self._detector.end():
            return False
        rate_hz = self._rate_hz or epoch.rate_hz
        if rate_hz is None:
            raise ParameterError("Burst Detector: the stream has no rx_rate tag; set the 'sample_rate' parameter, in Hz.")
        self.discontinuities += self._began_at is not None
        self._began_at = first
        self._detector.begin(first, rate_hz, replace(epoch, rate_hz=rate_hz))
        return True

    def _end(self) -> int:
        if not self._detector.end() or self._detector.pending:
            return self._pause()
        self._publish()
        self.consume(0, self._held)
        return END

    def _pause(self) -> int:
        self._detector.wait(POLL_S)
        return 0

    def _publish(self) -> None:
        heard = not pmt.is_null(self.message_subscribers(BURSTS))
        for burst, epoch in self._detector.results():
            self.bursts += 1
            if heard:
                pdu = BurstPdu(burst, epoch.sample_time_ns(burst.sample_start), epoch.freq_hz)
                self.message_port_pub(BURSTS, pdu.to_pmt())

    def stop(self):
        self._detector.close()
        return True
