# SPDX-License-Identifier: GPL-3.0-or-later
"""What ``evaluate`` counts is what a model says of each window, beside its truth."""

import numpy as np
import pytest
from gnuradio.rfsec.datasets.labelled_windows import LabelledWindows
from gnuradio.rfsec.errors import DatasetError, ModelError
from gnuradio.rfsec.inference.evaluation import Evaluation, evaluate, match_labels
from gnuradio.rfsec.inference.representations import represent
from gnuradio.rfsec.inference.session import ModelSession
from odd_models import write_range_model
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score, recall_score
from small_model import LABELS, write_small_model

LENGTH = 32


@pytest.fixture(scope="module", params=["iq", "amp_phase", "iq_min_max"])
def session(request, tmp_path_factory):
    return ModelSession(write_small_model(tmp_path_factory.mktemp("model") / "small.onnx", LENGTH, request.param))


def random_windows(count, length=LENGTH, labels=3, snrs=(-20, -2, 18)):
    rng = np.random.default_rng(7)
    x = rng.normal(size=(count, 2 * length)).astype(np.float32).view(np.complex64)
    return LabelledWindows(x, rng.integers(0, labels, count).astype(np.int16), rng.choice(snrs, count).astype(np.int16))


def test_counts_are_those_of_another_implementation(session):
    """More windows than a batch, the data's labels in another order and case: scikit-learn counts the same."""
    data, theirs = random_windows(2500), ("FALLING", "quiet", "Rising")
    done = []
    found = evaluate(session, data, theirs, done.append)
    assert done == [1024, 2048, 2500]
    (expected,) = session.run(represent(session.card.input.representation, data.x))
    np.testing.assert_allclose(found.probabilities, expected, atol=1e-6)
    truth = [theirs[label].lower() for label in data.label]
    called = [LABELS[best] for best in expected.argmax(axis=1)]
    assert found.labels == tuple(LABELS) and [LABELS[index] for index in found.truth] == truth
    np.testing.assert_array_equal(found.confusion, confusion_matrix(truth, called, labels=LABELS))
    assert found.accuracy == pytest.approx(accuracy_score(truth, called))
    assert found.macro_f1 == pytest.approx(f1_score(truth, called, average="macro"))
    assert found.macro_recall == pytest.approx(recall_score(truth, called, average="macro"))
    assert list(found.accuracy_by_snr) == list(found.confusion_by_snr) == ["-20", "-2", "18"]
    for snr in (-20, -2, 18):
        at = data.snr_db == snr
        right = np.array(truth)[at] == np.array(called)[at]
        assert found.accuracy_by_snr[str(snr)] == pytest.approx(right.mean())
        assert found.confusion_by_snr[str(snr)].sum() == at.sum()


def test_figures_by_hand():
    """Labels that the data lack are called sometimes, but have no recall and no F1 of their own."""
    counts = np.array([[3, 1, 0], [1, 2, 1], [0, 0, 0]])
    found = Evaluation("modulation", ("a", "b", "c"), np.repeat([0, 1], 4), np.zeros((8, 3), np.float32), counts, {"0": counts})
    assert found.accuracy == found.accuracy_by_snr["0"] == 5 / 8
    assert found.macro_recall == pytest.approx((3 / 4 + 2 / 4) / 2)
    assert found.macro_f1 == pytest.approx((6 / 8 + 4 / 7) / 2)


def test_an_snr_need_not_be_whole(session):
    data = random_windows(20)
    half = LabelledWindows(data.x, data.label, np.where(data.snr_db > 0, 2.5, -4.0))
    assert list(evaluate(session, half, tuple(LABELS)).accuracy_by_snr) == ["-4", "2.5"]


@pytest.mark.parametrize("length", [LENGTH, 45, 96])
def test_every_length_of_a_range_is_evaluated(tmp_path, length):
    session = ModelSession(write_range_model(tmp_path / "range.onnx", LENGTH, 96))
    assert evaluate(session, random_windows(10, length), tuple(LABELS)).confusion.sum() == 10


@pytest.mark.parametrize("theirs, found", [
    (["QAM16", "8PSK"], [1, 0]), (["qam-16", "8 psk", "am_dsb"], [1, 0, 2]), (["AM-DSB"], [2]), (["AMDSB", "amdsb"], [2, 2])])
def test_labels_match_but_for_case_and_separators(theirs, found):
    assert match_labels(theirs, ["8PSK", "QAM16", "AM-DSB"], "some") == found


def test_the_very_name_comes_before_a_similar_one():
    assert match_labels(["am-dsb", "AM-DSB", "AMDSB"], ["AM-DSB", "am-dsb"], "some") == [1, 0, 1]


def refused(session, data, labels=tuple(LABELS)) -> str:
    with pytest.raises((DatasetError, ModelError)) as caught:
        evaluate(session, data, labels)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_what_cannot_be_evaluated_is_refused(session):
    data = random_windows(1100)
    assert "'16QAM' of the data is none that the model 'small' knows: quiet, rising, falling" in refused(session, data, ("quiet", "16QAM", "falling"))
    assert "takes windows of exactly 32 samples. Got 31" in refused(session, random_windows(5, 31))
    assert "no window" in refused(session, data[:0])
    data.x[1050, 3] = np.nan
    assert "The window 1050 of the data (from 0) has samples that are not finite" in refused(session, data)


def test_a_name_that_no_window_has_is_let_be(session):
    data = random_windows(50)
    assert evaluate(session, data, (*LABELS, "of another world")).confusion.sum() == 50
