# SPDX-License-Identifier: GPL-3.0-or-later
"""Accuracies and temperature on logits whose truth is known."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from gnuradio.rfsec.datasets.labelled_windows import LabelledWindows  # noqa: E402
from gnuradio.rfsec.datasets.rml2016a import LABELS  # noqa: E402
from gnuradio.rfsec.training.evaluation import fit_temperature, measure  # noqa: E402


def labelled(label, snr_db):
    label = np.asarray(label, np.int16)
    return LabelledWindows(np.zeros((len(label), 128), np.complex64), label, np.asarray(snr_db, np.int16))


def test_accuracies_by_snr_and_label():
    data = labelled(np.tile(np.arange(11), 3), np.repeat([-10, 0, 18], 11))
    logits = torch.eye(11).repeat(3, 1)
    logits[:11] = torch.eye(11)[(np.arange(11) + 1) % 11]  # all wrong at -10 dB
    logits[22] = torch.eye(11)[3]  # 8PSK wrong at 18 dB
    metrics = measure(logits, data)
    assert metrics.accuracy_by_snr == {"-10": 0.0, "0": 1.0, "18": pytest.approx(10 / 11, abs=1e-4)}
    assert metrics.accuracy == pytest.approx(21 / 33, abs=1e-4)
    assert metrics.accuracy_0_to_18_db == pytest.approx(21 / 22, abs=1e-4)
    assert metrics.accuracy_by_label_18_db == {name: float(name != "8PSK") for name in LABELS}


def test_temperature_undoes_overconfidence():
    rng = np.random.default_rng(1)
    logits = torch.from_numpy(rng.standard_normal((20_000, 11)).astype(np.float32))
    label = torch.distributions.Categorical(logits=logits).sample().numpy()
    assert fit_temperature(logits * 3.0, labelled(label, np.zeros(20_000))) == pytest.approx(3.0, rel=0.1)
