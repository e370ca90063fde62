# SPDX-License-Identifier: GPL-3.0-or-later
"""IQ to Amplitude-Phase: the polar representation of I/Q windows."""

import numpy as np
from gnuradio import gr

from ..dsp.amp_phase import amplitude_phase
from .iq_windower import BUFFER_SAMPLES, MAX_LENGTH
from .parameters import check_whole
from .sample_clock import vector_of


class iq_to_amp_phase(gr.sync_block):
    """
    Turn each window of I/Q samples into its amplitude and its phase.

    The input of Rajendran et al., "Deep Learning Models for Wireless Signal Classification with Distributed Low-Cost
    Spectrum Sensors", IEEE TCCN 2018, section IV-B. A window of zeros has amplitude zero.

    Args:
        length: samples in a window, 1 to 1048576

    Ports:
        in: complex64 vectors of length
        out: float32 vectors of 2 * length: amplitude with unit L2 norm over the window, then phase / pi (-1 to 1)

    Tags:
        all pass, item by item

    Example:
        tb.connect(rfsec.iq_windower(128, 128), rfsec.iq_to_amp_phase(128), classifier)
    """

    def __init__(self, length: int = 128):
        check_whole("IQ to Amplitude-Phase", "length", length, MAX_LENGTH, "samples")
        gr.sync_block.__init__(self, "IQ to Amplitude-Phase", [vector_of(np.complex64, length)], [(np.float32, 2 * length)])
        self.set_min_output_buffer(0, max(2, BUFFER_SAMPLES // length))
        self._length = length

    def work(self, input_items, output_items):
        windows, out = input_items[0], output_items[0]
        amplitude_phase(windows.reshape(len(out), self._length), out.reshape(len(out), 2, self._length))
        return len(out)
