# SPDX-License-Identifier: GPL-3.0-or-later
"""Burst Detector: finds the emissions of a stream in time and frequency."""

import math

from gnuradio import blocks, gr

from ..detection.stream_detector import WAIT, StreamDetector
from ..errors import RfsecError
from .burst_search import BurstSearch
from .parameters import check_real

INPUT_SAMPLES = 1 << 18  # large work calls


class burst_detector(gr.hier_block2):
    """
    Find bursts in a stream of I/Q samples, and send each with its samples as a model takes them.

    A discontinuity (a new rx_time, rx_rate or rx_freq, as a radio sends after an overflow or a retune) ends the open bursts,
    and so does the end of the stream; all bursts are sent before the block ends. Samples that are not finite or above 1e15
    count as zero, and are counted in ``invalid``. The result does not depend on how the scheduler cuts the stream.

    Args:
        sample_rate: rate of the stream in Hz, 0 or more; 0 takes it from the stream's rx_rate tag
        false_alarm_rate: bursts a second that white noise alone may give, 0.0001 to 1000
        max_duration: seconds after which a burst is cut, 0.001 to 3600; memory allows 2097152 samples
        on_overload: "wait" loses nothing and holds the source up (files); "skip" never holds the source up, and drops whole
            blocks of samples while detection is behind (radios): counted in ``dropped``, and a discontinuity

    Ports:
        in: complex64 stream
        bursts (message): one PDU per burst, soon after its end: a dict with sample_start, sample_count (uint64), time (as
            rx_time, or nil), freq_hz (or nil), sample_rate_hz, centre_hz, bandwidth_hz, snr_db, symbol_rate_hz (or nil),
            model_rate_hz and clips (true or false), and a c32vector of the burst at 0 Hz and at model_rate_hz, twice its bandwidth

    Tags:
        rx_time, rx_rate and rx_freq give the bursts their time, rate and frequency

    Example:
        detector = rfsec.burst_detector(sample_rate=2.4e6)
        tb.connect(source, detector)
        tb.msg_connect(detector, "bursts", rfsec.burst_classifier(), "bursts")
    """

    def __init__(self, sample_rate: float = 0, false_alarm_rate: float = 0.1, max_duration: float = 1.0, on_overload: str = "wait"):
        for name, value, lowest, highest, unit in (("sample_rate", sample_rate, 0, math.inf, "Hz"),
                                                   ("false_alarm_rate", false_alarm_rate, 0.0001, 1000, "bursts a second"),
                                                   ("max_duration", max_duration, 0.001, 3600, "s")):
            check_real("Burst Detector", name, value, lowest, highest, unit)
        gr.hier_block2.__init__(self, "Burst Detector", gr.io_signature(1, 1, gr.sizeof_gr_complex), gr.io_signature(0, 0, 0))
        self._detector = StreamDetector(false_alarms_per_s=false_alarm_rate, max_duration_s=max_duration, on_overload=on_overload)
        # The copy costs next to nothing: it tells the search when the stream has ended, and gives it large calls.
        self._input = blocks.copy(gr.sizeof_gr_complex)
        self._input.set_min_output_buffer(0, INPUT_SAMPLES)
        self._search = BurstSearch(self._input, sample_rate, self._detector, on_overload == WAIT)
        self.message_port_register_hier_out("bursts")
        self.connect(self, self._input, self._search)
        self.msg_connect(self._search, "bursts", self, "bursts")

    def set_log_level(self, level: str) -> None:
        """As of any block: trace, debug, info, warn, error, critical or off."""
        self._search.set_log_level(level)

    @property
    def bursts(self) -> int:
        """Bursts found so far."""
        return self._search.bursts

    @property
    def samples(self) -> int:
        """Samples taken so far."""
        return self._search.nitems_read(0)

    @property
    def discontinuities(self) -> int:
        """Gaps that the stream's tags told of."""
        return self._search.discontinuities

    @property
    def invalid(self) -> int:
        """Samples so far that were not finite or above 1e15."""
        return self._detector.invalid

    @property
    def dropped(self) -> int:
        """Samples so far that were not looked at: detection was behind a source that does not wait."""
        return self._detector.dropped

    @property
    def error(self) -> RfsecError | None:
        """What ended the search early, or None."""
        return self._search.error
