# SPDX-License-Identifier: GPL-3.0-or-later
"""Key Error Rate: how many of two ends' quantized values differ, where both have any."""

import numpy as np
from gnuradio import gr

from ..keygen.guard_band import GUARD
from .parameters import check_whole
from .sample_clock import vector_of

NAME = "Key Error Rate"


class key_error_rate(gr.sync_block):
    """
    Compare the quantized values of two ends, probe by probe.

    A value counts where neither end has it in a guard band. For simulations: in a real agreement nobody has both.

    Args:
        length: values in a probe, 1 to 4096
        average: probes over which the rate is taken, 1 to 100000: this one and those before it

    Ports:
        in: two inputs of int8 vectors of length, from guard-band quantizers; -1 in a guard band
        out: float32, one for each probe: share of the values that differ, 0 to 1; 0 where none counts yet

    Tags:
        all pass, probe by probe

    Example:
        tb.connect(alice_quantizer, (rate, 0)); tb.connect(bob_quantizer, (rate, 1)); tb.connect(rate, number_sink)
    """

    def __init__(self, length: int = 128, average: int = 100):
        check_whole(NAME, "length", length, 4096, "values")
        check_whole(NAME, "average", average, 100000, "probes")
        vectors = vector_of(np.int8, length)
        gr.sync_block.__init__(self, NAME, [vectors, vectors], [np.float32])
        self._shape, self._average = (-1, length), average

    def start(self):
        self._counts = np.zeros((self._average, 2), np.int64)  # of the last probes: values that differ, and that count
        return True

    def work(self, input_items, output_items):
        one, other = (items.reshape(self._shape) for items in input_items)
        both = (one != GUARD) & (other != GUARD)
        counts = np.stack(((both & (one != other)).sum(axis=1), both.sum(axis=1)), axis=1)
        known = np.concatenate((self._counts, counts))
        sums = np.cumsum(np.concatenate((np.zeros((1, 2), np.int64), known)), axis=0)
        wrong, counted = (sums[self._average + 1 :] - sums[1 : -self._average]).T
        output_items[0][:] = wrong / np.maximum(counted, 1)
        self._counts = known[-self._average :]
        return len(counts)
