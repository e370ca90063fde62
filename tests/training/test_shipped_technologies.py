# SPDX-License-Identifier: GPL-3.0-or-later
"""The shipped classifiers of technologies: what their cards promise holds on spectra of another seed, and of sensors never heard."""

import numpy as np
import pytest
from command_line import rfsec
from gnuradio.rfsec.datasets.seeding import Purpose
from gnuradio.rfsec.datasets.technology_scene import make_scene
from gnuradio.rfsec.datasets.technology_spectra import LABELS, SENSORS, labels_of, snrs_of, technology_spectra
from gnuradio.rfsec.inference.catalog import list_technologies
from gnuradio.rfsec.inference.technology_classifier import TechnologyClassifier
from gnuradio.rfsec.inference.technology_scores import score
from gnuradio.rfsec.inference.technology_session import TechnologySession

SHIPPED = list_technologies()
OURS = "technology-conv"
LTE, DVBT = LABELS.index("LTE"), LABELS.index("DVB-T")


@pytest.fixture(scope="module")
def spectra():
    return technology_spectra(Purpose.EVALUATION, 77, 350)


@pytest.fixture(scope="module")
def scores(spectra):
    found = {}
    for name, path in SHIPPED.items():
        session = TechnologySession(path)
        head = session.card.heads[0]
        rows = np.concatenate([session.probabilities(part.x) for part in spectra])
        found[name] = score(rows, labels_of(spectra), snrs_of(spectra), head.labels, head.reject_threshold)
    return found


def test_the_papers_sizes_and_ours_are_shipped():
    assert set(SHIPPED) == {OURS, *(f"technology-lstm-{layers}x{cells}" for layers in (1, 2) for cells in (16, 32, 64, 128))}


@pytest.mark.parametrize("name", SHIPPED)
def test_a_card_tells_the_truth(name, scores):
    card = TechnologySession(SHIPPED[name]).card
    assert card.name == name and card.training.seed == 1 and len(card.limits) > 1
    assert scores[name].accuracy == pytest.approx(card.metrics.accuracy, abs=0.07)
    assert scores[name].other_accepted_share == pytest.approx(card.metrics.other_accepted_share, abs=0.08)


def test_ours_names_four_of_five_and_each_technology(scores):
    ours = scores[OURS]
    assert ours.accuracy >= 0.8 and min(ours.accuracy_by_label.values()) >= 0.6
    assert ours.accepted_error_rate <= 0.05 and ours.other_accepted_share <= 0.08
    assert ours.accuracy > max(one.accuracy for name, one in scores.items() if name != OURS)


def test_ours_tells_lte_and_dvbt_apart(scores):
    mixed = scores[OURS].confusion[[LTE, DVBT], [DVBT, LTE]].sum()
    assert mixed <= 0.05 * scores[OURS].confusion[[LTE, DVBT]].sum()


@pytest.mark.parametrize("label", LABELS[:-1])
def test_a_whole_sweep_is_decided(label):
    """From a sweep to a decision about the emission that is in it, as a flowgraph does."""
    classifier, right = TechnologyClassifier(), 0
    for number in range(12):
        scene = make_scene(label, SENSORS[Purpose.EVALUATION][number], np.random.default_rng((number, 5)))
        found = [one for one in classifier.decide(scene.spectrum) if (one.low_hz, one.high_hz) == (scene.emission.low_hz, scene.emission.high_hz)]
        assert len(found) == 1
        right += found[0].label == label
    assert right >= 7


def test_the_command_line_lists_shows_and_verifies_them():
    assert f"{OURS} *" in rfsec("models", "list").stdout
    assert '"spectrum_db"' in rfsec("models", "show", OURS).stdout
    assert "it runs" in rfsec("models", "verify", OURS, "technology-lstm-1x16").stdout
