# SPDX-License-Identifier: GPL-3.0-or-later
"""The recipes: every row of the two papers by its name, and what those papers state of its training."""

import pytest

torch = pytest.importorskip("torch")

from gnuradio.rfsec.datasets.families import find_family  # noqa: E402
from gnuradio.rfsec.errors import ParameterError  # noqa: E402
from gnuradio.rfsec.inference.card import NORMALISATIONS  # noqa: E402
from gnuradio.rfsec.training.optimisers import RATE_FACTORS  # noqa: E402
from gnuradio.rfsec.training.recipes import RECIPES, find_recipe  # noqa: E402

SIGNET = ["cnn2d", "resnet1d", "mcldnn", "lstm-128-64", "signet2-r50", "signet-r50-k5", "signet-r50-k7", "signet-r50-k9",
          *(f"signet-r{depth}" for depth in (18, 34, 50, 101)),
          *(f"{method}-r50" for method in ("reshape", "gaf", "mtf", "constellation"))]
LSTM = ["lstm-amp-phase", *(f"lstm-{layers}x{cells}" for layers in (1, 2, 3) for cells in (16, 32, 64, 128, 256)),
        "lstm-varied", *(f"lstm-varied-not{length}" for length in (64, 128, 256, 512))]


def test_every_row_has_its_recipe():
    assert {*SIGNET, *(f"{name}-sig2019" for name in SIGNET), *LSTM, "conv-bigru"} <= set(RECIPES)


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_holds_together(name):
    recipe = find_recipe(name)
    family = find_family(recipe.dataset)
    assert recipe.name == name and recipe.normalisation == NORMALISATIONS[recipe.representation]
    assert recipe.optimiser in RATE_FACTORS and recipe.lowest_snr_db in family.snrs_db
    assert recipe.window is None or {shape.window for shape in family.shapes} == {recipe.window}


@pytest.mark.parametrize("name", SIGNET)
def test_signet_rows_train_as_the_paper_says(name):
    one, other = find_recipe(name), find_recipe(f"{name}-sig2019")
    assert (one.batch, one.windows_per_cell, one.epochs, one.peak_learning_rate, one.weight_decay) == (128, 600, 60, 1e-3, 0.0)
    assert (other.batch, other.windows_per_cell, other.epochs, other.dataset) == (32, 900, 30, "sig2019-12")
    assert any("the paper says 0.1" in line for line in other.limits)
    amplitude_phase = name == "lstm-128-64"
    assert (one.representation, other.representation) == (("amp_phase",) * 2 if amplitude_phase else ("iq", "iq_min_max"))


@pytest.mark.parametrize("name", ["cnn2d-sig2019", "resnet1d-sig2019"])
def test_networks_are_made_for_the_windows_of_their_data(name):
    assert find_recipe(name).network(12).eval()(torch.zeros(1, 2, 512)).shape == (1, 12)


def test_a_length_is_left_out():
    assert find_recipe("lstm-varied-not128").train_lengths == (64, 256, 512)
    assert find_recipe("lstm-varied").train_lengths == (128, 256, 512)


def test_unknown_model():
    with pytest.raises(ParameterError, match="'model' to train must be one of .*conv-bigru, .*lstm-amp-phase.* Got 'resnet'"):
        find_recipe("resnet")
