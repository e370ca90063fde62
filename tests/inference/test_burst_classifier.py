# SPDX-License-Identifier: GPL-3.0-or-later
"""What is decided about a burst: its windows together, pauses left out, and a verdict by the card's thresholds."""

import numpy as np
import pytest
from gnuradio.rfsec.detection.burst import Burst
from gnuradio.rfsec.errors import ModelError, ParameterError
from gnuradio.rfsec.inference.burst_classifier import BurstClassifier
from hypothesis import given, settings
from hypothesis import strategies as st
from odd_models import write_failing_model, write_pointing_model
from small_model import write_small_model

LABELS = ["BPSK", "FM", "carrier", "noise"]
LENGTH = 64
HEAD = {"reject_threshold": 0.7, "min_snr_db": 3.0}


def burst_of(*windows: dict[str, float], snr_db: float = 20.0) -> Burst:
    """A burst in which each window has these logits, by label; its last sample brings a window to unit power."""
    samples = np.zeros((len(windows), LENGTH), np.complex64)
    for row, logits in zip(samples, windows):
        for label, value in logits.items():
            row[LABELS.index(label)] = value
        row[-1] = 1j * np.sqrt(LENGTH - np.sum(np.abs(row) ** 2))
    return Burst(0, samples.size, 1e6, 0.0, 1e5, snr_db, None, samples.ravel(), 2e5)


@pytest.fixture(scope="module")
def classifier(tmp_path_factory):
    path = tmp_path_factory.mktemp("model") / "bursts.onnx"
    return BurstClassifier(write_pointing_model(path, LENGTH, LABELS, HEAD))


def test_a_sure_label_is_accepted_with_its_probability(classifier):
    label, confidence, verdict = classifier.decide([burst_of({"BPSK": 5})])[0]
    assert (label, verdict) == ("BPSK", "accepted")
    assert confidence == pytest.approx(np.exp(5) / (np.exp(5) + 3), abs=1e-6)


@pytest.mark.parametrize("burst, label, verdict", [
    (burst_of({"BPSK": 1.9}), "BPSK", "unknown"), (burst_of({"BPSK": 2.0}), "BPSK", "accepted"),
    (burst_of({"BPSK": 5}, snr_db=2.9), "BPSK", "low_snr"),
    (burst_of({"BPSK": 1}, snr_db=2.9), "BPSK", "low_snr"), (burst_of({"BPSK": 5}, snr_db=3.0), "BPSK", "accepted"),
    (burst_of({"noise": 5}), "noise", "low_snr"), (burst_of({"carrier": 5}), "carrier", "accepted")])
def test_verdicts(classifier, burst, label, verdict):
    decision = classifier.decide([burst])[0]
    assert (decision.label, decision.verdict) == (label, verdict)


def test_a_weak_burst_is_accepted_where_the_model_is_sure_enough_for_that(tmp_path):
    classifier = BurstClassifier(write_pointing_model(tmp_path / "bursts.onnx", LENGTH, LABELS, HEAD | {"weak_threshold": 0.9}))
    bursts = burst_of({"BPSK": 5}, snr_db=2.9), burst_of({"BPSK": 3}, snr_db=2.9), burst_of({"BPSK": 3}, snr_db=3.0), burst_of({"noise": 5}, snr_db=2.9)
    assert [one.verdict for one in classifier.decide(bursts)] == ["accepted", "low_snr", "accepted", "low_snr"]


def test_a_card_without_thresholds_accepts_all_but_noise(tmp_path):
    classifier = BurstClassifier(write_pointing_model(tmp_path / "bursts.onnx", LENGTH, LABELS))
    weak, noise = burst_of({"BPSK": 0.1}, snr_db=-20), burst_of({"noise": 0.1})
    assert [one.verdict for one in classifier.decide([weak, noise])] == ["accepted", "low_snr"]


def test_windows_decide_together(classifier):
    windows = {"BPSK": 2}, {"BPSK": 2}, {"FM": 5}
    label, confidence, _ = classifier.decide([burst_of(*windows)])[0]
    scores = np.exp([4 / 3, 5 / 3, 0, 0])
    assert label == "FM" and confidence == pytest.approx(scores[1] / scores.sum(), abs=1e-6)


@pytest.mark.parametrize("speech, quiet, others, label", [
    ({"FM": 4}, {"carrier": 5}, 3, "FM"), ({"FM": 4}, {"noise": 5}, 5, "FM"), ({"FM": 4}, {"carrier": 5}, 10, "carrier"),
    ({"FM": 1}, {"carrier": 5}, 3, "carrier"), ({"BPSK": 4}, {"carrier": 5}, 3, "BPSK"), ({"FM": 4}, {"BPSK": 5}, 3, "BPSK")])
def test_pauses_do_not_count(classifier, speech, quiet, others, label):
    """From a tenth of windows that are sure on, one of eleven not; neither unsure ones, nor beside anything but a pause."""
    assert classifier.decide([burst_of(speech, *[quiet] * others)])[0].label == label


def test_a_pause_leaves_the_confidence_of_the_rest(classifier):
    assert classifier.decide([burst_of({"FM": 4}, {"noise": 5})])[0] == classifier.decide([burst_of({"FM": 4})])[0]


@pytest.mark.parametrize("value", [np.nan, np.inf, -1j * np.inf])
def test_samples_that_are_not_finite_are_skipped(classifier, value):
    bad, good = burst_of({"BPSK": 5}, {"BPSK": 5}), burst_of({"BPSK": 5})
    bad.samples[70] = value
    assert classifier.decide([bad, good]) == [(None, None, "skipped"), classifier.decide([good])[0]]


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 3 * LENGTH), st.integers(0, 9)), max_size=6))
def test_no_burst_touches_another(classifier, sizes):
    bursts = [Burst(0, n, 1e6, 0.0, 1e5, 9.0, None, np.random.default_rng(seed).normal(size=(n, 2)).astype(np.float32)
                    .view(np.complex64)[:, 0], 2e5) for n, seed in sizes]
    assert classifier.decide(bursts) == [classifier.decide([burst])[0] for burst in bursts]


def test_as_many_windows_as_asked_for(tmp_path, classifier):
    windows = [{"BPSK": 3}] * 64 + [{"FM": 3}] * 66 + [{"BPSK": 3}]
    two = BurstClassifier(write_pointing_model(tmp_path / "bursts.onnx", LENGTH, LABELS, HEAD), most=2)
    all_of_them = BurstClassifier(tmp_path / "bursts.onnx", most=200)
    assert [one.decide([burst_of(*windows)])[0].label for one in (two, all_of_them)] == ["BPSK", "FM"]


@pytest.mark.parametrize("make, rule", [
    (lambda path: write_small_model(path, LENGTH), "takes windows as they come, not bursts: .*'input.conditioned_bandwidth'"),
    (lambda path: write_pointing_model(path, LENGTH, LABELS, conditioned_bandwidth=0.25), "occupy 0.25 .* brought to 0.5")])
def test_a_model_of_other_windows_is_refused(tmp_path, make, rule):
    with pytest.raises(ModelError, match=rule) as error:
        BurstClassifier(make(tmp_path / "model.onnx"))
    assert "\n" not in str(error.value)


def test_bad_parameters_are_refused(tmp_path):
    with pytest.raises(ParameterError, match="'most' windows of a burst to look at must be at least 1. Got 0"):
        BurstClassifier(write_pointing_model(tmp_path / "bursts.onnx", LENGTH, LABELS), most=0)
    with pytest.raises(ModelError, match="nowhere: neither a model file nor one of the shipped models"):
        BurstClassifier("nowhere")


def test_a_model_that_fails_is_told_of(tmp_path):
    path = write_failing_model(tmp_path / "model.onnx", LENGTH, conditioned_bandwidth=0.5)
    with pytest.raises(ModelError, match="the model failed on windows"):
        BurstClassifier(path).decide([burst_of({"BPSK": 5})])
