# SPDX-License-Identifier: GPL-3.0-or-later
"""The burst classifier in flowgraphs: one decision a burst, the same at any cut, and nothing lost or dropped without a count."""

import os
import time
from dataclasses import replace

import numpy as np
import pmt
import pytest
from burst_scene import burst_scene
from flowgraphs import RUN_DEADLINE_S, ChunkedSource, RecordCollector, run
from gnuradio import blocks, gr, rfsec
from gnuradio.rfsec.blocks.burst_pdu import BurstPdu
from gnuradio.rfsec.blocks.burst_search import BURSTS, MAX_BACKLOG
from gnuradio.rfsec.blocks.message_backlog import announce
from gnuradio.rfsec.detection.burst import Burst
from gnuradio.rfsec.detection.condition import MAX_SAMPLES
from gnuradio.rfsec.detection.detector import BurstDetector
from gnuradio.rfsec.detection.finder import BLOCK
from gnuradio.rfsec.inference.burst_classifier import BurstClassifier
from gnuradio.rfsec.records import DecisionRecord
from odd_models import write_failing_model
from small_model import write_burst_model, write_small_model

RATE_HZ = 1e6
LENGTH = 256
BURST = Burst(1000, 4000, RATE_HZ, 1e5, 5e4, 20.0, None, np.ones(2 * LENGTH, np.complex64), 1e5)
PDU = BurstPdu(BURST, 10**18, 868e6)
HOSTILE = [pmt.PMT_NIL, pmt.intern("x"), pmt.make_dict(), pmt.cons(pmt.make_dict(), pmt.make_c32vector(4, 0)),
           pmt.cons(pmt.car(PDU.to_pmt()), pmt.make_c32vector(MAX_SAMPLES + 1, 0)), pmt.cons(pmt.car(PDU.to_pmt()), pmt.PMT_T),
           pmt.cons(pmt.dict_add(pmt.car(PDU.to_pmt()), pmt.intern("snr_db"), pmt.from_double(float("nan"))), pmt.make_c32vector(4, 0))]


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return write_burst_model(tmp_path_factory.mktemp("model") / "bursts.onnx", LENGTH)


class Pdus(gr.sync_block):
    """Sends messages, then ends the stream."""

    def __init__(self, messages):
        gr.sync_block.__init__(self, "PDUs", [], [np.int8])
        self._messages = messages
        self.message_port_register_out(BURSTS)

    def work(self, input_items, output_items):
        for message in self._messages:
            self.message_port_pub(BURSTS, message)
        return -1


def decided(classifier, messages):
    top, source, end, collector = gr.top_block(), Pdus(messages), blocks.null_sink(1), RecordCollector()
    top.connect(source, end)
    top.msg_connect(source, "bursts", classifier, "bursts")
    top.msg_connect(classifier, "decisions", collector, "decisions")
    run(top)
    return [DecisionRecord.from_pmt(message) for message in collector.messages]


@pytest.mark.parametrize("sizes", [(1 << 20,), (9_973, 501)])
def test_decisions_are_those_of_the_bare_classifier(model, sizes):
    samples = burst_scene(500_000, [(20_000 + 30_000 * index, 4_000 + 300 * index, 0.05 * (index % 7) - 0.2) for index in range(16)])
    detector = BurstDetector(RATE_HZ)
    bursts = detector.push(samples) + detector.flush()
    expected = BurstClassifier(model).decide(bursts)
    top, source, block, collector = gr.top_block(), ChunkedSource(samples, sizes), rfsec.burst_detector(RATE_HZ), RecordCollector()
    classifier = rfsec.burst_classifier(str(model))
    top.connect(source, block)
    top.msg_connect(block, "bursts", classifier, "bursts")
    top.msg_connect(classifier, "decisions", collector, "decisions")
    run(top)
    found = [DecisionRecord.from_pmt(message) for message in collector.messages]
    assert len(bursts) == 16 == classifier.classified
    for record, burst, decision in zip(found, bursts, expected, strict=True):
        assert record == DecisionRecord(
            burst.sample_start, burst.sample_count, None, None, RATE_HZ, burst.snr_db, "modulation", decision.label,
            round(decision.confidence, 6), decision.verdict, "small", burst.centre_hz, burst.bandwidth_hz, burst.symbol_rate_hz)


def test_no_decision_is_lost_at_the_end_of_forty_short_runs(model):
    for number in range(40):
        messages = [replace(PDU, burst=replace(BURST, sample_start=index)).to_pmt() for index in range(number)]
        records = decided(rfsec.burst_classifier(str(model)), messages)
        assert [one.sample_start for one in records] == list(range(number))
        assert {(one.time_ns, one.freq_hz) for one in records} <= {(10**18, 868e6)}


def test_what_waits_is_decided_before_the_block_ends(model):
    """GNU Radio ends a block at the word of its neighbour; messages that came a moment before may still wait."""
    classifier = rfsec.burst_classifier(str(model))
    for _ in range(3):
        classifier.gateway.insert_tail(BURSTS, PDU.to_pmt())
    classifier._end(pmt.cons(pmt.intern("done"), pmt.from_long(1)))
    assert classifier.classified == 3 and not classifier.gateway.nmsgs(BURSTS)


def test_what_is_no_burst_is_refused_and_counted(model):
    classifier = rfsec.burst_classifier(str(model))
    records = decided(classifier, [message for hostile in HOSTILE for message in (hostile, PDU.to_pmt())])
    assert len(records) == len(HOSTILE) == classifier.refused == classifier.classified
    assert classifier.error is None


def test_samples_that_are_not_finite_are_skipped_and_counted(model):
    bad = BURST.samples.copy()
    bad[5] = np.nan
    classifier = rfsec.burst_classifier(str(model))
    records = decided(classifier, [PDU.to_pmt(), replace(PDU, burst=replace(BURST, samples=bad)).to_pmt()])
    assert [(one.verdict == "skipped", one.label is None, one.confidence is None) for one in records] == [(False,) * 3, (True,) * 3]
    assert (classifier.classified, classifier.invalid) == (1, 1)


def test_a_model_that_fails_leaves_a_record_and_its_error(tmp_path):
    classifier = rfsec.burst_classifier(str(write_failing_model(tmp_path / "failing.onnx", LENGTH, 0.5)))
    loud = np.zeros(LENGTH, np.complex64)
    loud[0] = 5  # of unit power above 2
    quiet = np.full(LENGTH, 0.1j, np.complex64)
    messages = [replace(PDU, burst=replace(BURST, samples=one)).to_pmt() for one in (quiet, loud, quiet)]
    records = decided(classifier, messages)
    assert [one.verdict == "skipped" for one in records] == [False, True, False]
    assert (classifier.classified, classifier.skipped) == (2, 1)
    assert "failing.onnx: the model failed" in str(classifier.error) and "\n" not in str(classifier.error)


def test_skipping_takes_the_newest_and_accounts_for_all(model):
    count, samples = 150, np.ones(MAX_SAMPLES, np.complex64)  # to read one takes far longer than to send it
    message = replace(PDU, burst=replace(BURST, samples=samples)).to_pmt()
    messages = [pmt.cons(pmt.dict_add(pmt.car(message), pmt.intern("sample_start"), pmt.from_uint64(index)), pmt.cdr(message))
                for index in range(count)]
    classifier = rfsec.burst_classifier(str(model), on_overload="skip")
    records = decided(classifier, messages)
    assert [one.sample_start for one in records] == list(range(count))
    assert classifier.skipped == sum(one.verdict == "skipped" for one in records) == count - classifier.classified > 0
    assert all(one.verdict != "skipped" for one in records[-MAX_BACKLOG:])


class Behind(gr.basic_block):
    """A listener that does not finish its first message before ``enough()``."""

    def __init__(self, enough):
        gr.basic_block.__init__(self, "Behind", [], [])
        self.enough, self.most = enough, 0
        self.message_port_register_in(BURSTS)
        self.set_msg_handler(BURSTS, self._take)
        announce(self)

    def waiting(self) -> int:
        self.most = max(self.most, self.gateway.nmsgs(BURSTS))
        return self.most

    def _take(self, message):
        deadline = time.monotonic() + RUN_DEADLINE_S / 2
        while not self.enough() and time.monotonic() < deadline:
            os.sched_yield()
        self.waiting()
        self.enough = lambda: True


def test_a_listener_that_is_behind_holds_up_a_detector_that_waits():
    every, count = 16_000, 140
    samples = np.resize(burst_scene(every, [(5_000, 4_000, 0.1)]), every * count)
    top, source, block = gr.top_block(), ChunkedSource(samples), rfsec.burst_detector(RATE_HZ)
    behind = Behind(lambda: behind.waiting() >= MAX_BACKLOG and not block._detector.pending)
    top.connect(source, block)
    top.msg_connect(block, "bursts", behind, "bursts")
    run(top)
    assert block.bursts >= count - 1
    assert MAX_BACKLOG <= behind.most <= MAX_BACKLOG + 3 * (BLOCK // every + 1)


@pytest.mark.parametrize("options, error, message", [
    ({"windows": 0}, rfsec.ParameterError, "The 'windows' parameter of Burst Classifier must be a whole number, 1 to 4096. Got 0"),
    ({"threads": 0}, rfsec.ParameterError, "'threads'"), ({"on_overload": "drop"}, rfsec.ParameterError, "wait, skip. Got 'drop' instead"),
    ({"model": "no-such-model"}, rfsec.ModelError, "no-such-model: neither a model file nor one of the shipped models")])
def test_bad_parameters_raise_when_the_block_is_made(model, options, error, message):
    with pytest.raises(error, match=message):
        rfsec.burst_classifier(**{"model": str(model), **options})


def test_models_of_windows_and_of_bursts_are_told_apart(model, tmp_path):
    with pytest.raises(rfsec.ModelError, match="bursts.onnx: this model takes bursts, not windows as they come; use the Burst Classifier"):
        rfsec.onnx_classifier(str(model), LENGTH)
    with pytest.raises(rfsec.ModelError, match="small.onnx: this model takes windows as they come, not bursts"):
        rfsec.burst_classifier(str(write_small_model(tmp_path / "small.onnx", LENGTH)))
