# SPDX-License-Identifier: GPL-3.0-or-later
"""Training encoders of fingerprints: it learns, survives a kill to the same weights, and writes what the tool can load."""

import os
import subprocess
import sys
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from gnuradio.rfsec.datasets.emitter_conditions import CONDITIONS, STRANGERS  # noqa: E402
from gnuradio.rfsec.errors import DatasetError, ParameterError  # noqa: E402
from gnuradio.rfsec.fingerprint.distances import pairwise  # noqa: E402
from gnuradio.rfsec.inference.encoder_session import EncoderSession  # noqa: E402
from gnuradio.rfsec.training.encoder_corpus import ManyEmitters, FixedRecordings  # noqa: E402
from gnuradio.rfsec.training.encoder_loop import train_encoder  # noqa: E402
from gnuradio.rfsec.training.encoder_produce import produce_encoder  # noqa: E402
from gnuradio.rfsec.training.encoder_recipes import ENCODERS, find_encoder_recipe  # noqa: E402
from gnuradio.rfsec.training.networks.complex_siamese import ComplexConvolution  # noqa: E402
from gnuradio.rfsec.training.networks.siamese import SiameseNetwork  # noqa: E402
from gnuradio.rfsec.training.objectives import (  # noqa: E402
    ContrastiveLoss,
    FusedContrastiveLoss,
    LogisticLoss,
    SupervisedContrastiveLoss,
    TripletLoss,
    pairs_of,
)

CPU = torch.device("cpu")
TINY = partial(FixedRecordings, waveforms=("80211a",), representation="iq_aligned", of=4, windows=600)
KILLED = """
import os, signal, sys
from pathlib import Path
import torch
sys.path.insert(0, sys.argv[2])
from test_encoders import TINY, tiny
from gnuradio.rfsec.training.encoder_loop import train_encoder

def report(progress):
    if progress.windows_seen >= 2 * 2048:
        os.kill(os.getpid(), signal.SIGKILL)

if __name__ == "__main__":
    train_encoder(tiny("siamese-transfer"), TINY(3), 4 * 2048, Path(sys.argv[1]), torch.device("cpu"), 1, report)
"""


def tiny(name):
    return replace(find_encoder_recipe(name), corpus=TINY, batch=64)


class Uneven(FixedRecordings):
    """As where a fingerprint can't be made of every burst: a chunk may have fewer rows than the first."""

    def chunk(self, index):
        return tuple(part[: len(part) // (2 if index else 1)] for part in super().chunk(index))


def same_weights(one, other):
    theirs = other.network.state_dict()
    return all(torch.equal(value, theirs[name]) for name, value in one.network.state_dict().items())


def test_the_papers_network_has_as_many_parameters_as_facts_say():
    parts = (SiameseNetwork(), LogisticLoss(128, 16))
    assert sum(one.numel() for part in parts for one in part.parameters()) == 1_553_531


def test_a_complex_convolution_is_that_of_numpy():
    """The definition, sample by sample; a rotated window is the rotated output."""
    torch.manual_seed(5)
    layer = ComplexConvolution(1, 3, 7)
    x = torch.randn(20, dtype=torch.complex64)
    real, imag = layer(x.real[None, None], x.imag[None, None])
    weights = torch.complex(layer.real.weight, layer.imag.weight)[:, 0].detach().numpy()
    for filter_, out in zip(weights, torch.complex(real, imag)[0].detach().numpy()):
        np.testing.assert_allclose(out, np.convolve(x.numpy(), filter_[::-1], "valid"), atol=1e-5)


def test_a_killed_run_goes_on_to_the_same_weights(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join((os.environ.get("PYTHONPATH", ""), os.path.dirname(__file__))))
    script = tmp_path / "killed.py"
    script.write_text(KILLED.replace("def report", "from gnuradio.rfsec.training import encoder_loop\n"
                                     "encoder_loop.LONGEST_UNSAVED_S = -1.0\n\ndef report"))
    killed = subprocess.run([sys.executable, script, tmp_path / "killed", os.path.dirname(__file__)], check=False)
    assert killed.returncode == -9 and (tmp_path / "killed").exists()
    seen = []
    resumed = train_encoder(tiny("siamese-transfer"), TINY(3), 4 * 2048, tmp_path / "killed", CPU, 1,
                            lambda progress: seen.append(progress.windows_seen))
    assert seen == [3 * 2048, 4 * 2048]
    assert same_weights(resumed, train_encoder(tiny("siamese-transfer"), TINY(3), 4 * 2048, tmp_path / "whole", CPU))
    with pytest.raises(DatasetError, match="'seed' is 3, not 4"):
        train_encoder(tiny("siamese-transfer"), TINY(4), 4 * 2048, tmp_path / "whole", CPU)


def test_the_last_stage_of_a_transfer_moves_the_last_layer_alone(tmp_path):
    kept = []

    def report(progress):
        kept.append(progress)

    recipe = tiny("siamese-transfer")
    before = train_encoder(replace(recipe, stages=recipe.stages[:1]), TINY(3), 2048, tmp_path / "before", CPU, 1, report)
    after = train_encoder(replace(recipe, stages=(replace(recipe.stages[0], share=0.5), replace(recipe.stages[1], share=0.5))), TINY(3),
                          2 * 2048, tmp_path / "after", CPU, 1, report)
    body = [name for name, _ in before.network.named_parameters() if name.startswith("body")]
    weights = dict(after.network.named_parameters())
    assert body and all(torch.equal(value, weights[name]) for name, value in before.network.named_parameters() if name in body)
    assert not torch.equal(before.network.last.weight, after.network.last.weight)


def test_what_is_written_is_an_encoder_with_its_card(tmp_path):
    recipe, corpus = replace(tiny("siamese-logistic"), default_windows=2 * 2048), Uneven(1, **TINY.keywords)
    card = produce_encoder(recipe, corpus, 2 * 2048, tmp_path / "one.onnx", tmp_path / "checkpoint", CPU, 1)
    session = EncoderSession(tmp_path / "one.onnx")
    assert session.card == card and card.parameters == 1_553_531 and card.embedding.metric == "weighted_l1"
    assert list(card.metrics.conditions) == [one.name for one in CONDITIONS]
    assert [one.false_accepts for one in card.thresholds] == [0.001, 0.01, 0.05, 0.1]
    assert card.training.command == "rfsec train siamese-logistic --seed 1 --windows 4096", "which makes the same chunks again"
    assert card.training.note.startswith("Saw 3072 windows: "), "those chunks are all that the recipe asks for"
    trained = train_encoder(recipe, corpus, 2 * 2048, tmp_path / "checkpoint", CPU)
    rows, _ = corpus.chunk(0)
    expected = trained.network(torch.from_numpy(rows[:300])).detach().numpy()
    assert np.abs(session.embed(rows[:300]) - expected).max() < 1e-4


def test_equal_corpora_give_equal_chunks():
    one, other = (ManyEmitters(5, ("80211a",), "iq_aligned") for _ in range(2))
    rows, emitters = one.chunk(3)
    again, emitters_again = other.chunk(3)
    assert np.array_equal(rows, again) and np.array_equal(emitters, emitters_again) and rows.shape[1:] == (2, 128)
    turned, _ = one.chunk(3 + one.different)
    assert not np.array_equal(rows, turned) and np.array_equal(np.sort(rows, axis=0), np.sort(turned, axis=0)), "they come again"
    assert not np.array_equal(np.sort(rows, axis=0), np.sort(one.chunk(4)[0], axis=0)) and set(np.unique(emitters)) == set(range(one.emitters))


def test_recipes_are_trained_on_no_emitter_that_is_measured():
    for name, recipe in ENCODERS.items():
        corpus = recipe.corpus(1)
        if isinstance(corpus, FixedRecordings):
            assert corpus.emitters <= STRANGERS, name
        assert corpus.seed != 90_000, name


@pytest.mark.parametrize("seed", [90_000, 90_001])
def test_seeds_of_worlds_that_are_measured_in_are_refused(seed):
    for recipe in ENCODERS.values():
        if not isinstance(recipe.corpus(1), FixedRecordings):
            with pytest.raises(ParameterError, match=f"'seed' of a training .* Got {seed} instead"):
                recipe.corpus(seed)
    recipe = ENCODERS["siamese-logistic"]  # these few emitters are of that world, and measured as emitters that were trained on
    assert recipe.corpus(seed).seed == seed


def test_pairs_are_balanced_and_never_of_one_window():
    emitters = torch.tensor([0, 0, 0, 1, 1, 1, 2, 2, 2])
    one, other, same = pairs_of(emitters)
    assert len(one) == 9 * 2 * 2 and same.mean() == 0.5 and (one != other).all()
    assert torch.equal((emitters[one] == emitters[other]).float(), same)
    assert len(set(zip(one.tolist(), other.tolist()))) == len(one), "without replacement"


def test_fused_windows_are_means_of_half_of_an_emitters():
    """Of two windows each, the means are the windows; of four equal ones, too, and their number is halved."""
    torch.manual_seed(4)
    directions = torch.nn.functional.normalize(torch.randn(12, 8), dim=1)
    single, fused = SupervisedContrastiveLoss(8, 6), FusedContrastiveLoss(8, 6)
    of = torch.arange(6).repeat(2)
    assert fused(directions, of).item() == pytest.approx(1.5 * single(directions, of).item(), rel=1e-5)
    same = directions[:6].repeat(4, 1)
    expected = single(same[:12], of) + single(same, torch.arange(6).repeat(4)) / 2
    assert fused(same, torch.arange(6).repeat(4)).item() == pytest.approx(expected.item(), rel=1e-5)


@pytest.mark.parametrize("objective", [ContrastiveLoss, TripletLoss, SupervisedContrastiveLoss, FusedContrastiveLoss, LogisticLoss])
def test_an_objective_is_smallest_where_emitters_are_apart(objective):
    torch.manual_seed(1)
    emitters = torch.arange(4).repeat_interleave(4)
    apart = 8 * torch.eye(4)[emitters] if objective is LogisticLoss else torch.eye(4)[emitters]
    loss = objective(4, 4)
    mixed = apart[torch.arange(16) % 4 * 4]
    assert loss(apart, emitters) < loss(mixed, emitters) - 0.05


def test_the_contrastive_loss_is_equation_1():
    embeddings = torch.tensor([[0.0, 0.0], [0.0, 0.2], [0.6, 0.0]])
    # Windows 0 and 1 get each other and window 2, which has no other of its emitter and gets no pair.
    expected = (2 * 0.2**2 + (1 - 0.6) ** 2 + (1 - 0.4**0.5) ** 2) / 4
    assert ContrastiveLoss(2, 2)(embeddings, torch.tensor([0, 0, 1])).item() == pytest.approx(expected, abs=1e-5)


def test_a_weighted_distance_is_that_of_the_objective():
    one, other = np.random.default_rng(1).normal(size=(2, 6, 5)).astype(np.float32)
    weights = np.arange(5, dtype=np.float32)
    assert np.allclose(pairwise(one, other, weights), [[np.abs(a - b) @ weights for b in other] for a in one], atol=1e-5)
    assert np.allclose(pairwise(one, other), [[np.linalg.norm(a - b) for b in other] for a in one], atol=1e-3)


def test_an_unknown_encoder_is_refused_with_the_names():
    with pytest.raises(ParameterError, match="one of siamese-logistic, .*Got 'vgg' instead"):
        find_encoder_recipe("vgg")
