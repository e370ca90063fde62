# SPDX-License-Identifier: GPL-3.0-or-later
"""Key error rates against a count by hand, for any cut of the stream."""

import numpy as np
import pytest
from flowgraphs import run
from gnuradio import blocks, gr, rfsec


def rates(one, other, average, most=None):
    top, block, sink = gr.top_block(), rfsec.key_error_rate(one.shape[1], average), blocks.vector_sink_f()
    if most:
        block.set_max_noutput_items(most)
    sources = [blocks.vector_source_b((values.view(np.uint8)).ravel().tolist(), False, one.shape[1]) for values in (one, other)]
    for port, source in enumerate(sources):
        top.connect(source, (block, port))
    top.connect(block, sink)
    run(top)
    return np.array(sink.data())


@pytest.mark.parametrize("average", [1, 3, 50])
def test_rates_are_those_counted_by_hand(average):
    one, other = np.random.default_rng(1).integers(-1, 2, (2, 40, 16)).astype(np.int8)
    expected = []
    for probe in range(40):
        last = slice(max(0, probe - average + 1), probe + 1)
        both = (one[last] >= 0) & (other[last] >= 0)
        expected.append((one[last] != other[last])[both].mean())
    np.testing.assert_allclose(rates(one, other, average), expected, rtol=1e-6)
    np.testing.assert_array_equal(rates(one, other, average), rates(one, other, average, most=7))


def test_nothing_that_counts_is_no_error():
    guards = np.full((3, 4), -1, np.int8)
    assert not rates(guards, guards, 2).any()


@pytest.mark.parametrize("arguments", [{"length": 0}, {"average": 0}])
def test_wrong_parameters_raise(arguments):
    with pytest.raises(rfsec.ParameterError, match="parameter of Key Error Rate must be"):
        rfsec.key_error_rate(**arguments)
