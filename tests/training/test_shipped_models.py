# SPDX-License-Identifier: GPL-3.0-or-later
"""The shipped models do what their cards say, on data of seeds that no training saw."""

import numpy as np
import pytest

from gnuradio.rfsec.datasets.rml2016a import LABELS, generate
from gnuradio.rfsec.datasets.scene import make_scene
from gnuradio.rfsec.inference.catalog import find_model, list_models
from gnuradio.rfsec.inference.representations import represent
from gnuradio.rfsec.inference.session import ModelSession

SNRS_DB = tuple(range(0, 20, 2))


def labels_of(session, windows):
    """The label index of each complex window."""
    (probabilities,) = session.run(represent(session.card.input.representation, windows))
    return probabilities.argmax(axis=1)


def test_both_models_are_shipped():
    assert {"conv-bigru", "lstm-amp-phase"} <= set(list_models())


@pytest.mark.parametrize("name", ["conv-bigru", "lstm-amp-phase"])
def test_accuracy_is_the_cards(name):
    session = ModelSession(find_model(name))
    card = session.card
    test = generate(card.training.data.split()[1], SNRS_DB, 20, seed=4242)
    accuracy = np.mean(labels_of(session, test.x) == test.label)
    # 2,200 windows: three standard errors are 0.02 at 90% and 0.03 at 70%.
    assert accuracy == pytest.approx(card.metrics.accuracy_0_to_18_db, abs=0.03)
    assert tuple(card.heads[0].labels) == LABELS
    assert set(card.metrics.accuracy_by_snr) == {str(snr) for snr in range(-20, 20, 2)}


def test_default_reaches_what_was_asked_for():
    session = ModelSession(find_model("default"))
    test = generate("compat", SNRS_DB, 20, seed=777)
    assert session.card.parameters <= 300_000
    assert np.mean(labels_of(session, test.x) == test.label) >= 0.88 - 0.02
    assert session.card.metrics.accuracy_0_to_18_db >= 0.88


def test_paper_model_has_the_papers_size():
    assert ModelSession(find_model("lstm-amp-phase")).card.parameters == 201_099


@pytest.mark.parametrize("seed", [0, 11])
def test_default_labels_every_burst_of_a_scene(seed):
    scene, session = make_scene(seed), ModelSession(find_model("default"))
    for burst in scene.bursts:
        samples = scene.samples[burst.start : burst.start + burst.count]
        windows = samples[: len(samples) // 128 * 128].reshape(-1, 128)
        counts = np.bincount(labels_of(session, windows), minlength=len(LABELS))
        assert LABELS[counts.argmax()] == burst.label, (burst, dict(zip(LABELS, counts)))
