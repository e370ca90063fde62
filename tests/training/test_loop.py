# SPDX-License-Identifier: GPL-3.0-or-later
"""The training loop: it learns, it survives a kill to the same weights, it refuses what is not its own."""

import os
import subprocess
import sys
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from typer.testing import CliRunner

torch = pytest.importorskip("torch")

from gnuradio.rfsec.cli import app  # noqa: E402
from gnuradio.rfsec.errors import DatasetError, OutputError, ParameterError  # noqa: E402
from gnuradio.rfsec.training.checkpoint import load_checkpoint, load_parent, save_checkpoint  # noqa: E402
from gnuradio.rfsec.training import corpus_fixed, loop  # noqa: E402
from gnuradio.rfsec.training.corpus import make_corpus  # noqa: E402
from gnuradio.rfsec.training.loop import choose_device, learning_rate_scale, train_network  # noqa: E402
from gnuradio.rfsec.training.produce import note_of  # noqa: E402
from gnuradio.rfsec.training.networks.conv_bigru import ConvBiGru  # noqa: E402
from gnuradio.rfsec.training.optimisers import RATE_FACTORS  # noqa: E402
from gnuradio.rfsec.training.recipes import find_recipe  # noqa: E402

CPU = torch.device("cpu")
CHUNK = 11 * 25  # windows, where only 18 dB is trained on
KILLED = """
import os, signal, sys
from dataclasses import replace
from pathlib import Path
import torch
from gnuradio.rfsec.training.corpus import make_corpus
from gnuradio.rfsec.training.loop import train_network
from gnuradio.rfsec.training.recipes import find_recipe

def report(progress):
    if progress.windows_seen >= 11 * 275:
        os.kill(os.getpid(), signal.SIGKILL)

recipe = replace(find_recipe("conv-bigru"), lowest_snr_db=18)
train_network(recipe, make_corpus(recipe, 3), 3, 12 * 275, Path(sys.argv[1]), torch.device("cpu"), 1, report)
"""


def tiny(name="conv-bigru", **changes):
    return replace(find_recipe(name), lowest_snr_db=18, **changes)


def run(path, recipe=None, windows=CHUNK, seed=3, threads=1, report=lambda progress: None, **data):
    """Train a tiny run; `data` goes to `make_corpus`."""
    recipe = recipe or tiny()
    return train_network(recipe, make_corpus(recipe, seed, **data), seed, windows, path, CPU, threads, report)


def same_weights(one, other):
    theirs = other.network.state_dict()
    return all(torch.equal(value, theirs[name]) for name, value in one.network.state_dict().items())


def test_killed_run_goes_on_to_the_same_weights(tmp_path):
    reports = []
    whole = run(tmp_path / "whole", windows=12 * CHUNK, report=reports.append)
    killed = subprocess.run([sys.executable, "-c", KILLED, tmp_path / "killed"], env=os.environ, check=False)
    assert killed.returncode == -9 and (tmp_path / "killed").exists()
    resumed_reports = []
    resumed = run(tmp_path / "killed", windows=12 * CHUNK, report=resumed_reports.append)
    assert [one.windows_seen for one in resumed_reports] == [number * CHUNK for number in range(11, 13)]
    assert same_weights(whole, resumed) and whole.validation_accuracy == resumed.validation_accuracy
    assert reports[-1].loss < reports[0].loss - 0.3 and whole.validation_accuracy > 0.2, "it learns"
    # A finished run is not trained again.
    assert same_weights(run(tmp_path / "whole", windows=12 * CHUNK), whole)


def test_a_fixed_set_stopped_within_an_epoch_goes_on_to_the_same_weights(tmp_path, monkeypatch):
    class Stopped(Exception):
        pass

    def stop(progress):
        if progress.windows_seen == CHUNK + 200:
            raise Stopped

    monkeypatch.setattr(loop, "LONGEST_UNSAVED_S", -1.0)  # a checkpoint after every chunk
    monkeypatch.setattr(corpus_fixed, "_CHUNK_WINDOWS", 100)
    fixed = {"windows": 3 * CHUNK, "windows_per_cell": 25, "recipe": tiny("resnet1d")}
    whole = run(tmp_path / "whole", **fixed)
    with pytest.raises(Stopped):
        run(tmp_path / "stopped", report=stop, **fixed)
    resumed = []
    assert same_weights(run(tmp_path / "stopped", report=resumed.append, **fixed), whole)
    assert [one.windows_seen for one in resumed] == [2 * CHUNK, 2 * CHUNK + 100, 2 * CHUNK + 200, 3 * CHUNK]
    assert not same_weights(run(tmp_path / "other", seed=4, **fixed), whole), "the seed decides"


def test_a_run_starts_from_the_weights_of_another_and_counts_what_they_saw(tmp_path):
    recipe = tiny("resnet1d", peak_learning_rate=0.0, windows_per_cell=None, epochs=None, default_windows=CHUNK)

    def child(name, parent):
        return train_network(recipe, make_corpus(recipe, 4), 4, CHUNK, tmp_path / name, CPU, parent=tmp_path / parent)

    first = run(tmp_path / "first", replace(recipe, peak_learning_rate=1e-3), windows=2 * CHUNK)
    second, third = child("second", "first"), child("third", "second")
    assert [run.parent_windows_seen for run in (first, second, third)] == [0, 2 * CHUNK, 3 * CHUNK]
    inherited = dict(first.network.named_parameters())
    assert all(torch.equal(value, inherited[name]) for name, value in third.network.named_parameters())
    note = note_of(recipe, make_corpus(recipe, 4), CHUNK, third.parent_windows_seen)
    assert f"Started from a parent that had seen {3 * CHUNK} windows." in note


@pytest.mark.parametrize("optimiser", RATE_FACTORS)
def test_every_optimiser_learns(tmp_path, optimiser):
    losses = []
    recipe = tiny("resnet1d", optimiser=optimiser, windows_per_cell=None)
    run(tmp_path / "run", recipe, 16 * CHUNK, report=lambda progress: losses.append(progress.loss))
    assert np.mean(losses[-4:]) < 0.95 * np.mean(losses[:4])  # a single batch's loss goes up and down


def test_checkpoint_of_another_run_is_refused(tmp_path):
    run(tmp_path / "run")
    for arguments, key in [
        ({"recipe": tiny("lstm-amp-phase")}, "model"),
        ({"mode": "corrected"}, "mode"),
        ({"seed": 4}, "seed"),
        ({"windows": 5 * CHUNK}, "windows"),
        ({"recipe": tiny(batch=64)}, "batch"),
        ({"recipe": tiny(optimiser="sgd")}, "optimiser"),
        ({"windows_per_cell": 25}, "windows_per_cell"),
        ({"data": "rml2016a-varied"}, "dataset"),
    ]:
        with pytest.raises(DatasetError, match=f"is of another run: its '{key}' is") as error:
            run(tmp_path / "run", **arguments)
        assert "\n" not in str(error.value)


def test_checkpoint_of_another_network_of_that_name_is_refused(tmp_path):
    run(tmp_path / "run")
    with pytest.raises(DatasetError, match="is of another network of that name. Delete it") as error:
        run(tmp_path / "run", tiny(network=partial(ConvBiGru, width=8)))
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("content", [b"", b"not a checkpoint", b"PK\x03\x04" + bytes(100)])
def test_damaged_checkpoint_is_refused(tmp_path, content):
    (tmp_path / "run").write_bytes(content)
    with pytest.raises(DatasetError, match="is not a readable checkpoint. Delete it") as error:
        run(tmp_path / "run")
    assert "\n" not in str(error.value)


def test_a_checkpoint_that_cannot_be_read_at_all_is_not_to_be_deleted(tmp_path):
    with pytest.raises(DatasetError, match="cannot be read: Is a directory. Name another with --checkpoint.$"):
        run(tmp_path)
    with pytest.raises(DatasetError, match="The parent '.*' cannot be read: Is a directory."):
        load_parent(tmp_path)
    with pytest.raises(DatasetError, match="The parent '.*' cannot be read: No such file or directory."):
        load_parent(tmp_path / "nowhere")


def test_a_checkpoint_without_a_run_is_refused(tmp_path):
    torch.save({"identity": ["model"], "state": {}}, tmp_path / "run")
    with pytest.raises(DatasetError, match="is not a readable checkpoint"):
        run(tmp_path / "run")


def test_truncated_checkpoint_is_refused(tmp_path):
    save_checkpoint(tmp_path / "run", {"model": "x"}, {"weights": torch.zeros(1000)})
    content = (tmp_path / "run").read_bytes()
    (tmp_path / "run").write_bytes(content[: len(content) // 2])
    with pytest.raises(DatasetError, match="is not a readable checkpoint"):
        run(tmp_path / "run")


def test_a_full_disk_leaves_the_checkpoint_before(tmp_path):
    path, small = tmp_path / "run", {"weights": torch.zeros(10)}
    save_checkpoint(path, {"model": "x"}, small)
    # The disk is full: a file may have no more than 4 kB in a process that tries to write 4 MB.
    code = "import resource, sys, torch; from pathlib import Path\n" \
        "from gnuradio.rfsec.training.checkpoint import save_checkpoint\n" \
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))\n" \
        "save_checkpoint(Path(sys.argv[1]), {'model': 'x'}, {'weights': torch.zeros(1_000_000)})"
    done = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "OutputError: The checkpoint" in done.stderr.splitlines()[-1], done.stderr
    assert "cannot be written: File too large" in done.stderr
    assert torch.equal(load_checkpoint(path, {"model": "x"})["weights"], small["weights"])
    assert [entry.name for entry in tmp_path.iterdir()] == ["run"]


def test_a_checkpoint_leaves_what_another_process_writes_beside_it(tmp_path):
    (tmp_path / "run.part").write_text("another's")
    save_checkpoint(tmp_path / "run", {"model": "x"}, {"weights": torch.zeros(10)})
    assert (tmp_path / "run.part").read_text() == "another's" and (tmp_path / "run").stat().st_mode == (tmp_path / "run.part").stat().st_mode


def test_unwritable_checkpoint(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be written"):
        save_checkpoint(tmp_path / "file" / "run", {}, {})


def test_learning_rate_warms_up_and_falls():
    assert learning_rate_scale(0.0) == 0.0
    assert learning_rate_scale(0.03) == pytest.approx(1.0)
    assert learning_rate_scale(1.0) == pytest.approx(0.01)


@pytest.mark.parametrize("arguments, rule", [((0, 1), "'windows' to train with must be at least 1"), ((CHUNK, 0), "'threads' to train with must be 1 to 1024")])
def test_bad_counts(tmp_path, arguments, rule):
    with pytest.raises(ParameterError, match=rule):
        run(tmp_path / "run", windows=arguments[0], threads=arguments[1])


def test_a_seed_that_no_generator_takes():
    for model in ("lstm-1x16", "random-forest", "joint-conv"):
        done = CliRunner().invoke(app, ["train", model, "--seed", "9" * 20])
        assert str(done.exception) == f"The 'seed' of a training must be 0 to 2147483647. Got {'9' * 20} instead."


def test_what_does_not_go_together(tmp_path):
    for arguments, message in [
        ({"recipe": tiny(batch=1)}, "'batch' to train with must be at least 2 windows. Got 1"),
        ({"recipe": tiny(optimiser="lion")}, "'optimiser' to train with must be one of adam, sgd"),
        ({"recipe": tiny("cnn2d"), "data": "sig2019-12"}, "train cnn2d with must have 128 samples. sig2019-12 has 512"),
    ]:
        with pytest.raises(ParameterError, match=message):
            run(tmp_path / "run", **arguments)
    with pytest.raises(ParameterError, match="'seed' of a run must be that of its data, 3"):
        train_network(tiny(), make_corpus(tiny(), 3), 4, CHUNK, tmp_path / "run", CPU)


def test_bad_device():
    with pytest.raises(ParameterError, match="'device' to train on must be auto, cpu or cuda"):
        choose_device("tpu")
