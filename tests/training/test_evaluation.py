# SPDX-License-Identifier: GPL-3.0-or-later
"""Accuracies and temperature on logits whose truth is known."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402

from gnuradio.rfsec.datasets.labelled_windows import LabelledWindows  # noqa: E402
from gnuradio.rfsec.datasets.rml2016a import LABELS  # noqa: E402
from gnuradio.rfsec.training.evaluation import accuracy_of, calibration_error, fit_temperature, logits_of, measure  # noqa: E402


def labelled(label, snr_db):
    label = np.asarray(label, np.int16)
    return LabelledWindows(np.zeros((len(label), 128), np.complex64), label, np.asarray(snr_db, np.int16))


def test_accuracies_by_snr_and_label():
    data = labelled(np.tile(np.arange(11), 3), np.repeat([-10, 0, 18], 11))
    logits = torch.eye(11).repeat(3, 1)
    logits[:11] = torch.eye(11)[(np.arange(11) + 1) % 11]  # all wrong at -10 dB
    logits[22] = torch.eye(11)[3]  # 8PSK wrong at 18 dB
    metrics = measure(logits, (data[:20], data[20:]), LABELS, 1.0)
    assert metrics.accuracy_by_snr == {"-10": 0.0, "0": 1.0, "18": pytest.approx(10 / 11, abs=1e-4)}
    assert metrics.accuracy == pytest.approx(21 / 33, abs=1e-4)
    assert metrics.accuracy_0_to_18_db == pytest.approx(21 / 22, abs=1e-4)
    assert metrics.accuracy_by_label_18_db == {name: float(name != "8PSK") for name in LABELS}


def test_snrs_beyond_the_cards_are_left_out_of_its_means():
    data = labelled(np.tile(np.arange(11), 2), np.repeat([18, 30], 11))
    logits = torch.eye(11).repeat(2, 1)
    logits[11:] = torch.eye(11)[(np.arange(11) + 1) % 11]  # all wrong at 30 dB
    metrics = measure(logits, (data,), LABELS, 1.0)
    assert metrics.accuracy == 0.5 and metrics.accuracy_0_to_18_db == 1.0
    only_high = measure(logits[11:], (data[11:],), LABELS, 1.0)
    assert only_high.accuracy_0_to_18_db is None and only_high.accuracy_by_label_18_db == {}


def test_windows_of_several_lengths_are_evaluated_in_order():
    network = nn.Sequential(nn.AdaptiveAvgPool1d(1), nn.Flatten(), nn.BatchNorm1d(2)).train()
    parts = tuple(
        LabelledWindows(np.full((1500, length), value, np.complex64), np.zeros(1500, np.int16), np.zeros(1500, np.int16))
        for length, value in ((128, 1 + 2j), (64, 2 + 1j))
    )
    logits = logits_of(network, "iq", parts, torch.device("cpu"))
    assert logits.shape == (3000, 2) and network.training
    assert (logits.argmax(1)[:1500] == 1).all() and (logits.argmax(1)[1500:] == 0).all()
    assert accuracy_of(logits, parts) == 0.5


def test_temperature_undoes_overconfidence():
    rng = np.random.default_rng(1)
    logits = torch.from_numpy(rng.standard_normal((20_000, 11)).astype(np.float32))
    label = torch.distributions.Categorical(logits=logits).sample().numpy()
    assert fit_temperature(logits * 3.0, (labelled(label, np.zeros(20_000)),)) == pytest.approx(3.0, rel=0.1)


def test_calibration_error_is_the_mean_distance_of_confidence_and_accuracy():
    """Two bins: 60 windows at a confidence of 0.9 of which half are right, 40 at 0.6 of which all are."""
    confidence = np.repeat([0.9, 0.6], [60, 40])
    logits = torch.from_numpy(np.log(np.stack((confidence, 1 - confidence), axis=1)).astype(np.float32))
    data = (labelled(np.repeat([0, 1, 0], [30, 30, 40]), np.zeros(100)),)
    assert calibration_error(logits, data, 1.0) == pytest.approx(0.6 * 0.4 + 0.4 * 0.4, abs=1e-4)
    assert calibration_error(logits * 2.5, data, 2.5) == calibration_error(logits, data, 1.0)
    assert measure(logits, data, ("one", "two"), 1.0).expected_calibration_error == pytest.approx(0.4, abs=1e-4)


def test_a_calibrated_model_has_no_calibration_error():
    logits = torch.from_numpy(np.random.default_rng(1).standard_normal((20_000, 5)).astype(np.float32))
    label = torch.distributions.Categorical(logits=logits).sample().numpy()
    data = (labelled(label, np.zeros(20_000)),)
    assert calibration_error(logits, data, 1.0) < 0.02 < 0.2 < calibration_error(logits * 3, data, 1.0)
