# SPDX-License-Identifier: GPL-3.0-or-later
"""OFDM CFR Estimator: the channel's frequency response by every sounding, or every 802.11a/n packet, of a stream."""

import math

from gnuradio import blocks, gr

from ..ofdm.preamble import CARRIERS
from ..ofdm.sounding_stream import SoundingStream
from .parameters import check_real
from .sounding_search import SoundingSearch

INPUT_SAMPLES = 1 << 17  # large work calls


class ofdm_cfr_estimator(gr.hier_block2):
    """
    Find soundings in a stream, and estimate the channel by the training symbols of each.

    Detection and carrier offset by the short training field, timing by the long one, least squares on each of 52 carriers
    with the offset taken out, averaged over the repeated symbols. Samples before and after a
    discontinuity (a new rx_time, rx_rate or rx_freq, as a radio sends after an overflow or a retune) are never averaged.
    Samples that are not finite or above 1e15 count as zero, and are counted in ``invalid``. The result does not depend on how
    the scheduler cuts the stream.

    Args:
        repeats: long training symbols of a sounding, an even number, 2 to 64, as the sounder has them; 2 takes 802.11a and 802.11n packets
        sample_rate: rate of the stream in Hz, 0 or more; 0 takes it from the rx_rate tag. 20e6 for 802.11's 20 MHz
        least_quality: share of a preamble's power that must be explained by one, 0.05 to 0.95; packets at 0, 3 and 10 dB have
            about 0.45, 0.63 and 0.87
        sanitise: whether gain, delay and phase, which two radios cannot share, are taken out

    Ports:
        in: complex64 stream, one sample for each step of the grid of 64 carriers
        out: complex64 vectors of 52: carriers -26 to 26 without 0, one vector for each sounding
        soundings (message): one PDU for each, with the tags' keys and a c32vector of the response

    Tags:
        on each vector: sounding_start (uint64, the stream's sample at which it begins; where that was before the stream's or a
        discontinuity's first sample, that one), cfo_hz (or nil without a rate), snr_db (of the averaged response), quality, time_ns
        (or nil); rx_time gives the time, and rx_rate the rate where sample_rate is 0

    Example:
        tb.connect(usrp_source, rfsec.ofdm_cfr_estimator(repeats=8, sample_rate=20e6), mapper)
    """

    def __init__(self, repeats: int = 2, sample_rate: float = 0, least_quality: float = 0.35, sanitise: bool = True):
        check_real("OFDM CFR Estimator", "sample_rate", sample_rate, 0, math.inf, "Hz")
        check_real("OFDM CFR Estimator", "least_quality", least_quality, 0.05, 0.95, "of the power")
        stream = SoundingStream(repeats, least_quality, bool(sanitise))
        gr.hier_block2.__init__(self, "OFDM CFR Estimator", gr.io_signature(1, 1, gr.sizeof_gr_complex),
                                gr.io_signature(1, 1, CARRIERS.size * gr.sizeof_gr_complex))
        # The copy costs next to nothing: it tells the search when the stream has ended, and gives it large calls.
        self._input = blocks.copy(gr.sizeof_gr_complex)
        self._input.set_min_output_buffer(0, INPUT_SAMPLES)
        self._search = SoundingSearch(self._input, stream, sample_rate)
        self.message_port_register_hier_out("soundings")
        self.connect(self, self._input, self._search, self)
        self.msg_connect(self._search, "soundings", self, "soundings")

    @property
    def soundings(self) -> int:
        """Soundings given out so far."""
        return self._search.soundings

    @property
    def invalid(self) -> int:
        """Samples so far that were not finite or above 1e15."""
        return self._search.invalid
