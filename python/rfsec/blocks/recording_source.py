# SPDX-License-Identifier: GPL-3.0-or-later
"""Recording Source: replays a recorded I/Q file with its sample clock."""

import math
from functools import partial

import numpy as np
import pmt
from gnuradio import gr

from ..errors import ParameterError, RecordingError
from ..recordings.recording import open_recording
from ..recordings.times import time_ns
from ..records import time_to_pmt
from .iq_windower import BUFFER_SAMPLES
from .parameters import check_real, check_whole
from .sample_clock import RX_FREQ, RX_RATE, RX_TIME


class recording_source(gr.sync_block):
    """
    Replay a recording: SigMF, WAV (I/Q, or a real IF made analytic) or raw samples, memory-mapped.

    A flowgraph that runs again begins at the first sample, and so does one that goes on after lock() and unlock(): GNU Radio
    then counts samples from 0 again, and sample numbers stay those of the recording.

    Args:
        path: the recording; for SigMF the .sigmf-meta, .sigmf-data or .sigmf file
        sample_format: cu8, cs8, cs16_le, cf32_le, wav or sigmf; "" takes it from the name or the content
        sample_rate: sample rate in Hz where the file does not tell it, 0 or more; 0 is unknown
        skip_bytes: bytes before the first sample of a raw file, 0 or more

    Ports:
        out: complex64 stream, full scale is 1

    Tags:
        rx_rate, rx_freq and rx_time on the first sample and on each SigMF capture, as far as the file tells them

    Example:
        source = rfsec.recording_source("capture.cu8", sample_rate=2.4e6)
    """

    def __init__(self, path: str, sample_format: str = "", sample_rate: float = 0, skip_bytes: int = 0):
        if not path:
            raise ParameterError("The 'path' parameter of Recording Source must name a recording. Got an empty one instead.")
        check_real("Recording Source", "sample_rate", sample_rate, 0, math.inf, "Hz")
        check_whole("Recording Source", "skip_bytes", skip_bytes, math.inf, "bytes", lowest=0)
        gr.sync_block.__init__(self, "Recording Source", [], [np.complex64])
        self._open = partial(open_recording, path, sample_format=sample_format or None, sample_rate_hz=sample_rate or None,
                             skip_bytes=skip_bytes)
        self.recording, self._closed = self._open(), False
        self.set_min_output_buffer(0, BUFFER_SAMPLES)
        self.error: RecordingError | None = None
        self._position, self._captures = 0, []

    def start(self):
        self._position, self.error = 0, None
        try:
            if self._closed:
                self.recording, self._closed = self._open(), False
        except RecordingError as error:
            self._fail(error)
        self._captures = list(self.recording.captures)
        return True

    def work(self, input_items, output_items):
        count = min(len(output_items[0]), self.recording.sample_count - self._position)
        if count <= 0 or self.error:
            return -1  # WORK_DONE
        try:
            output_items[0][:count] = self.recording.read(self._position, count)
        except RecordingError as error:  # the file shrank under us
            self._fail(error)
            return -1
        if self._position == 0 and self.recording.sample_rate_hz:
            self.add_item_tag(0, 0, RX_RATE, pmt.from_double(float(self.recording.sample_rate_hz)))
        while self._captures and self._captures[0][0] < self._position + count:
            start, frequency_hz, told = self._captures.pop(0)
            if frequency_hz is not None:
                self.add_item_tag(0, start, RX_FREQ, pmt.from_double(float(frequency_hz)))
            if (time := time_ns(told)) is not None:
                self.add_item_tag(0, start, RX_TIME, time_to_pmt(time))
        self._position += count
        return count

    def stop(self):
        self.recording.close()
        self._closed = True
        return True

    def _fail(self, error: RecordingError) -> None:
        """Say what is wrong and end the stream: raised inside start() or work() it would hang the flowgraph."""
        self.logger.error(str(error))
        self.error = error
