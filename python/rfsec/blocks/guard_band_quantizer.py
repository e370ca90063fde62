# SPDX-License-Identifier: GPL-3.0-or-later
"""Guard-Band Quantizer: symbols of channel features, from which two ends draw a key."""

import numpy as np
from gnuradio import gr

from ..keygen.guard_band import check_guard_band, quantize
from .parameters import check_real, check_whole

NAME = "Guard-Band Quantizer"
_BUFFER = 1 << 16  # values


class guard_band_quantizer(gr.sync_block):
    """
    Turn each vector of channel features into levels that are equally likely, with bands between them that count for nothing.

    X. Zhang et al., "Deep Learning-based Physical-Layer Secret Key Generation for FDD Systems", section VI-C. Each vector has
    a mean and a spread of its own, so its scale does not matter. One that is not finite, or all alike, gives -1 only.

    Args:
        length: features in a vector, 2 to 8192
        levels: levels, 2 to 8, a power of two; each symbol gives 1 to 3 bits
        epsilon: probability on either side of a bound that belongs to its guard band, 0 to 0.49; with 4 levels below
            0.125, with 8 levels below 0.0625

    Ports:
        in: float32 vectors of length, such as those of the KGNet Mapper
        out: int8 vectors of length: levels from 0 up, -1 in a guard band

    Tags:
        all pass, item by item

    Example:
        tb.connect(rfsec.kgnet_mapper(end="bob"), rfsec.guard_band_quantizer(128), rfsec.key_agreement("alice.id", "bob.id.pub"))
    """

    def __init__(self, length: int = 128, levels: int = 2, epsilon: float = 0.1):
        check_whole(NAME, "length", length, 8192, "features", lowest=2)
        check_real(NAME, "epsilon", epsilon, 0, 0.49, "")
        check_guard_band(levels, epsilon)
        gr.sync_block.__init__(self, NAME, [(np.float32, length)], [(np.int8, length)])
        self.set_min_output_buffer(0, max(2, _BUFFER // length))
        self._levels, self._epsilon = levels, epsilon

    def work(self, input_items, output_items):
        output_items[0][:] = quantize(input_items[0], self._levels, self._epsilon)
        return len(output_items[0])
