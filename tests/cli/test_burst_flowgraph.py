# SPDX-License-Identifier: GPL-3.0-or-later
"""The flowgraph behind ``rfsec classify`` for bursts on a source like a radio: endless, with overflows."""

import json
import os
import time

import numpy as np
import pmt
import pytest
from burst_scene import burst_scene
from command_line import DEADLINE_S
from flowgraphs import ChunkedSource, run, rx_time
from gnuradio import blocks, rfsec
from gnuradio.rfsec.blocks.burst_flowgraph import BurstFlowgraph
from small_model import write_burst_model

RATE_HZ, FREQ_HZ, LOST = 1e6, 868e6, 12_345
BURSTS = [(20_000, 4_000, 0.2), (95_000, 20_000, -0.3), (140_000, 9_000, 0.1)]


def flowgraph_of(source, folder, on_overload="wait", sample_rate=0, **sinks):
    sink = rfsec.decision_sink(str(folder / "out.jsonl"), **sinks)
    return BurstFlowgraph(source, total=None, sample_rate=sample_rate, model=str(write_burst_model(folder / "bursts.onnx")), sink=sink,
                          on_overload=on_overload, false_alarm_rate=0.1, max_duration=1.0)


def lines_of(folder) -> list[dict]:
    return [json.loads(line) for line in (folder / "out.jsonl").read_text().splitlines()]


def test_an_overflow_is_counted_and_the_clock_stays_right(tmp_path):
    """As gr-uhd does it: rx_time, rx_rate and rx_freq at the start, and again on the first sample after a loss."""
    after, clock = 100_000, {"rx_rate": pmt.from_double(RATE_HZ), "rx_freq": pmt.from_double(FREQ_HZ)}
    tags = [(0, key, value) for key, value in [*clock.items(), ("rx_time", rx_time(10**18))]]
    tags += [(after, key, value) for key, value in [*clock.items(), ("rx_time", rx_time(10**18 + 1000 * (after + LOST)))]]
    flowgraph = flowgraph_of(ChunkedSource(burst_scene(200_000, BURSTS), tags=tags), tmp_path)
    run(flowgraph)
    assert flowgraph.error is None
    now = flowgraph.progress()
    assert (now.samples, now.bursts, now.dropped, now.invalid, now.discontinuities) == (200_000, 4, 0, 0, 1)
    starts = [one["sample_start"] for one in lines_of(tmp_path)]
    np.testing.assert_allclose(starts, [20_000, 95_000, 100_000, 140_000], atol=300)
    for one in lines_of(tmp_path):
        microseconds = one["sample_start"] + (LOST if one["sample_start"] >= after else 0)
        assert one["time"] == f"2001-09-09T01:46:40.{microseconds:06d}000Z"
        assert (one["freq_hz"], one["sample_rate_hz"]) == (FREQ_HZ, RATE_HZ)


@pytest.mark.parametrize("on_overload", ["wait", "skip"])
def test_an_endless_source_is_finished_and_all_that_was_found_is_written(tmp_path, on_overload):
    source = blocks.vector_source_c(burst_scene(50_000, [(20_000, 4_000, 0.2)]), True)
    flowgraph = flowgraph_of(source, tmp_path, on_overload, RATE_HZ)

    def finish_after_some():
        deadline = time.monotonic() + DEADLINE_S
        while not flowgraph.classifier.classified and time.monotonic() < deadline:
            os.sched_yield()
        flowgraph.finish()

    run(flowgraph, meanwhile=finish_after_some)
    one = flowgraph.classifier
    assert 0 < flowgraph.progress().bursts == one.classified + one.skipped == len(lines_of(tmp_path))
    assert on_overload == "skip" or flowgraph.progress().dropped == one.skipped == 0


def test_a_stream_without_a_rate_ends_with_one_error(tmp_path):
    flowgraph = flowgraph_of(ChunkedSource(np.zeros(1000, np.complex64)), tmp_path)
    run(flowgraph)
    assert "the stream has no rx_rate tag" in str(flowgraph.error)
    assert lines_of(tmp_path) == []
