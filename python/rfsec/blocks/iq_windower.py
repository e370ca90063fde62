# SPDX-License-Identifier: GPL-3.0-or-later
"""IQ Windower: cuts a stream of I/Q samples into windows."""

from collections import deque

import numpy as np
import pmt
from gnuradio import gr
from numpy.lib.stride_tricks import sliding_window_view

from .parameters import check_whole
from .sample_clock import CLOCK_KEYS, RX_RATE, RX_TIME, WINDOW_HOP, WINDOW_START, key_of, moved_time, sorted_tags, vector_of

BUFFER_SAMPLES = 1 << 20  # large work calls: at GNU Radio's default buffers a Python block is five times slower
INPUT_SAMPLES = 1 << 17
MAX_LENGTH = 1 << 20


class iq_windower(gr.basic_block):
    """
    Cut a stream of I/Q samples into windows of a fixed length.

    Item k begins at sample ``window_start + k * hop``. A window never spans a discontinuity (a new rx_time, rx_rate or
    rx_freq, as a radio sends after an overflow or a retune): the incomplete window is dropped and the grid begins again
    at the tagged sample. The result does not depend on how the scheduler cuts the stream.

    Args:
        length: samples in a window, 1 to 1048576
        hop: samples from the start of one window to the start of the next, 1 to 1048576: smaller than length
            overlaps, larger leaves samples out

    Ports:
        in: complex64 stream
        out: complex64 vectors of length

    Tags:
        window_start (uint64 sample index) and window_hop (uint64) on the first item and after each discontinuity,
        with the rx_* tags found there; other tags move to the first window that holds their sample (or, between windows, to the
        next), and go with it where a discontinuity drops it.

    Example:
        windower = rfsec.iq_windower(length=128, hop=64)
        tb.connect(source, windower, classifier)
    """

    def __init__(self, length: int = 128, hop: int = 128):
        for name, value in (("length", length), ("hop", hop)):
            check_whole("IQ Windower", name, value, MAX_LENGTH, "samples")
        gr.basic_block.__init__(self, "IQ Windower", [np.complex64], [vector_of(np.complex64, length)])
        self.set_tag_propagation_policy(gr.TPP_DONT)
        # Tags are placed by hand, so this rate has one effect: GNU Radio makes the buffer before the block large.
        self.set_relative_rate(1, max(hop, INPUT_SAMPLES))
        self.set_min_output_buffer(0, max(2, BUFFER_SAMPLES // length))
        self._length, self._hop = length, hop
        self.discontinuities = 0
        self.start()

    def start(self):  # GNU Radio counts samples from 0 again when a flowgraph runs again
        self._began_at = None
        self._tagged_to = 0  # the tags of samples before this one were passed on
        self._rate = None  # value of the newest rx_rate tag
        self._begin(0, {}, 0)
        return True

    def _begin(self, sample: int, clock_tags: dict, first_item: int) -> None:
        """Start a new grid at ``sample``. Its tags wait for its window ``first_item``, which may never be complete."""
        self._start, self._next = sample, sample
        self._tail = np.empty(0, np.complex64)  # the samples from self._next on that were consumed already
        self._waiting_tags = {WINDOW_START: pmt.from_uint64(sample), WINDOW_HOP: pmt.from_uint64(self._hop), **clock_tags}
        self._first_item = first_item
        self._waiting_marks: deque = deque()  # (item, key, value) of other tags, whose windows are not complete

    def forecast(self, noutput_items, ninputs):
        return [1] * ninputs

    def general_work(self, input_items, output_items):
        samples, base = input_items[0], self.nitems_read(0)
        tags = sorted_tags(self, 0, base, base + len(samples))
        clock_tags = [tag for tag in tags if key_of(tag) in CLOCK_KEYS]
        here = {tag.key: tag.value for tag in clock_tags if tag.offset == base}
        if here and self._began_at != base:
            self.discontinuities += base > 0
            self._begin(base, {**self._kept_clock(base), **here}, self.nitems_written(0))
            self._began_at = base
            self._rate = here.get(RX_RATE, self._rate)
        later = [tag.offset for tag in clock_tags if tag.offset > base]
        if later:  # up to the next discontinuity in this call; the next call begins there
            samples = samples[:later[0] - base]

        count, whole = self._windows_ready(base + len(samples), len(output_items[0]))
        self._write(samples, base, output_items[0][:count].reshape(count, self._length))
        self._send_tags(tags, base + len(samples), self.nitems_written(0) + count)
        self._next += count * self._hop
        end = base + len(samples) if whole else min(max(base, self._next), base + len(samples))
        self._tail = self._stretch(samples, base, self._next, end)
        self.consume(0, end - base)
        return count

    def _kept_clock(self, sample: int) -> dict:
        """The clock tags of a grid that gave no window, as they are at ``sample``."""
        kept = {key: value for key, value in self._waiting_tags.items() if key not in (WINDOW_START, WINDOW_HOP)}
        if RX_TIME in kept:
            time = moved_time(kept.pop(RX_TIME), sample - self._start, self._rate)
            kept.update({} if time is None else {RX_TIME: time})
        return kept

    def _windows_ready(self, end: int, room: int) -> tuple[int, bool]:
        """How many windows are complete at sample ``end`` and fit in ``room``, and whether that is all of them."""
        ready = max(0, (end - self._next - self._length) // self._hop + 1)
        return min(ready, room), ready <= room

    def _stretch(self, samples, base, first, last):
        """The samples ``first`` to ``last`` (absolute), from the tail and the input; empty where first is ahead."""
        if first >= last:
            return np.empty(0, np.complex64)
        if first >= base:
            return samples[first - base:last - base].copy()
        tail = self._tail[len(self._tail) - (base - first):]
        return np.concatenate((tail, samples[:max(0, last - base)]))[:last - first]

    def _write(self, samples, base, out) -> None:
        if not len(out):
            return
        old = min(len(out), max(0, -((self._next - base) // self._hop)))  # windows that begin in the tail
        if old:
            last = self._next + (old - 1) * self._hop + self._length
            out[:old] = self._cut(self._stretch(samples, base, self._next, last), old)
        if len(out) > old:
            out[old:] = self._cut(samples[self._next + old * self._hop - base:], len(out) - old)

    def _cut(self, stretch, count):
        if self._hop == self._length:
            return stretch[:count * self._length].reshape(count, self._length)
        return sliding_window_view(stretch, self._length)[::self._hop][:count]

    def _send_tags(self, tags, end, complete) -> None:
        """Send the tags of the items before ``complete``; those of later ones wait."""
        if complete > self._first_item:
            for key, value in self._waiting_tags.items():
                self.add_item_tag(0, self._first_item, key, value)
            self._waiting_tags = {}
        for tag in tags:
            if self._tagged_to <= tag.offset < end and key_of(tag) not in CLOCK_KEYS:
                ahead = max(0, -((self._start + self._length - 1 - tag.offset) // self._hop))
                self._waiting_marks.append((self._first_item + ahead, tag.key, tag.value))
        self._tagged_to = max(self._tagged_to, end)
        while self._waiting_marks and self._waiting_marks[0][0] < complete:
            self.add_item_tag(0, *self._waiting_marks.popleft())
