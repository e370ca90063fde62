# SPDX-License-Identifier: GPL-3.0-or-later
"""Overload and failing models: every window is classified or counted, every item keeps its place."""

import numpy as np
import pytest
from flowgraphs import ArraySink, ChunkedSource, RecordCollector, complex_noise, run
from gnuradio import gr, rfsec
from gnuradio.rfsec.records import DecisionRecord
from odd_models import write_failing_model, write_slow_model

LENGTH, BATCH = 32, 64


def classify(samples, model, on_overload, hop=LENGTH, sizes=(3000, 1, 700)):
    top, source = gr.top_block(), ChunkedSource(samples, sizes)
    windower = rfsec.iq_windower(LENGTH, hop)
    classifier = rfsec.onnx_classifier(str(model), LENGTH, batch=BATCH, on_overload=on_overload)
    labels, collector = ArraySink(classifier), RecordCollector()
    top.connect(source, windower, classifier, labels)
    top.msg_connect(classifier, "decisions", collector, "decisions")
    run(top)
    return classifier, labels, [DecisionRecord.from_pmt(message) for message in collector.messages]


@pytest.fixture(scope="module")
def slow_model(tmp_path_factory):
    return write_slow_model(tmp_path_factory.mktemp("model") / "slow.onnx", LENGTH)


@pytest.mark.parametrize("hop", [LENGTH, 20, 45])
def test_skipping_accounts_for_every_window(slow_model, hop):
    count = 3000
    samples = complex_noise((count - 1) * hop + LENGTH)
    classifier, sink, records = classify(samples, slow_model, "skip", hop)
    labels = sink.items()
    assert len(labels) == count == classifier.classified + classifier.skipped
    assert classifier.skipped == (labels == -1).sum() > 0
    assert (labels[-BATCH:] >= 0).all(), "the newest windows are taken"
    assert sink.tags() == [(0, "window_hop", hop), (0, "window_start", 0)]
    covered = []
    for record in records:
        assert record.sample_start % hop == 0
        first, windows = record.sample_start // hop, (record.sample_count - LENGTH) // hop + 1
        assert windows == 1 or record.verdict == "skipped"
        covered += [(first + index, record.verdict == "skipped") for index in range(windows)]
    assert covered == [(index, label == -1) for index, label in enumerate(labels)]


def test_what_skip_mode_classifies_is_what_wait_mode_says(slow_model):
    samples = complex_noise(1500 * LENGTH)
    _, skipped, _ = classify(samples, slow_model, "skip")
    waiter, waited, _ = classify(samples, slow_model, "wait")
    assert (waiter.classified, waiter.skipped) == (1500, 0)
    taken = skipped.items() >= 0
    np.testing.assert_array_equal(skipped.items()[taken], waited.items()[taken])


def test_windows_on_which_the_model_fails_are_skipped_and_the_error_is_kept(tmp_path):
    model = write_failing_model(tmp_path / "failing.onnx", LENGTH)
    samples = np.full(LENGTH * BATCH * 4, 0.1 + 0j, np.complex64)
    samples[LENGTH * BATCH] = 100  # the second batch
    classifier, sink, records = classify(samples, model, "wait")
    assert isinstance(classifier.error, rfsec.ModelError)
    assert "failing.onnx: the model failed on windows of (64, 2, 32)" in str(classifier.error)
    assert "\n" not in str(classifier.error)
    assert [label == -1 for label in sink.items()] == [False] * BATCH + [True] * BATCH + [False] * 2 * BATCH
    assert (classifier.classified, classifier.skipped) == (3 * BATCH, BATCH)
    assert [(one.sample_start, one.sample_count) for one in records if one.verdict == "skipped"] == [(LENGTH * BATCH, LENGTH * BATCH)]


def test_a_model_that_always_fails_leaves_a_label_for_every_window(tmp_path):
    model = write_failing_model(tmp_path / "failing.onnx", LENGTH)
    samples = np.full(LENGTH * BATCH * 4, 0.1 + 0j, np.complex64)
    samples[::LENGTH] = 100
    classifier, sink, _ = classify(samples, model, "skip")
    assert classifier.error is not None
    assert sink.items().tolist() == [-1] * 4 * BATCH
    assert (classifier.classified, classifier.skipped) == (0, 4 * BATCH)
