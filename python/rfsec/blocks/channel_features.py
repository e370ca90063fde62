# SPDX-License-Identifier: GPL-3.0-or-later
"""Channel Features: what the OFDM CFR Estimator gives, as the KGNet Mapper takes it, numbered by the time."""

import numpy as np
import pmt
from gnuradio import gr

from ..keygen.features import features
from .parameters import check_real, check_whole
from .probe_numbers import PROBE, whole_number

NAME = "Channel Features"
TIME = pmt.intern("time_ns")
LONGEST_PERIOD_S = 3600


class channel_features(gr.sync_block):
    """
    Write each response as real numbers, and number it by the time at which it was measured.

    Two ends whose clocks agree to within a period give equal numbers to what they measure in the same one, even where an end
    misses some; so they can agree on keys. Their clocks need not be closer: the channel has to stay for a period or two.

    Args:
        carriers: carriers of a response, 1 to 4096
        period: from a sounding to the next, 0 to 3600 s, the same at both ends; 0 numbers nothing

    Ports:
        in: complex64 vectors of carriers
        out: float32 vectors of 2 * carriers: real parts, then imaginary parts

    Tags:
        probe (uint64) on each item that has a tag time_ns, as the OFDM CFR Estimator gives: periods since 1970. All others pass

    Example:
        estimator, features = rfsec.ofdm_cfr_estimator(8), rfsec.channel_features(52, 0.05)
        tb.connect(usrp_source, estimator, features, mapper, quantizer, agreement)
    """

    def __init__(self, carriers: int = 52, period: float = 0.05):
        check_whole(NAME, "carriers", carriers, 4096)
        check_real(NAME, "period", period, 0, LONGEST_PERIOD_S, "s")
        gr.sync_block.__init__(self, NAME, [(np.complex64, carriers)], [(np.float32, 2 * carriers)])
        self._carriers, self._period_ns = carriers, round(1e9 * period)

    def work(self, input_items, output_items):
        out, first = output_items[0], self.nitems_read(0)
        out[:] = features(input_items[0].reshape(-1, self._carriers)).reshape(out.shape)
        if self._period_ns:
            for tag in self.get_tags_in_range(0, first, first + len(out), TIME):
                if (time_ns := whole_number(tag.value)) is not None:
                    self.add_item_tag(0, tag.offset, PROBE, pmt.from_uint64(time_ns // self._period_ns))
        return len(out)
