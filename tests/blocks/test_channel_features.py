# SPDX-License-Identifier: GPL-3.0-or-later
"""Channel Features: two ends number alike what they measure at about one time, and values keep their places."""

import numpy as np
import pmt
import pytest
from flowgraphs import run
from gnuradio import blocks, gr, rfsec

PERIOD_NS = 50_000_000


def written(responses, times_ns, **arguments):
    tags = []
    for offset, time_ns in enumerate(times_ns):
        tag = gr.tag_t()
        tag.offset, tag.key = offset, pmt.intern("time_ns")
        tag.value = pmt.from_uint64(time_ns) if isinstance(time_ns, int) and time_ns >= 0 else pmt.to_pmt(time_ns)
        tags.append(tag)
    carriers = responses.shape[1]
    source = blocks.vector_source_c(responses.ravel().tolist(), False, carriers, tags)
    block, sink, top = rfsec.channel_features(carriers, **arguments), blocks.vector_sink_f(2 * carriers), gr.top_block()
    top.connect(source, block, sink)
    run(top)
    numbers = {tag.offset: pmt.to_uint64(tag.value) for tag in sink.tags() if tag.key == pmt.intern("probe")}
    return np.array(sink.data(), np.float32).reshape(-1, 2 * carriers), numbers


def some(count, carriers=52):
    rng = np.random.default_rng(1)
    return rng.normal(size=(count, 2 * carriers)).astype(np.float32).view(np.complex64)


@pytest.mark.parametrize("carriers", [2, 52])
def test_real_parts_then_imaginary_parts(carriers):
    responses = some(5, carriers)
    values, _ = written(responses, [])
    assert np.array_equal(values[:, :carriers], responses.real) and np.array_equal(values[:, carriers:], responses.imag)


def test_an_end_that_misses_a_sounding_keeps_the_other_ends_numbers():
    begun = 1_790_000_000 * 10**9
    alices = begun + PERIOD_NS * np.arange(8) + 7_000_000
    bobs = np.delete(begun + PERIOD_NS * np.arange(8) + 31_000_000, [0, 4])
    _, hers = written(some(8), alices.tolist(), period=0.05)
    _, his = written(some(6), bobs.tolist(), period=0.05)
    assert list(his.values()) == [list(hers.values())[number] for number in (1, 2, 3, 5, 6, 7)]
    assert list(np.diff(list(hers.values()))) == [1] * 7


def test_without_a_time_or_a_period_nothing_is_numbered():
    assert written(some(5), [None, PERIOD_NS, -5, "now", 2**64 - 1], period=0.05)[1] == {1: 1}
    assert written(some(2), [0, PERIOD_NS], period=0.0)[1] == {}


@pytest.mark.parametrize("name, value", [("carriers", 0), ("carriers", 1.5), ("period", -1), ("period", 4000)])
def test_wrong_parameters_raise_when_the_block_is_made(name, value):
    with pytest.raises(rfsec.ParameterError, match=f"The '{name}' parameter of Channel Features must be"):
        rfsec.channel_features(**{name: value})


def test_what_the_estimator_tells_the_time_of_is_numbered():
    period, rate_hz = 5000, 1e5  # 0.05 s
    sounder, head, top = rfsec.ofdm_sounder(2, period), blocks.head(8, 6 * period), gr.top_block()
    begun = gr.tag_t()
    begun.offset, begun.key, begun.value = 0, pmt.intern("rx_time"), pmt.make_tuple(pmt.from_uint64(1000), pmt.from_double(0.01))
    paced = gr.tag_t()
    paced.offset, paced.key, paced.value = 0, pmt.intern("rx_rate"), pmt.from_double(rate_hz)
    source, add = blocks.vector_source_c([1e-3] * 6 * period, False, 1, [begun, paced]), blocks.add_cc()
    estimator, written_out, sink = rfsec.ofdm_cfr_estimator(2), rfsec.channel_features(52, period / rate_hz), blocks.vector_sink_f(104)
    top.connect(source, (add, 0))
    top.connect(sounder, head, (add, 1))
    top.connect(add, estimator, written_out, sink)
    run(top)
    assert [pmt.to_uint64(tag.value) for tag in sink.tags() if tag.key == pmt.intern("probe")] == [20000 + number for number in range(6)]
