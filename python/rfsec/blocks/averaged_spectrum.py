# SPDX-License-Identifier: GPL-3.0-or-later
"""Averaged Spectrum: the spectrum of a whole band from a receiver that is retuned step by step."""

import math

import numpy as np
import pmt
from gnuradio import gr

from ..dsp.sweep_collector import SweepCollector
from ..dsp.sweep_grid import MAX_AVERAGES, SweepGrid
from .parameters import check_real, check_whole
from .sample_clock import vector_of
from .sweep_intake import SweepIntake
from .swept_items import message_of, write_tags

SPECTRA = pmt.intern("spectra")
INPUT_SAMPLES = 1 << 17  # large work calls


class averaged_spectrum(gr.basic_block):
    """
    Sweep a band: average the power spectra of each step, level the steps' gains, and stitch them together.

    The received signal of Rajendran et al., "Deep Learning Models for Wireless Signal Classification with Distributed Low-Cost
    Spectrum Sensors", IEEE TCCN 2018, section VI-A and equation 8, with power for magnitude and a Hann window (equivalent noise
    bandwidth 1.5 FFT bins). The outer eighth of a step's FFT bins is dropped; neighbours overlap in 0.094 of the sample rate.

    A step is known by its rx_freq tag, and any that goes on where the sweep has come to is used: a Sweep Controller tunes a
    radio so, and the captures of a recorded sweep may do so too. Samples of other frequencies are dropped and counted in
    ``discarded``, as are those that settle. A discontinuity within a step begins it again, counted in ``gaps``. The result does not
    depend on how the scheduler cuts the stream.

    Args:
        sample_rate_hz: rate of the stream in Hz, above 0
        fft_size: samples of a spectrum, 64 to 65536
        averages: spectra whose mean is taken in a step, 1 to 10000
        start_hz: lower end of the band in Hz, 0 or more
        stop_hz: upper end of the band in Hz, above start_hz
        bin_hz: width of the bins in Hz: half an FFT bin, or more, up to a fortieth of the sample rate
        settle_s: seconds after a retuning that count for nothing, 0 to 10 s: the synthesizer settles, and samples that a radio had taken
            while it tuned still pass. Recordings of a short stay at each step take less

    Ports:
        in: complex64 stream
        out: float32 vectors of the band's bins, round((stop_hz - start_hz) / bin_hz), in decibels of full scale: one for each whole
            sweep, NaN in bins whose samples were not finite
        tune (message): a dict whose freq is the frequency in Hz that is wanted next, nil when its samples have come
        spectra (message): a PDU for each sweep: a dict with first_hz, bin_hz, time (as rx_time, or nil), sample_start, sample_count
            and sample_rate_hz, and an f32vector

    Tags:
        in: rx_freq is needed; rx_time and rx_rate are used
        out: rx_freq (centre of the first bin, Hz), bin_hz, rx_time (of the sweep's first sample), window_start and sample_count (its
            samples, uint64), sample_rate_hz

    Example:
        spectrum, controller = rfsec.averaged_spectrum(start_hz=88e6, stop_hz=108e6), rfsec.sweep_controller()
        tb.connect(usrp, spectrum, rfsec.technology_classifier(bins=2000))
        tb.msg_connect(spectrum, "tune", controller, "tune")
        tb.msg_connect(controller, "command", usrp, "command")
    """

    def __init__(self, sample_rate_hz: float = 2.4e6, fft_size: int = 256, averages: int = 5, start_hz: float = 88e6, stop_hz: float = 108e6,
                 bin_hz: float = 10e3, settle_s: float = 0.01):
        for name, value in (("sample_rate_hz", sample_rate_hz), ("start_hz", start_hz), ("stop_hz", stop_hz), ("bin_hz", bin_hz)):
            check_real("Averaged Spectrum", name, value, 0, math.inf, "Hz")
        check_whole("Averaged Spectrum", "fft_size", fft_size, 65536, "samples", lowest=64)
        check_whole("Averaged Spectrum", "averages", averages, MAX_AVERAGES)
        self._grid = SweepGrid(start_hz, stop_hz, sample_rate_hz, fft_size, averages, bin_hz)
        check_real("Averaged Spectrum", "settle_s", settle_s, 0, 10, "s")
        gr.basic_block.__init__(self, "Averaged Spectrum", [np.complex64], [vector_of(np.float32, self._grid.bins)])
        self.set_tag_propagation_policy(gr.TPP_DONT)
        self.set_relative_rate(1, INPUT_SAMPLES)  # tags are placed by hand: this only makes the buffer before the block large
        self._collector = SweepCollector(self._grid, round(settle_s * sample_rate_hz))
        self._intake = SweepIntake(self, [self._collector])
        self.message_port_register_out(SPECTRA)
        self.sweeps = 0

    def start(self):  # GNU Radio counts samples from 0 again when a flowgraph runs again
        self._intake.open()
        return True

    def forecast(self, noutput_items, ninputs):
        return [1] * ninputs

    def general_work(self, input_items, output_items):
        out = output_items[0].reshape(-1, self._grid.bins)
        sweeps = self._intake.take(input_items[0], len(out))
        heard = not pmt.is_null(self.message_subscribers(SPECTRA))
        for index, sweep in enumerate(sweeps):
            out[index] = sweep.spectrum.power_db
            write_tags(self, self.nitems_written(0) + index, sweep, self._grid.sample_rate_hz)
            if heard:
                self.message_port_pub(SPECTRA, message_of(sweep, self._grid.sample_rate_hz))
        self.sweeps += len(sweeps)
        return len(sweeps)

    @property
    def discarded(self) -> int:
        """Samples so far that count for nothing: of another frequency than that asked for, or while settling."""
        return self._collector.discarded

    @property
    def gaps(self) -> int:
        """Steps so far that began again after a discontinuity."""
        return self._collector.gaps

    @property
    def incomplete(self) -> int:
        """Sweeps so far that began again before their end."""
        return self._collector.incomplete

    @property
    def invalid(self) -> int:
        """Steps so far with samples that were not finite."""
        return self._collector.invalid

    @property
    def problem(self) -> str:
        """What keeps samples from being used, "" for nothing."""
        return self._intake.problem
