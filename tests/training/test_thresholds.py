# SPDX-License-Identifier: GPL-3.0-or-later
"""The thresholds of a model of bursts keep their rule, on logits whose truth is known."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from gnuradio.rfsec.datasets.labelled_windows import LabelledWindows  # noqa: E402
from gnuradio.rfsec.training.judge import judge  # noqa: E402
from gnuradio.rfsec.training.thresholds import choose_thresholds, measure_acceptance  # noqa: E402

LABELS = ("BPSK", "FM", "noise")


def said(rows):
    """Logits and windows of rows (number, true label, said label, confidence, snr_db); the rest of the confidence is shared."""
    logits, label, snr_db = [], [], []
    for number, true, other, confidence, snr in rows:
        row = np.full(3, np.log((1 - confidence) / 2))
        row[LABELS.index(other)] = np.log(confidence)
        logits += [row] * number
        label += [LABELS.index(true)] * number
        snr_db += [snr] * number
    windows = LabelledWindows(np.zeros((len(label), 1), np.complex64), np.array(label, np.int16), np.array(snr_db, np.int16))
    return torch.from_numpy(np.array(logits, np.float32)), (windows,)


def chosen(*rows):
    return choose_thresholds(*said(rows), LABELS, 1.0)


def test_the_lowest_confidence_at_which_few_are_wrong():
    sure = (95, "BPSK", "BPSK", 0.9, 0), (4, "FM", "BPSK", 0.8, 0)
    unsure = (2, "FM", "BPSK", 0.7, 0), (50, "BPSK", "BPSK", 0.6, 0), (9, "FM", "BPSK", 0.5, 0)
    found = chosen(*sure, *unsure)
    assert found.reject_threshold == pytest.approx(0.5, abs=1e-3), "6 of 151 are fewer than 5%, although 6 of 101 are more"
    assert chosen(*sure[:1], (6, "FM", "BPSK", 0.8, 0)).reject_threshold == pytest.approx(0.8, abs=1e-3)
    assert chosen(*sure).reject_threshold == 0.0, "where nothing need be rejected"
    assert chosen((5, "BPSK", "BPSK", 0.6, 0), (9, "FM", "BPSK", 0.9, 0)).reject_threshold == 1.0, "where nothing is good enough"


@pytest.mark.parametrize("wrong, threshold", [(50, 0.0), (51, 0.8)])
def test_at_most_one_in_twenty_of_noise(wrong, threshold):
    """Noise that is called something else counts at any SNR; noise that is called noise is never accepted."""
    rows = (2000, "BPSK", "BPSK", 0.9, 8), (1000 - wrong, "noise", "noise", 0.99, -4), (wrong, "noise", "FM", 0.8, -4)
    found = chosen(*rows, (10, "BPSK", "FM", 0.4, -4))
    assert found.min_snr_db == 8
    assert found.reject_threshold == pytest.approx(threshold, abs=2e-4)


def test_the_lowest_snr_from_which_on_few_of_the_accepted_are_wrong():
    def at(snr, right, wrong):
        return (right, "FM", "FM", 0.9, snr), (wrong, "FM", "BPSK", 0.9, snr), (100 - right - wrong, "FM", "BPSK", 0.5, snr)

    good = *at(8, 95, 1), *at(12, 94, 1)
    assert chosen(*at(-8, 10, 3), *at(-4, 90, 2), *at(0, 70, 10), *at(4, 86, 5), *good).min_snr_db == 4
    assert chosen(*at(4, 86, 5), *good).min_snr_db == 4
    assert chosen(*at(4, 19, 0), *good).min_snr_db == 8, "too few are accepted at 4 dB to tell"
    assert chosen(*at(4, 90, 0), *at(8, 10, 3)).min_snr_db == 8, "the highest, where none is good"


def test_the_weak_are_believed_where_the_model_is_sure():
    good = (950, "FM", "FM", 0.95, 8), (950, "FM", "FM", 0.95, 12)
    weak = (70, "FM", "FM", 0.99, 4), (3, "FM", "BPSK", 0.99, 4), (60, "FM", "BPSK", 0.9, 4), (500, "noise", "noise", 0.9, 4)
    found = chosen(*weak, *good)
    assert found.min_snr_db == 8 and found.weak_threshold == pytest.approx(0.9, abs=2e-3), "3 of 73 are fewer than 5%"
    assert chosen(*weak, (1, "noise", "BPSK", 0.96, 0), *good).weak_threshold == pytest.approx(0.96, abs=2e-3), "no noise"
    assert chosen(*weak, (1, "noise", "BPSK", 0.999, 0), *good).weak_threshold is None
    assert chosen(*weak, (2, "FM", "BPSK", 0.99, 4), *good).weak_threshold is None, "5 of 75 are more than 5%"
    assert chosen(*good).weak_threshold is None, "nothing is weak"
    assert found.reject_threshold == 0
    measured = measure_acceptance(*said([*weak, *good]), LABELS, 1.0, found)
    assert (measured.weak_accepted_share, measured.weak_accepted_error_rate) == (pytest.approx(73 / 133, abs=1e-4), pytest.approx(3 / 73, abs=1e-4))
    assert measured.accepted_share == 1


def test_what_thresholds_give_is_measured_on_other_windows():
    calibration = said([(970, "BPSK", "BPSK", 0.9, 8), (30, "FM", "FM", 0.9, 8), (60, "FM", "BPSK", 0.5, 8), (9, "FM", "BPSK", 0.5, 0),
                        (1000, "noise", "noise", 0.9, 0)])
    thresholds = choose_thresholds(*calibration, LABELS, 1.0)
    assert thresholds.min_snr_db == 8 and 0.5 <= thresholds.reject_threshold <= 0.501
    test = said([(60, "BPSK", "BPSK", 0.95, 8), (20, "BPSK", "BPSK", 0.4, 8), (15, "FM", "BPSK", 0.95, 8), (5, "FM", "noise", 0.95, 8),
                 (70, "FM", "BPSK", 0.99, 0), (90, "noise", "noise", 0.95, 0), (10, "noise", "FM", 0.95, 0)])
    found = measure_acceptance(*test, LABELS, 1.0, thresholds)
    assert found.accepted_share == pytest.approx(75 / 100)
    assert found.accepted_error_rate == pytest.approx(25 / 85, abs=1e-4)
    assert found.noise_accepted_share == pytest.approx(10 / 100)
    assert found.accuracy_by_label == {"BPSK": 1.0, "FM": 0.0, "noise": 0.9}


def test_only_a_model_of_bursts_gets_thresholds():
    both = said([(97, "BPSK", "BPSK", 0.9, 0), (10, "FM", "BPSK", 0.8, 0)])
    head, metrics = judge(both, both, LABELS, bursts=False)
    assert head.keys() == {"temperature", "reject_threshold"} and head["reject_threshold"] == 0 and "accepted_share" not in metrics
    head, metrics = judge(both, both, LABELS, bursts=True)
    assert head["reject_threshold"] > 0 and "at most 5%" in head["threshold_rule"] and metrics["noise_accepted_share"] is None
    assert metrics["accepted_error_rate"] == 0 and metrics["expected_calibration_error"] >= 0
