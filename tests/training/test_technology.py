# SPDX-License-Identifier: GPL-3.0-or-later
"""Training classifiers of technologies: the paper's sizes, a kill survived to the same weights, cards that tell the truth."""

import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from command_line import rfsec, the_error
from typer.testing import CliRunner

torch = pytest.importorskip("torch")

from gnuradio.rfsec.cli import app  # noqa: E402
from gnuradio.rfsec.datasets.seeding import Purpose  # noqa: E402
from gnuradio.rfsec.datasets.technology_spectra import LABELS, technology_spectra  # noqa: E402
from gnuradio.rfsec.errors import DatasetError, ParameterError  # noqa: E402
from gnuradio.rfsec.inference.spectrum_windows import LENGTHS  # noqa: E402
from gnuradio.rfsec.inference.technology_scores import choose_threshold, score  # noqa: E402
from gnuradio.rfsec.inference.technology_session import TechnologySession  # noqa: E402
from gnuradio.rfsec.training import technology_produce  # noqa: E402
from gnuradio.rfsec.training.recipes_technology import TECHNOLOGY, find_technology_recipe  # noqa: E402
from gnuradio.rfsec.training.technology_loop import spectra_logits, train_technology  # noqa: E402

CPU = torch.device("cpu")
KILLED = """
import os, signal, sys
from pathlib import Path
import torch
sys.path[:0] = sys.argv[2:]
from test_technology import small
from gnuradio.rfsec.training.technology_loop import train_technology

def report(progress):
    if progress.windows_seen > 250:
        os.kill(os.getpid(), signal.SIGKILL)

train_technology(*small(), 3, 3, Path(sys.argv[1]), torch.device("cpu"), 1, report)
"""


def small(name="technology-conv"):
    """A recipe, and 105 windows to train and 28 to validate on."""
    recipe = find_technology_recipe(name)
    return recipe, technology_spectra(Purpose.TRAINING, 3, 105, recipe.labels), technology_spectra(Purpose.VALIDATION, 3, 28, recipe.labels)


def equal(one, other):
    return all(torch.equal(value, other.state_dict()[name]) for name, value in one.state_dict().items())


@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("cells", [16, 32, 64, 128])
def test_the_papers_lstms_have_its_layers_and_cells(layers, cells):
    recipe = find_technology_recipe(f"technology-lstm-{layers}x{cells}")
    network = recipe.network(6)
    assert (network.lstm.num_layers, network.lstm.hidden_size, network.lstm.input_size) == (layers, cells, 1)
    assert recipe.labels == ("WFM", "TETRA", "DVB-T", "radar", "LTE", "GSM") and recipe.windows == 3100


@pytest.mark.parametrize("name", ["technology-conv", "technology-lstm-2x16"])
def test_a_network_takes_any_width_and_no_window_depends_on_its_batch(name):
    network = find_technology_recipe(name).network(7).eval()
    for length in (LENGTHS[0], 100, LENGTHS[-1]):
        windows = torch.randn(3, 1, length, generator=torch.Generator().manual_seed(length))
        torch.testing.assert_close(network(windows)[1:2], network(windows[1:2]), rtol=1e-4, atol=1e-5)


def test_ours_knows_widths_and_combs():
    network = find_technology_recipe("technology-conv").network(7).eval()
    narrow, wide, comb = torch.zeros(3, 1, 1024)
    narrow[0, 300:700], wide[0, 300:710], comb[0, 300:700] = 1.0, 1.0, 1.0 + 0.5 * torch.cos(2 * torch.pi * torch.arange(400) / 4.5)
    logits = network(torch.stack((narrow, wide, comb)))
    assert (logits[0] - logits[1]).abs().max() > 1e-3 and (logits[0] - logits[2]).abs().max() > 1e-3


def test_a_killed_run_goes_on_to_the_same_weights(tmp_path):
    done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path / "run.checkpoint"), os.path.dirname(__file__), *sys.path], capture_output=True, text=True)
    assert done.returncode == -9, done.stderr
    assert (tmp_path / "run.checkpoint").exists()
    resumed_seen, whole_seen = [], []
    resumed = train_technology(*small(), 3, 3, tmp_path / "run.checkpoint", CPU, 1, lambda one: resumed_seen.append(one.windows_seen))
    whole = train_technology(*small(), 3, 3, tmp_path / "whole.checkpoint", CPU, 1, lambda one: whole_seen.append(one.windows_seen))
    assert resumed_seen == [seen for seen in whole_seen if seen > 2 * 105] and len(resumed_seen) < len(whole_seen)
    assert equal(resumed, whole)


@pytest.mark.parametrize("name", ["technology-conv", "technology-lstm-1x16"])
def test_a_window_that_is_alone_in_its_length_is_seen_too(tmp_path, name):
    recipe, training, validation = small(name)
    first, *others = training
    training = (first[np.arange(len(first)) < 1], *others)
    seen = []
    network = train_technology(recipe, training, validation, 3, 1, tmp_path / "run.checkpoint", CPU, 1, seen.append)
    assert seen[-1].windows_seen == seen[-1].windows_total == sum(map(len, training))
    assert all(torch.isfinite(value).all() for value in network.state_dict().values())


def test_another_runs_checkpoint_is_refused(tmp_path):
    train_technology(*small(), 3, 1, tmp_path / "one.checkpoint", CPU)
    with pytest.raises(DatasetError, match="'seed' is 3, not 4"):
        train_technology(*small(), 4, 1, tmp_path / "one.checkpoint", CPU)
    recipe, training, validation = small()
    with pytest.raises(DatasetError, match="its 'data' is"):
        train_technology(recipe, validation, training, 3, 1, tmp_path / "one.checkpoint", CPU)
    with pytest.raises(ParameterError, match="epochs"):
        train_technology(*small(), 3, 0, tmp_path / "none.checkpoint", CPU)


def test_scores_count_what_they_say():
    labels, truth = (*LABELS[:-1], "other"), np.array([0, 1, 2, 3, 4, 4, 6, 6])
    probabilities = np.full((8, 7), 0.02)
    for row, (label, sure) in enumerate([(0, 0.9), (1, 0.5), (3, 0.95), (3, 0.9), (4, 0.9), (6, 0.9), (6, 0.99), (0, 0.8)]):
        probabilities[row, label] = sure
    found = score(probabilities, truth, np.array([0, 0, 20, 20, 20, 20, 0, 0]), labels, 0.7)
    assert found.accuracy == pytest.approx(4 / 6) and found.accuracy_by_snr == {"0": 1.0, "20": 0.5}
    assert found.accuracy_by_label == {"WFM": 1.0, "TETRA": 1.0, "DVB-T": 0.0, "radar": 1.0, "LTE": 0.5}
    assert (found.accepted_share, found.accepted_error_rate, found.other_accepted_share) == (pytest.approx(4 / 6), 0.25, 0.5)
    assert found.confusion[2, 3] == 1 and found.confusion[4, 6] == 1 and found.confusion.sum() == 6
    assert found.accepted[6].tolist() == [1, 0, 0, 0, 0, 0, 1] and found.accepted[1, 6] == 1
    assert choose_threshold(probabilities, truth) == pytest.approx(0.8, abs=0.03)


@pytest.mark.parametrize("name", ["technology-conv", "technology-lstm-1x16"])
def test_the_command_writes_a_model_whose_graph_is_its_network(name, tmp_path, monkeypatch):
    monkeypatch.setattr(technology_produce, "_VALIDATION", 70)  # of data to choose and to measure by, as much as a test can wait for
    monkeypatch.setattr(technology_produce, "_TEST", 70)
    done = CliRunner().invoke(app, ["train", name, "--windows", "84", "--epochs", "2", "--seed", "5", "--out", str(tmp_path / "m.onnx"),
                                    "--checkpoint", str(tmp_path / "c")])
    assert done.exit_code == 0, done.exception
    assert "Right:" in done.output and "Written:" in done.output
    session = TechnologySession(tmp_path / "m.onnx")
    card = session.card
    assert card.training.command == f"rfsec train {name} --seed 5 --epochs 2 --windows 84" and card.training.windows_seen == 168
    assert " of 84 windows" in card.training.note and set(card.metrics.accuracy_by_label) == set(LABELS[:-1])
    recipe = TECHNOLOGY[name]
    known = technology_spectra(Purpose.VALIDATION, 5, 7)
    network = recipe.network(len(recipe.labels))
    state = torch.load(tmp_path / "c", weights_only=True)["state"]
    network.load_state_dict(state["best_weights"])
    for part, logits in zip(known, spectra_logits(network.eval(), known, CPU), strict=True):
        wanted = torch.softmax(logits / card.heads[0].temperature, 1).numpy()
        np.testing.assert_allclose(session.probabilities(part.x), wanted, atol=1e-4)


def test_a_row_sees_as_many_windows_as_the_table_is_told(tmp_path, monkeypatch):
    """Whole epochs of the recipe's set, not a smaller set."""
    monkeypatch.setitem(TECHNOLOGY, "technology-lstm-1x16", replace(TECHNOLOGY["technology-lstm-1x16"], windows=84))
    monkeypatch.setattr(technology_produce, "_VALIDATION", 70)
    monkeypatch.setattr(technology_produce, "_TEST", 70)
    done = CliRunner().invoke(app, ["reproduce", "lstm-table4", "--only", "technology-lstm-1x16", "--seeds", "2", "--train", "--windows", "100",
                                    "--out", str(tmp_path), "--test-windows-per-cell", "2"])
    assert done.exit_code == 0, done.exception
    card = TechnologySession(tmp_path / "models" / "technology-lstm-1x16-seed2.onnx").card
    assert card.training.windows_seen == 168 and "2 epochs of 14 that the recipe asks for of 84 windows" in card.training.note


@pytest.mark.parametrize("options, words", [(("--windows", "3"), "at least 14"), (("--data", "field"), "takes no --data"), (("--epochs", "0"), "epochs")])
def test_wrong_options_are_refused(options, words, tmp_path):
    assert words in the_error(rfsec("train", "technology-conv", "--out", tmp_path / "m.onnx", "--checkpoint", tmp_path / "c", *(("--windows", "14") if options[0] != "--windows" else ()), *options))


@pytest.mark.parametrize("options, words", [({"seed": -1}, "'seed' of a training must be 0 to"), ({"threads": 0}, "'threads' to train with must be 1 to"),
                                            ({"epochs": 0}, "'epochs' to train with must be at least 1")])
def test_wrong_options_are_refused_before_data_are_made(options, words, tmp_path):
    made = []
    asked = {"seed": 1, "windows": 200, "epochs": 1, "threads": 1} | options
    with pytest.raises(ParameterError, match=words):
        technology_produce.produce_technology(TECHNOLOGY["technology-conv"], out=tmp_path / "m.onnx", checkpoint=tmp_path / "c", device=CPU,
                                              made=lambda *done: made.append(done), **asked)
    assert not made
