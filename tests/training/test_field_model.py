# SPDX-License-Identifier: GPL-3.0-or-later
"""A run of the recipe "field", very small, from its data to a model that decides about bursts."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from gnuradio.rfsec.datasets.families import find_family  # noqa: E402
from gnuradio.rfsec.datasets.seeding import Purpose  # noqa: E402
from gnuradio.rfsec.detection.burst import Burst  # noqa: E402
from gnuradio.rfsec.detection.condition import SHARE  # noqa: E402
from gnuradio.rfsec.inference.burst_classifier import BurstClassifier  # noqa: E402
from gnuradio.rfsec.inference.representations import represent  # noqa: E402
from gnuradio.rfsec.inference.session import ModelSession  # noqa: E402
from gnuradio.rfsec.training.checkpoint import load_parent  # noqa: E402
from gnuradio.rfsec.training.corpus import make_corpus  # noqa: E402
from gnuradio.rfsec.training.produce import produce_model  # noqa: E402
from gnuradio.rfsec.training.recipes import find_recipe  # noqa: E402

FIELD = find_family("field")


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    recipe = find_recipe("field")
    few = partial(FIELD.generate, FIELD.shapes[0], (20, 40), 2, 1)
    held_out = few(Purpose.VALIDATION)
    sets = {name: partial(tuple, (held_out,)) for name in ("validation", "calibration", "test")}
    corpus = replace(make_corpus(recipe), chunk_windows=60, generate=partial(few, Purpose.TRAINING), **sets)
    path = tmp_path_factory.mktemp("field") / "field.onnx"
    produce_model(recipe, corpus, 1, 120, path, path.with_suffix(".checkpoint"), torch.device("cpu"), 1)
    return path, held_out


def test_the_card_says_what_bursts_it_takes(model):
    card = ModelSession(model[0]).card
    assert card.input.conditioned_bandwidth == SHARE and card.input.samples_per_symbol is None
    assert (card.input.window_min, card.input.window_max) == (1024, 1024)
    assert tuple(card.heads[0].labels) == FIELD.labels and card.heads[0].min_snr_db in (20, 40)
    assert "at most 5% of the accepted windows are wrong" in card.heads[0].threshold_rule
    assert card.metrics.expected_calibration_error is not None and card.metrics.accepted_share is not None
    assert set(card.metrics.accuracy_by_label) == set(FIELD.labels)
    assert any("moved to 0 Hz" in line for line in card.limits) and not any("per symbol" in line for line in card.limits)


def test_the_graph_gives_what_the_network_gave(model):
    path, windows = model
    network = find_recipe("field").network(len(FIELD.labels))
    network.load_state_dict(load_parent(path.with_suffix(".checkpoint")).weights)
    values = represent("iq", windows.x[:7])
    with torch.no_grad():
        expected = network.eval()(torch.from_numpy(values)).numpy()
    np.testing.assert_allclose(ModelSession(path).logits(values)[0], expected, atol=2e-4)


def test_the_model_decides_about_bursts(model):
    path, windows = model
    bursts = [Burst(0, 1024, 1e6, 0.0, 1e5, 30.0, None, one, 2e5) for one in windows.x[::10]]
    decided = BurstClassifier(path).decide(bursts)
    assert {one.label for one in decided} <= set(FIELD.labels) and all(0 < one.confidence <= 1 for one in decided)


def test_calibration_is_on_enough_noise_to_tell_one_in_a_thousand():
    assert find_recipe("field").calibration_windows_per_cell * len(FIELD.snrs_db) >= 1000
