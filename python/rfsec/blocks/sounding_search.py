# SPDX-License-Identifier: GPL-3.0-or-later
"""The part of the OFDM CFR Estimator that takes the stream and gives out a response for each sounding."""

import time
from collections import deque
from dataclasses import replace

import numpy as np
import pmt
from gnuradio import gr

from ..dsp.usable import only_usable
from ..ofdm.preamble import CARRIERS
from ..ofdm.sounding_stream import Soundings, SoundingStream
from .ended_input import END, POLL_S, input_ended
from .ofdm_sounder import STARTS
from .sample_clock import Epoch, WindowClock, clock_tags

SOUNDINGS = pmt.intern("soundings")


class SoundingSearch(gr.basic_block):
    """Takes what ``before`` puts out, and gives out all of its soundings before it ends.

    Parameters
    ----------
    before : block
        The block connected to the input: GNU Radio does not tell a block that its input has ended, only its neighbour.
    stream : SoundingStream
    sample_rate_hz : float
        0 takes the rate from the stream's rx_rate tag.
    """

    def __init__(self, before, stream: SoundingStream, sample_rate_hz: float):
        gr.basic_block.__init__(self, "OFDM CFR Estimator", [np.complex64], [(np.complex64, CARRIERS.size)])
        self.message_port_register_out(SOUNDINGS)
        self.set_tag_propagation_policy(gr.TPP_DONT)
        self._before, self._stream, self._rate_hz = before, stream, sample_rate_hz
        self.soundings = self.invalid = 0

    def start(self):  # GNU Radio counts samples from 0 again when a flowgraph runs again
        self._stream.flush()
        self._clock = WindowClock(1)
        self._epoch = self._epoch_at(0)  # of the samples since the latest discontinuity
        self._waiting: deque[tuple[Soundings, int, Epoch]] = deque()  # groups, and how many of each are out
        self._held = 0  # 1 while the first input item was taken but stays, so that the scheduler keeps calling
        self._flushed = False
        return True

    def forecast(self, noutput_items, ninputs):
        return [1] * ninputs

    def general_work(self, input_items, output_items):
        samples, first = input_items[0][self._held :], self.nitems_read(0) + self._held
        if not self._waiting and samples.size:
            taken = self._take(samples, first)
            self.consume(0, self._held + taken - 1)
            self._held = 1
        elif not self._waiting and input_ended(self._before, first):
            if self._flushed:
                self.consume(0, self._held)
                return END
            self._flushed = True
            self._keep(self._stream.flush())
        elif not self._waiting:
            time.sleep(POLL_S)  # a block that asks again and again would keep other Python threads from running
        return self._emit(output_items[0])

    def _take(self, samples: np.ndarray, first: int) -> int:
        """Take the samples up to the next discontinuity in this call; the next call begins there."""
        tags = clock_tags(self, first, first + samples.size)
        self._clock.read([tag for tag in tags if tag.offset == first])
        epoch = self._epoch_at(first)
        if epoch.item == first:  # else there are no tags, or they make no sense
            self._keep(self._stream.flush())
            self._epoch = epoch
        later = [tag.offset for tag in tags if tag.offset > first]
        samples = samples[: later[0] - first] if later else samples
        good, invalid = only_usable(samples)
        self.invalid += invalid
        self._keep(self._stream.push(good))
        return samples.size

    def _epoch_at(self, sample: int) -> Epoch:
        epoch = self._clock.epoch(sample)
        return replace(epoch, rate_hz=self._rate_hz or epoch.rate_hz)

    def _keep(self, groups: list[Soundings]) -> None:
        self._waiting += [(group, 0, self._epoch) for group in groups]

    def _emit(self, out: np.ndarray) -> int:
        produced = 0
        while self._waiting and produced < len(out):
            group, done, epoch = self._waiting.popleft()
            count = min(len(out) - produced, group.start.size - done)
            out[produced : produced + count] = group.cfr[done : done + count]
            for number in range(done, done + count):
                self._tell(group, number, epoch, self.nitems_written(0) + produced + number - done)
            if done + count < group.start.size:
                self._waiting.appendleft((group, done + count, epoch))
            produced += count
        self.soundings += produced
        return produced

    def _tell(self, group: Soundings, number: int, epoch: Epoch, item: int) -> None:
        sample = epoch.start + int(group.start[number])
        time_ns = epoch.sample_time_ns(sample)
        told = {
            STARTS: pmt.from_uint64(max(epoch.start, sample)),
            pmt.intern("cfo_hz"): pmt.from_double(float(group.cfo[number]) * epoch.rate_hz) if epoch.rate_hz else pmt.PMT_NIL,
            pmt.intern("snr_db"): pmt.from_double(float(10 * np.log10(np.mean(10 ** (group.snr_db[number].astype(float) / 10))))),
            pmt.intern("quality"): pmt.from_double(float(group.quality[number])),
            pmt.intern("time_ns"): pmt.PMT_NIL if time_ns is None else pmt.from_uint64(time_ns),
        }
        for key, value in told.items():
            self.add_item_tag(0, item, key, value)
        if not pmt.is_null(self.message_subscribers(SOUNDINGS)):
            metadata = pmt.make_dict()
            for key, value in told.items():
                metadata = pmt.dict_add(metadata, key, value)
            self.message_port_pub(SOUNDINGS, pmt.cons(metadata, pmt.init_c32vector(CARRIERS.size, group.cfr[number].tolist())))
