# SPDX-License-Identifier: GPL-3.0-or-later
"""The flowgraph behind ``rfsec classify`` on a source like a radio: endless, with overflows."""

import json
import os
import threading
import time

import numpy as np
import pmt
import pytest
from command_line import DEADLINE_S, write_noise
from gnuradio import blocks, gr, rfsec
from gnuradio.rfsec.blocks import classify_flowgraph
from gnuradio.rfsec.blocks.classify_flowgraph import ClassifyFlowgraph
from small_model import write_small_model

RATE_HZ, FREQ_HZ, LOST = 1e6, 868e6, 12_345


def tag(offset, key, value):
    one = gr.tag_t()
    one.offset, one.key, one.value = offset, pmt.intern(key), value
    return one


def rx_time(microseconds):
    return pmt.make_tuple(pmt.from_uint64(1_700_000_000), pmt.from_double(microseconds / 1e6))


def run_to_the_end(flowgraph, before_waiting=lambda: None):
    flowgraph.start()
    before_waiting()
    waiter = threading.Thread(target=flowgraph.wait, daemon=True)
    waiter.start()
    waiter.join(DEADLINE_S)
    assert not waiter.is_alive()


def finish_after_some(flowgraph):
    deadline = time.monotonic() + DEADLINE_S
    while not flowgraph.progress().classified and time.monotonic() < deadline:
        os.sched_yield()
    flowgraph.finish()


def test_an_overflow_is_counted_and_the_clock_stays_right(tmp_path):
    """As gr-uhd does it: rx_time, rx_rate and rx_freq at the start, and again on the first sample after a loss."""
    samples, after = write_noise(tmp_path / "noise.cf32", 3000), 1000
    clock = {"rx_rate": pmt.from_double(RATE_HZ), "rx_freq": pmt.from_double(FREQ_HZ)}
    tags = [tag(0, key, value) for key, value in [*clock.items(), ("rx_time", rx_time(250_000))]]
    tags += [tag(after, key, value) for key, value in [*clock.items(), ("rx_time", rx_time(250_000 + after + LOST))]]
    sink = rfsec.decision_sink(str(tmp_path / "out.jsonl"))
    flowgraph = ClassifyFlowgraph(blocks.vector_source_c(samples, False, 1, tags), total=None, sink=sink, on_overload="wait",
                                  model=str(write_small_model(tmp_path / "small.onnx")))
    run_to_the_end(flowgraph)
    assert flowgraph.progress().discontinuities == 1
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [one["sample_start"] for one in lines] == [*range(0, 1000 - 127, 128), *range(1000, 3000 - 127, 128)]
    for one in lines:
        lost = LOST if one["sample_start"] >= after else 0
        microseconds = 250_000 + one["sample_start"] + lost  # one sample a microsecond
        assert one["time"] == f"2023-11-14T22:13:20.{microseconds:06d}000Z"
        assert (one["freq_hz"], one["sample_rate_hz"]) == (FREQ_HZ, RATE_HZ)


def test_an_endless_source_is_finished_without_a_gap(tmp_path):
    source = blocks.null_source(gr.sizeof_gr_complex)
    sink = rfsec.decision_sink(str(tmp_path / "out.jsonl"))
    flowgraph = ClassifyFlowgraph(source, total=None, sink=sink, on_overload="wait",
                                  model=str(write_small_model(tmp_path / "small.onnx")))
    run_to_the_end(flowgraph, before_waiting=lambda: finish_after_some(flowgraph))
    progress = flowgraph.progress()
    assert 0 < progress.classified == sink.decisions <= flowgraph.gate.nitems_written(0) // 128
    starts = [json.loads(line)["sample_start"] for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert starts == list(range(0, 128 * progress.classified, 128))


def test_a_model_of_amplitude_and_phase_gets_them(tmp_path):
    samples = write_noise(tmp_path / "noise.cf32", 1280)
    model = write_small_model(tmp_path / "polar.onnx", representation="amp_phase")
    sink = rfsec.decision_sink(str(tmp_path / "out.jsonl"))
    flowgraph = ClassifyFlowgraph(blocks.vector_source_c(samples), total=len(samples), sink=sink, on_overload="wait",
                                  model=str(model))
    run_to_the_end(flowgraph)
    session = rfsec.ModelSession(model)
    windows = samples.reshape(-1, 128)
    amplitude = np.abs(windows)
    polar = np.stack([amplitude / np.linalg.norm(amplitude, axis=1, keepdims=True), np.angle(windows) / np.pi], axis=1)
    expected = [session.card.heads[0].labels[best] for best in session.run(polar.astype(np.float32))[0].argmax(axis=1)]
    assert [json.loads(line)["label"] for line in (tmp_path / "out.jsonl").read_text().splitlines()] == expected


def test_how_long_a_radio_listens(monkeypatch):
    monkeypatch.setattr(classify_flowgraph, "open_usrp", lambda args, **settings: "a radio")

    def radio(duration_s):
        return classify_flowgraph.radio("type=b200", freq_hz=FREQ_HZ, rate_hz=RATE_HZ, gain_db=20, duration_s=duration_s)

    assert [radio(duration_s)[1] for duration_s in (None, 1e-9, 2.5, 1e15, 1e306)] == [None, 1, 2_500_000, None, None]
    for duration_s in (0.0, -1.0, float("inf"), float("nan")):
        with pytest.raises(rfsec.ParameterError, match=f"duration must be above 0 s, and finite. Got {duration_s} instead"):
            radio(duration_s)
