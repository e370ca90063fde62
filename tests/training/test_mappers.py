# SPDX-License-Identifier: GPL-3.0-or-later
"""Training mappers of channels: the paper's sizes and data, a kill survived to the same weights, a user's own pairs."""

import os
import subprocess
import sys
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from command_line import rfsec, the_error
from typer.testing import CliRunner

torch = pytest.importorskip("torch")

from gnuradio.rfsec.cli import app  # noqa: E402
from gnuradio.rfsec.datasets import room  # noqa: E402
from gnuradio.rfsec.datasets.channel_pairs import load_pairs  # noqa: E402
from gnuradio.rfsec.datasets.room import RoomChannels, trace  # noqa: E402
from gnuradio.rfsec.datasets.room_scene import grid  # noqa: E402
from gnuradio.rfsec.errors import DatasetError, ParameterError  # noqa: E402
from gnuradio.rfsec.inference.mapper_session import MapperSession  # noqa: E402
from gnuradio.rfsec.keygen.features import features  # noqa: E402
from gnuradio.rfsec.reproduction.keygen_complexity import flops  # noqa: E402
from gnuradio.rfsec.training.mapper_corpus import MapperCorpus  # noqa: E402
from gnuradio.rfsec.training.mapper_loop import train_mapper  # noqa: E402
from gnuradio.rfsec.training.mapper_produce import produce_mapper  # noqa: E402
from gnuradio.rfsec.training.mapper_recipes import MAPPERS, find_mapper_recipe, for_pairs  # noqa: E402
from gnuradio.rfsec.training.networks.mappers import ResidualMapper  # noqa: E402

CPU = torch.device("cpu")
KILLED = """
import os, signal, sys
from pathlib import Path
import torch
sys.path.insert(0, sys.argv[2])
from test_mappers import corpus
from gnuradio.rfsec.training import mapper_loop
mapper_loop.LONGEST_UNSAVED_S = -1.0

def report(progress):
    if progress.epochs_done >= 2:
        os.kill(os.getpid(), signal.SIGKILL)

mapper_loop.train_mapper(corpus(sys.argv[3]), 4, Path(sys.argv[1]), torch.device("cpu"), 1, report)
"""


def corpus(name: str, seed: int = 3, **changes) -> MapperCorpus:
    positions = grid()[::60]
    recipe = find_mapper_recipe(name)
    if recipe.muon_rate:  # Muon counts in bfloat16, which most CPUs do slowly
        recipe = replace(recipe, network=partial(ResidualMapper, width=64, inside=96))
    recipe = replace(recipe, **changes)
    return MapperCorpus(recipe, RoomChannels(positions, *trace(recipe.scenario, positions)), seed)


@pytest.mark.parametrize("name, parameters", [("kgnet", 2_231_424), ("fnn", 1_181_824), ("advanced-fnn", 1_181_824), ("cnn1d", 1_362_120)])
def test_networks_have_the_parameters_of_table_4(name, parameters):
    network = find_mapper_recipe(name).network(128)
    assert sum(one.numel() for one in network.parameters()) == parameters
    biases = [one for one in network.parameters() if one.ndim == 1]
    assert biases and all((one == 0).all() for one in biases)
    mapped = network(torch.randn(64, 128)).detach()
    low = -1 if name == "fnn" else 0
    assert mapped.shape == (64, 128) and low <= mapped.min() < (low + 1) / 2 < mapped.max() <= 1


@pytest.mark.parametrize("name", [name for name in MAPPERS if name.startswith("mapper-")])
def test_ours_has_at_most_a_quarter_of_kgnets_where_bands_overlap(name):
    share = 1 / 4 if find_mapper_recipe(name).scenario == "paper" else 4 / 5
    assert sum(one.numel() for one in find_mapper_recipe(name).network(128).parameters()) <= 2_231_424 * share


@pytest.mark.parametrize("cross, share", [(1, 1.0), (2, 0.75), (3, 0.5), (4, 0.25), (5, 0.0)])
def test_a_cross_dataset_has_its_share_of_noisy_rows(cross, share):
    one = corpus("kgnet", cross=cross)
    inputs, labels, weights = one.epoch(0)
    assert (weights == 1).all() and inputs.min() == labels.min() == 0 and inputs.max() == pytest.approx(1) == labels.max()
    for rows, by, band, noisy in ((inputs, one.normalisations[0], one.channels.band1, share), (labels, one.normalisations[1], one.channels.band2, 0)):
        clean = features(band[one.train])
        found = (rows * np.float32(by.scale) + np.float32(by.offset)).astype(np.float32)
        nearest = np.array([np.abs(clean - row).max(axis=1).min() for row in found[:300]])
        assert np.mean(nearest > 1e-3 * np.abs(clean).max()) == pytest.approx(noisy, abs=0.1)
    again, _, _ = one.epoch(1)
    assert not np.array_equal(inputs, again) and np.array_equal(np.sort(inputs, axis=0), np.sort(again, axis=0)), "the same rows"


def test_ours_has_noise_anew_and_labels_without():
    one = corpus("mapper-paper")
    inputs, labels, _ = one.epoch(0)
    again, labels_again, _ = one.epoch(1)
    assert not np.isin(inputs[:, 0], again[:, 0]).any()
    assert np.array_equal(np.sort(labels, axis=0), np.sort(labels_again, axis=0))
    assert np.abs(labels.mean(axis=0)).max() < 1e-3 and labels.std(axis=0) == pytest.approx(1, abs=1e-3)


def test_no_position_is_trained_and_tested_on():
    for name in ("kgnet", "kgnet-held-out"):
        one = corpus(name)
        assert not np.intersect1d(one.train, one.test).size and len(one.test) == pytest.approx(0.2 * len(one.channels.positions), rel=0.1)
    few = corpus("kgnet", positions=100)
    assert len(few.train) == 100 and np.array_equal(few.test, corpus("kgnet").test)


@pytest.mark.parametrize("name", ["mapper-paper-free", "mapper-disjoint-100-free"])
def test_a_killed_run_goes_on_to_the_same_weights(tmp_path, monkeypatch, name):
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join((os.environ.get("PYTHONPATH", ""), os.path.dirname(__file__),
                                                      os.path.dirname(os.path.dirname(__file__)))))
    (tmp_path / "killed.py").write_text(KILLED)
    killed = subprocess.run([sys.executable, tmp_path / "killed.py", tmp_path / "killed", os.path.dirname(__file__), name], check=False)
    assert killed.returncode == -9
    seen = []
    resumed = train_mapper(corpus(name), 4, tmp_path / "killed", CPU, 1, lambda one: seen.append(one.epochs_done))
    whole = train_mapper(corpus(name), 4, tmp_path / "whole", CPU)
    assert seen == [3, 4]
    assert all(torch.equal(one, other) for one, other in zip(resumed.network.parameters(), whole.network.parameters()))
    with pytest.raises(DatasetError, match="'seed' is 3, not 4"):
        train_mapper(corpus(name, 4), 4, tmp_path / "whole", CPU)
    with pytest.raises(ParameterError, match="'epochs' to train with must be at least 1. Got 0"):
        train_mapper(corpus(name), 0, tmp_path / "none", CPU)


def test_a_parents_weights_are_gone_on_with_and_counted(tmp_path):
    one, parent, losses = corpus("mapper-disjoint-100-free"), tmp_path / "parent", []
    train_mapper(one, 6, parent, CPU, 1, lambda now: losses.append(now.loss))

    def report(now):
        losses.append(now.loss)
        parent.unlink(missing_ok=True)  # it is read before, and not again

    card = produce_mapper(one, "room disjoint-100", "rfsec train", 2, tmp_path / "one.onnx", tmp_path / "child", CPU, 1, report, parent)
    assert losses[6] < losses[3] and card.training.windows_seen == 8 * len(one.train)
    assert f"Started from a parent that had seen {6 * len(one.train)} rows." in card.training.note
    with pytest.raises(DatasetError, match="its 'parent' is '[0-9a-f]{64}', not None"):
        train_mapper(one, 2, tmp_path / "child", CPU)
    with pytest.raises(DatasetError, match="is not the network that kgnet starts from"):
        train_mapper(corpus("kgnet"), 2, tmp_path / "other", CPU, parent=tmp_path / "child")


def test_what_is_written_is_a_mapper_that_learned_with_its_card(tmp_path):
    one = corpus("mapper-paper")
    card = produce_mapper(one, "room paper", "rfsec train mapper-paper", 60, tmp_path / "one.onnx", tmp_path / "checkpoint", CPU, 1)
    session = MapperSession(tmp_path / "one.onnx")
    assert session.card == card and card.split == "random" and list(card.metrics.by_snr) == [str(snr) for snr in range(0, 41, 5)]
    best, worst = card.metrics.by_snr["40"], card.metrics.by_snr["0"]
    assert best.key_error_rate < 0.05 < worst.key_error_rate and best.nmse_h < 0.2 and "60 epochs of 200" in card.training.note
    trained = train_mapper(one, 60, tmp_path / "checkpoint", CPU).network
    band1 = one.channels.band1[one.test]
    rows = features(band1 / np.sqrt(np.mean(np.abs(band1) ** 2, axis=1))[:, None])
    by = card.input.normalisation
    expected = trained(torch.from_numpy((rows - np.float32(by.offset)) / np.float32(by.scale))).detach().numpy()
    np.testing.assert_allclose(session.alice(band1), expected, atol=1e-3)


def test_the_papers_networks_are_stored_in_half_and_give_what_their_weights_give(tmp_path):
    one = corpus("kgnet", 3)
    card = produce_mapper(one, "room paper", "rfsec train kgnet", 1, tmp_path / "one.onnx", tmp_path / "checkpoint", CPU, 1)
    assert (tmp_path / "one.onnx").stat().st_size < 2.1 * card.parameters and "rounded to float16" in card.training.note
    trained = train_mapper(one, 1, tmp_path / "checkpoint", CPU).network
    by, band1 = card.input.normalisation, one.channels.band1[one.test]
    rows = torch.from_numpy((features(band1) - np.float32(by.offset)) / np.float32(by.scale))
    mapped = MapperSession(tmp_path / "one.onnx").alice(band1)
    assert np.abs(mapped - trained.half().float()(rows).detach().numpy()).max() < 1e-5
    assert flops(tmp_path / "one.onnx") == 4_453_248


def test_a_users_own_pairs_are_trained_on_in_their_order(tmp_path):
    rng = np.random.default_rng(2)
    band1 = rng.normal(size=(400, 104)).astype(np.float32).view(np.complex64)
    np.savez(tmp_path / "pairs.npz", band1=band1, band2=1j * band1[:, ::-1])
    done = rfsec("train", "mapper-paper", "--data", tmp_path / "pairs.npz", "--epochs", "150", "--out", tmp_path / "own.onnx",
                 "--checkpoint", tmp_path / "checkpoint")
    assert done.returncode == 0, done.stderr
    card = MapperSession(tmp_path / "own.onnx").card
    assert (card.input.carriers, card.channels, card.split, card.radio) == (52, "pairs pairs.npz", "in-order", "ideal")
    assert card.training.command == "rfsec train mapper-paper --data pairs.npz --seed 1 --epochs 150"
    assert "320 positions; noise of 0 to 40 dB anew each epoch on the inputs that were measured, labels as they were measured." in card.training.note
    assert "80 positions" in card.metrics.test_data and card.metrics.by_snr["40"].key_error_rate < 0.2


@pytest.mark.parametrize("arrays, message", [
    ({"band1": np.ones((200, 8), complex)}, "has no array 'band2'"),
    ({"band1": np.ones((200, 8), complex), "band2": np.ones((200, 9), complex)}, r"of one shape \[n, L\]"),
    ({"band1": np.ones((200, 8)), "band2": np.ones((200, 8))}, "must be complex"),
    ({"band1": np.ones((99, 8), complex), "band2": np.ones((99, 8), complex)}, "n at least 100"),
    ({"band1": np.ones((100, 4097), complex), "band2": np.ones((100, 4097), complex)}, "L 2 to 4096"),
    ({"band1": np.full((200, 8), np.nan + 0j), "band2": np.ones((200, 8), complex)}, "must be finite"),
    ({"band1": np.ones((200, 8), complex), "band2": np.eye(200, 8, dtype=complex)}, "row of band2 .* of 1e-12 to 1e\\+12. Row 8 has 0: leave such"),
    ({"band1": np.full((200, 8), 1e25 + 0j), "band2": np.ones((200, 8), complex)}, r"row of band1 .* Row 0 has 1e\+25"),
    ({"band1": np.full((200, 8), 1e200 + 0j), "band2": np.ones((200, 8), complex)}, "row of band1 .* Row 0 has inf"),
    ({"band1": np.ones((200, 8), np.complex64), "band2": np.full((200, 8), 1e-30, np.complex64)}, "row of band2 .* Row 0 has"),
])
def test_pairs_that_are_none_are_refused(tmp_path, arrays, message):
    np.savez(tmp_path / "pairs.npz", **arrays)
    with pytest.raises(DatasetError, match=message):
        load_pairs(tmp_path / "pairs.npz")


@pytest.mark.parametrize("name", ["kgnet", "mapper-paper", "mapper-paper-free"])
@pytest.mark.parametrize("band", ["band1", "band2"])
def test_pairs_that_are_all_alike_are_refused_before_training(tmp_path, name, band):
    rng = np.random.default_rng(2)
    bands = {one: rng.normal(size=(100, 104)).astype(np.float32).view(np.complex64) for one in ("band1", "band2")}
    bands[band][:80] = bands[band][0]  # what is trained on
    if name != "kgnet":
        bands[band] *= rng.uniform(0.5, 2, (100, 1)).astype(np.float32)  # without a gain they are still alike
    np.savez(tmp_path / "pairs.npz", **bands)
    own = MapperCorpus(for_pairs(find_mapper_recipe(name)), load_pairs(tmp_path / "pairs.npz"), 1)
    with pytest.raises(DatasetError, match=f"channels of band {band[-1]} to train {name} on must differ from row to row") as error:
        train_mapper(own, 1, tmp_path / "checkpoint", CPU)
    assert "\n" not in str(error.value) and not (tmp_path / "checkpoint").exists()


def test_the_papers_networks_take_pairs_as_they_were_measured(tmp_path):
    simulated = corpus("kgnet")
    own = replace(simulated, recipe=for_pairs(simulated.recipe))
    inputs, labels, _ = own.epoch(0)
    for rows, by, band in ((inputs, own.normalisations[0], own.channels.band1), (labels, own.normalisations[1], own.channels.band2)):
        expected = (features(band[own.train]) - np.float32(by.offset)) / np.float32(by.scale)
        assert np.array_equal(np.sort(rows, axis=0), np.sort(expected, axis=0))
    card = produce_mapper(own, "pairs own.npz", "rfsec train kgnet", 1, tmp_path / "own.onnx", tmp_path / "own", CPU, 1)
    assert "positions; inputs and labels as they were measured. Adam" in card.training.note
    card = produce_mapper(simulated, "room paper", "rfsec train kgnet", 1, tmp_path / "room.onnx", tmp_path / "room", CPU, 1)
    assert "positions; the paper's cross dataset 4, labels without noise. Adam" in card.training.note


def test_options_and_names_that_are_none_are_refused(tmp_path):
    for words, message in ((("kgnet", "--batch", "3"), "takes no --batch"), (("kgnet", "--data", __file__), "cannot be read: it is no .npz file")):
        done = rfsec("train", *words, "--out", tmp_path / "one.onnx")
        assert done.returncode == 1 and message in the_error(done) and not (tmp_path / "one.onnx").exists()
    with pytest.raises(ParameterError, match="one of kgnet, .*Got 'vgg' instead"):
        find_mapper_recipe("vgg")


@pytest.mark.parametrize("option, value, message", [("--seed", "-1", "'seed' of a training must be 0 to"), ("--threads", "0", "'threads' to train with must be 1 to"),
                                                    ("--epochs", "0", "'epochs' to train with must be at least 1. Got 0")])
def test_wrong_options_are_refused_before_the_room_is_traced(tmp_path, monkeypatch, option, value, message):
    monkeypatch.setattr(room, "load_room", lambda *asked: pytest.fail("traced"))
    done = CliRunner().invoke(app, ["train", "kgnet", option, value, "--out", str(tmp_path / "one.onnx"), "--checkpoint", str(tmp_path / "c")])
    assert isinstance(done.exception, ParameterError) and message in str(done.exception)
