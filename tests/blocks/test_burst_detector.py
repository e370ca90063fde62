# SPDX-License-Identifier: GPL-3.0-or-later
"""The burst detector in flowgraphs: the bursts of the whole stream at any cut, none lost, each with its samples and time."""

import numpy as np
import pmt
import pytest
from burst_scene import burst_scene
from flowgraphs import NO_TEXT, ChunkedSource, RecordCollector, run, rx_time
from gnuradio import gr, rfsec
from gnuradio.rfsec.blocks import burst_search
from gnuradio.rfsec.blocks.burst_pdu import BurstPdu
from gnuradio.rfsec.blocks.sample_clock import clock_tags
from gnuradio.rfsec.detection.detector import BurstDetector
from gnuradio.rfsec.detection.finder import BLOCK
from hypothesis import given, settings
from hypothesis import strategies as st

RATE_HZ = 1e6
COUNT = 400_000
BURSTS = [(20_000, 3_000, 0.2), (60_000, 20_000, -0.3), (64_000, 9_000, 0.1), (129_000, 5_000, 0.0), (390_000, 20_000, 0.25)]


@pytest.fixture(scope="module")
def scene():
    return burst_scene(COUNT, BURSTS)


class Detected:
    """One run over ``samples``: the PDUs and the block."""

    def __init__(self, samples, *, sizes=(1 << 20,), tags=(), max_items=100_000_000, buffer=0, rate=RATE_HZ, **options):
        top, source = gr.top_block(), ChunkedSource(samples, sizes, tags)
        self.block, collector = rfsec.burst_detector(rate, **options), RecordCollector("bursts")
        if buffer:
            source.set_max_output_buffer(buffer)
        top.connect(source, self.block)
        top.msg_connect(self.block, "bursts", collector, "bursts")
        run(top, max_items)
        self.pdus = [BurstPdu.from_pmt(message) for message in collector.messages]
        self.bursts = [one.burst for one in self.pdus]


def whole(samples, rate=RATE_HZ):
    detector = BurstDetector(rate)
    return detector.push(samples) + detector.flush()


def same(found, expected) -> bool:
    return found == expected and all(np.array_equal(one.samples, other.samples) for one, other in zip(found, expected))


def test_the_scene_is_found(scene):
    found = Detected(scene)
    assert len(found.bursts) == len(BURSTS) == found.block.bursts
    for burst, (start, length, frequency) in zip(sorted(found.bursts, key=lambda one: one.sample_start), BURSTS):
        assert abs(burst.sample_start - start) < 300
        assert abs(burst.sample_start + burst.sample_count - min(COUNT, start + length)) < 300
        assert abs(burst.centre_hz - frequency * RATE_HZ) < 5e3
    assert (found.block.samples, found.block.invalid, found.block.dropped, found.block.error) == (COUNT, 0, 0, None)


@settings(max_examples=12, deadline=None)
@given(sizes=st.lists(st.integers(1, 200_000), min_size=1, max_size=4), max_items=st.integers(2000, 300_000),
       buffer=st.sampled_from([0, 3000, 100_000]), on_overload=st.sampled_from(["wait", "skip"]))
def test_bursts_do_not_depend_on_the_cut_of_the_stream(scene, sizes, max_items, buffer, on_overload):
    sizes = [max(200, size) for size in sizes]  # single samples take too long
    found = Detected(scene, sizes=sizes, max_items=max_items, buffer=buffer, on_overload=on_overload)
    assert same(found.bursts, whole(scene))


def test_no_burst_is_lost_when_short_streams_end():
    for number in range(40):
        samples = burst_scene(6_000 + 500 * number, [(3_000, 1_000_000 if number % 2 else 2_000, 0.1)], seed=number)
        found = Detected(samples, sizes=(1 + 977 * number,))
        assert same(found.bursts, whole(samples)) and found.bursts


@pytest.mark.parametrize("samples", [np.zeros(300_000, np.complex64), np.full(300_000, 0.3 + 0.1j, np.complex64),
                                     np.zeros(1, np.complex64), np.full(5_000, np.nan, np.complex64)])
def test_dull_streams_end_without_an_error(samples):
    found = Detected(samples)
    assert found.block.error is None
    assert same(found.bursts, whole(samples))
    assert found.block.invalid == (samples.size if np.isnan(samples[0]) else 0)


def test_a_gap_ends_bursts_and_the_clock_goes_on_from_its_tags(scene):
    """As UHD after an overflow: rx_time again at the first sample after it, ahead by what was lost."""
    gap = 70_000  # inside of a burst
    tags = [(0, "rx_rate", pmt.from_double(RATE_HZ)), (0, "rx_freq", pmt.from_double(868e6)), (0, "rx_time", rx_time(10**18)),
            (gap, "rx_time", rx_time(10**18 + 5 * 10**9))]
    found = Detected(scene, sizes=(33_333,), tags=tags, rate=0)
    before, after = whole(scene[:gap]), whole(scene[gap:])
    assert [(one.sample_start, one.bandwidth_hz) for one in found.bursts] == [
        *((one.sample_start, one.bandwidth_hz) for one in before), *((gap + one.sample_start, one.bandwidth_hz) for one in after)]
    for pdu in found.pdus:
        start = pdu.burst.sample_start
        assert pdu.time_ns == 10**18 + (start * 1000 if start < gap else 5 * 10**9 + (start - gap) * 1000)
        assert (pdu.freq_hz, pdu.burst.sample_rate_hz) == (868e6, RATE_HZ)
    assert found.block.discontinuities == 1 and len(before) and len(after)


def test_each_tag_of_many_is_fetched_once(scene, monkeypatch):
    fetched = []

    def counted(*where):
        fetched.extend(found := clock_tags(*where))
        return found

    monkeypatch.setattr(burst_search, "clock_tags", counted)
    tags = [(0, "rx_rate", pmt.from_double(RATE_HZ)), *((place, "rx_freq", pmt.from_double(868e6)) for place in range(0, 20_000, 50))]
    found = Detected(scene[:20_000], tags=tags, rate=0)
    assert found.block.error is None and found.block.discontinuities == len(tags) - 2 and len(fetched) == len(tags)


@pytest.mark.parametrize("key, value", [
    ("rx_time", pmt.intern("noon")), ("rx_rate", pmt.from_double(0)), ("rx_freq", pmt.from_double(float("nan"))), ("other", pmt.PMT_T),
    (NO_TEXT, pmt.PMT_T)])
def test_a_tag_that_makes_no_sense_is_passed_over(scene, key, value):
    tags = [(0, "rx_rate", pmt.from_double(RATE_HZ)), (65_000, key, value)]
    found = Detected(scene, tags=tags, rate=0)
    assert same(found.bursts, whole(scene)) and found.block.discontinuities == 0


def test_the_rate_is_the_parameters_or_the_streams_or_is_asked_for(scene):
    tags = [(0, "rx_rate", pmt.from_double(RATE_HZ)), (200_000, "rx_rate", pmt.from_double(2 * RATE_HZ))]
    assert {one.sample_rate_hz for one in Detected(scene, tags=tags, rate=0).bursts} == {RATE_HZ, 2 * RATE_HZ}
    assert {one.sample_rate_hz for one in Detected(scene, tags=tags, rate=3e6).bursts} == {3e6}
    timed = Detected(scene, tags=[(0, "rx_time", rx_time(10**18))]).pdus
    assert [one.time_ns for one in timed] == [10**18 + one.burst.sample_start * 1000 for one in timed]
    unknown = Detected(scene, rate=0)
    assert isinstance(unknown.block.error, rfsec.ParameterError) and unknown.bursts == []
    assert str(unknown.block.error) == ("Burst Detector: the stream has no rx_rate tag; set the 'sample_rate' parameter, in Hz.")


def test_skipping_counts_what_it_drops_and_keeps_places():
    """A source far faster than detection: whole blocks go, and what is kept stands at its place in the stream."""
    every, count = 40_000, 100 * BLOCK
    samples = burst_scene(every, [(10_000, 4_000, 0.1)])
    samples = np.resize(samples, count)
    found = Detected(samples, sizes=(1 << 20,), on_overload="skip")
    assert found.block.dropped > 0 and found.block.dropped % BLOCK == 0 and found.block.error is None
    inside = [burst for burst in found.bursts if burst.sample_count > 3_700]
    assert len(inside) > 20 and all(abs(burst.sample_start % every - 10_000) < 300 for burst in inside)
    assert len(inside) <= (count - found.block.dropped) // every + 2
    assert Detected(samples, sizes=(1 << 20,)).block.dropped == 0


def test_a_flowgraph_that_runs_again_counts_from_its_new_start(scene):
    top, source, block, collector = gr.top_block(), ChunkedSource(scene), rfsec.burst_detector(RATE_HZ), RecordCollector("bursts")
    top.connect(source, block)
    top.msg_connect(block, "bursts", collector, "bursts")
    run(top)
    source._sent = 0
    run(top)
    found = [BurstPdu.from_pmt(message).burst for message in collector.messages]
    assert same(found, 2 * whole(scene))


def test_what_ended_a_run_is_forgotten_when_the_next_one_goes_well(scene):
    top, source, block = gr.top_block(), ChunkedSource(scene), rfsec.burst_detector(0)
    top.connect(source, block)
    run(top)
    assert "no rx_rate tag" in str(block.error)
    source._sent, source._tags = 0, [(0, "rx_rate", pmt.from_double(RATE_HZ))]
    run(top)
    assert block.error is None and block.bursts == len(whole(scene))


@pytest.mark.parametrize("options, message", [
    ({"sample_rate": -1}, "The 'sample_rate' parameter of Burst Detector must be 0 or more Hz. Got -1 instead"),
    ({"sample_rate": float("nan")}, "'sample_rate'"), ({"sample_rate": float("inf")}, "'sample_rate'"), ({"sample_rate": "2M"}, "'sample_rate'"),
    ({"false_alarm_rate": 0}, "The 'false_alarm_rate' parameter of Burst Detector must be 0.0001 to 1000 bursts a second. Got 0"),
    ({"max_duration": 0}, "The 'max_duration' parameter of Burst Detector must be 0.001 to 3600 s. Got 0 instead"),
    ({"max_duration": None}, "'max_duration'"), ({"on_overload": "drop"}, "'on_overload'.*wait, skip. Got 'drop' instead")])
def test_bad_parameters_raise_when_the_block_is_made(options, message):
    with pytest.raises(rfsec.ParameterError, match=message):
        rfsec.burst_detector(**options)
