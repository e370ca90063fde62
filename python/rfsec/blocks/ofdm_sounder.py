# SPDX-License-Identifier: GPL-3.0-or-later
"""OFDM Sounder: sends what the other end measures the channel by."""

import numpy as np
import pmt
from gnuradio import gr

from ..errors import ParameterError
from ..ofdm.sounding import check_repeats, sounding, sounding_length
from .parameters import check_real, check_whole

STARTS = pmt.intern("sounding_start")
_LONGEST = 1 << 30
_BUFFER = 1 << 16


class ofdm_sounder(gr.sync_block):
    """
    Send soundings one after the other, with silence between them, until the flowgraph ends.

    A sounding is 802.11a's preamble (IEEE Std 802.11-2020, 17.3.3) with as many long training symbols as the estimate at the
    other end averages over; 52 of 64 carriers are used.

    Args:
        repeats: long training symbols of a sounding, an even number, 2 to 64
        period: samples from the start of a sounding to the next, from its own 160 + 80 * repeats to 1073741824
        amplitude: of the samples, rms, 0 to 1; peaks are 1.5 times as high

    Ports:
        out: complex64 stream

    Tags:
        sounding_start (uint64, number of the sounding) on the first sample of each

    Example:
        tb.connect(rfsec.ofdm_sounder(repeats=8, period=200000, amplitude=0.2), usrp_sink)
    """

    def __init__(self, repeats: int = 2, period: int = 20000, amplitude: float = 0.2):
        check_repeats(repeats)
        check_whole("OFDM Sounder", "period", period, _LONGEST, "samples")
        check_real("OFDM Sounder", "amplitude", amplitude, 0, 1, "of full scale")
        waveform = sounding(repeats) * np.float32(amplitude)
        if period < len(waveform):
            raise ParameterError(f"The 'period' parameter of OFDM Sounder must be at least a sounding's {sounding_length(repeats)} samples. "
                                 f"Got {period} instead.")
        gr.sync_block.__init__(self, "OFDM Sounder", None, [np.complex64])
        self.set_min_output_buffer(0, _BUFFER)
        self._waveform, self._period = waveform, period

    def work(self, input_items, output_items):
        out, first = output_items[0], self.nitems_written(0)
        out[:] = 0
        for number in range(first // self._period, (first + len(out) - 1) // self._period + 1):
            at = number * self._period - first
            low, high = max(0, at), min(len(out), at + len(self._waveform))
            if low < high:
                out[low:high] = self._waveform[low - at : high - at]
            if at >= 0:
                self.add_item_tag(0, first + at, STARTS, pmt.from_uint64(number))
        return len(out)
