# SPDX-License-Identifier: GPL-3.0-or-later
"""The block gives what the function gives, however the stream is cut, and refuses what is out of range."""

import numpy as np
import pytest
from flowgraphs import run
from gnuradio import blocks, gr, rfsec
from gnuradio.rfsec.keygen.guard_band import quantize


def through(features, max_items, *parameters):
    length = features.shape[1]
    top = gr.top_block()
    source, sink = blocks.vector_source_f(features.ravel().tolist(), False, length), blocks.vector_sink_b(length)
    block = rfsec.guard_band_quantizer(length, *parameters)
    block.set_max_noutput_items(max_items)
    top.connect(source, block, sink)
    run(top)
    return np.array(sink.data(), np.uint8).view(np.int8).reshape(-1, length)


@pytest.mark.parametrize("levels, epsilon", [(2, 0.1), (4, 0.2 / 6), (8, 0.2 / 14)])
@pytest.mark.parametrize("max_items", [1, 7, 4096])
def test_symbols_are_those_of_the_function_at_any_cut(levels, epsilon, max_items):
    features = np.random.default_rng(1).normal(size=(300, 104)).astype(np.float32)
    features[4], features[5, 3], features[6] = np.nan, np.inf, 0
    symbols = through(features, max_items, levels, epsilon)
    np.testing.assert_array_equal(symbols, quantize(features, levels, epsilon))
    assert (symbols[4:7] == -1).all() and symbols.max() == levels - 1 and (symbols[7] >= 0).any()


@pytest.mark.parametrize("wrong, name", [({"length": 1}, "length"), ({"length": 2.0}, "length"), ({"length": 8193}, "length"),
                                         ({"levels": 3}, "levels"), ({"levels": "2"}, "levels"), ({"epsilon": 0.5}, "epsilon"),
                                         ({"epsilon": -0.01}, "epsilon"), ({"epsilon": np.nan}, "epsilon"), ({"epsilon": None}, "epsilon"),
                                         ({"levels": 4, "epsilon": 0.125}, "epsilon"), ({"levels": 8, "epsilon": 0.0625}, "epsilon")])
def test_parameters_out_of_range_raise_when_the_block_is_made(wrong, name):
    with pytest.raises(rfsec.ParameterError, match=f"'{name}'.* must be .* Got .* instead"):
        rfsec.guard_band_quantizer(**wrong)


@pytest.mark.parametrize("length", [0, 1, 8193, 2.0])
def test_one_rule_holds_for_every_wrong_length(length):
    with pytest.raises(rfsec.ParameterError, match="a whole number, 2 to 8192 features"):
        rfsec.guard_band_quantizer(length)
