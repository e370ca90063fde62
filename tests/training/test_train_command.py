# SPDX-License-Identifier: GPL-3.0-or-later
"""``rfsec train`` from the front: it trains, exports, goes on, and refuses what cannot be."""

import os
import re
import resource
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from gnuradio.rfsec.cli.train import train  # noqa: E402
from gnuradio.rfsec.datasets.files import save_windows  # noqa: E402
from gnuradio.rfsec.datasets.labelled_windows import LabelledWindows  # noqa: E402
from gnuradio.rfsec.datasets.rml2016a import LABELS, generate  # noqa: E402
from gnuradio.rfsec.errors import DatasetError, OutputError, ParameterError  # noqa: E402
from gnuradio.rfsec.inference.any_session import open_session  # noqa: E402
from gnuradio.rfsec.inference.catalog import list_encoders, list_mappers, list_models, list_technologies  # noqa: E402
from gnuradio.rfsec.inference.session import ModelSession  # noqa: E402

from command_line import rfsec, the_error  # noqa: E402

CHECKPOINT = "lstm-1x16-seed2.checkpoint"


def weights(path):
    return torch.load(path, weights_only=True)["state"]["network"]


def test_train_on_endless_data_writes_a_model_that_can_be_loaded(tmp_path):
    narrow = {**os.environ, "COLUMNS": "20"}
    done = rfsec("train", "lstm-1x16", "--windows", 4000, "--seed", 2, "--device", "cpu", cwd=tmp_path, env=narrow)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert any(line.startswith("5,500 of 5,500 windows: loss ") and line.endswith(" windows/s") for line in lines), "a line is a line"
    assert any(line.startswith("Accuracy over 0 to 18 dB") and line.endswith("at each SNR)") for line in lines)
    assert "Written: runs/lstm-1x16-seed2.onnx" in lines
    card = ModelSession(tmp_path / "runs" / "lstm-1x16-seed2.onnx").card
    assert card.training.command == "rfsec train lstm-1x16 --mode compat --seed 2 --windows 5500"
    assert card.training.windows_seen == 5500 and "of 8000000" in card.training.note
    assert card.metrics.test_data == "rml2016a compat, seed 1002, 100 windows of each label at each SNR"
    with pytest.raises(DatasetError, match="is of another run: its 'windows' is 5500, not 11000"):
        train("lstm-1x16", seed=2, windows=9000, device="cpu", checkpoint=tmp_path / "runs" / CHECKPOINT)


def test_train_on_a_file_and_again_by_the_cards_command(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    save_windows(tmp_path / "mine.npz", generate("corrected", (0, 18, 30), 10, 1), LABELS, "test")
    chosen = {"data": "mine.npz", "windows_per_cell": 4, "batch": 32, "optimiser": "sgd", "device": "cpu"}
    train("resnet1d", epochs=4, **chosen)
    model, checkpoint = (tmp_path / "runs" / f"resnet1d-mine-4-per-cell-batch-32-sgd-seed1.{ending}" for ending in ("onnx", "checkpoint"))
    card = ModelSession(model).card
    assert card.training.command == (
        "rfsec train resnet1d --data mine.npz --windows-per-cell 4 --seed 1 --windows 528 --batch 32 --optimiser sgd"
    )
    assert card.training.data == "mine.npz" and "split 6:2:2" in card.training.note and "sgd" in card.training.note
    assert "Saw 528 windows of 7920 that the recipe asks for" in card.training.note, "60 epochs of 4 windows a cell"
    assert set(card.metrics.accuracy_by_snr) == {"0", "18", "30"} and len(card.metrics.accuracy_by_label_18_db) == 11
    command = card.training.command.split()[1:] + ["--device", "cpu"]
    again = rfsec(*command, "--checkpoint", "again", "--out", "a[g]ain.onnx")
    assert again.returncode == 0, again.stderr
    assert "Written: a[g]ain.onnx" in again.stdout
    first, second = weights(checkpoint), weights(tmp_path / "again")
    assert all(torch.equal(first[name], second[name]) for name in first)
    assert ModelSession(tmp_path / "a[g]ain.onnx").card == card

    # The run is over: the same command only exports again, here to a disk that is full after 50 kB.
    before = model.read_bytes()
    full = rfsec(*command, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000)))
    assert "sgd-seed1.onnx' cannot be written" in the_error(full)
    assert model.read_bytes() == before

    checkpoint.write_bytes(checkpoint.read_bytes()[:5000])
    with pytest.raises(DatasetError, match="is not a readable checkpoint"):
        train("resnet1d", epochs=4, **chosen)
    assert model.read_bytes() == before


def test_runs_that_differ_do_not_meet_in_one_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    save_windows(tmp_path / "mine.npz", generate("corrected", (0, 18), 10, 1), LABELS, "test")
    for chosen in ({"windows_per_cell": 2}, {"windows_per_cell": 4}, {"windows_per_cell": 2, "seed": 2}, {"windows_per_cell": 2, "batch": 32}):
        train("resnet1d", data="mine.npz", epochs=1, device="cpu", **chosen)
    runs = ("2-per-cell-seed1", "4-per-cell-seed1", "2-per-cell-seed2", "2-per-cell-batch-32-seed1")
    assert {path.name for path in Path("runs").iterdir()} == {f"resnet1d-mine-{run}.{ending}" for run in runs for ending in ("onnx", "checkpoint")}
    with pytest.raises(DatasetError, match="its 'windows' is 44, not 88"):
        train("resnet1d", data="mine.npz", epochs=2, windows_per_cell=2, device="cpu")


def test_a_large_network_is_stored_in_float16(tmp_path):
    save_windows(tmp_path / "mine.npz", generate("corrected", (0, 18), 10, 1), LABELS, "test")
    train("cnn2d", data=str(tmp_path / "mine.npz"), epochs=1, device="cpu", out=tmp_path / "a.onnx", checkpoint=tmp_path / "b")
    card = ModelSession(tmp_path / "a.onnx").card
    assert card.parameters == 2_707_547 and "rounded to float16" in card.training.note
    assert (tmp_path / "a.onnx").stat().st_size < 2.05 * card.parameters


def test_a_wrong_name_lists_whatever_a_shipped_model_was_trained_as():
    shipped = (*list_models().values(), *list_encoders().values(), *list_mappers().values(), *list_technologies().values())
    trained = {open_session(path).card.training.command.split()[2] for path in shipped}
    told = the_error(rfsec("train", "x"))
    names = re.search(r"must be one of (.*)\. Got 'x' instead\.", told)[1].split(", ")
    assert trained - set(names) == set() and len(names) == len(set(names))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"model": "resnet"}, "'model' to train must be one of"),
        ({"mode": "plain"}, "'mode' of rml2016a must be"),
        ({"windows": 0}, "'windows' to train with must be at least 1"),
        ({"threads": 0}, "'threads' to train with must be 1 to 1024. Got 0"),
        ({"threads": 10**11}, "'threads' to train with must be 1 to 1024"),
        ({"model": "svm", "threads": 0}, "'threads' to train with must be 1 to 1024. Got 0"),
        ({"model": "svm", "device": "gpu"}, "'device' to train on must be auto, cpu or cuda"),
        ({"seed": -1}, "'seed' of a training must be 0 to 2147483647"),
        ({"data": "nowhere.npz"}, "or a file of labelled windows. Got 'nowhere.npz' instead"),
        ({"windows": 5, "epochs": 1}, "as long as --windows or as --epochs says"),
        ({"epochs": 0}, "'epochs' to train with must be at least 1. Got 0"),
        ({"epochs": 1}, "Endless data have no epochs"),
        ({"windows_per_cell": 0}, "'windows_per_cell' to train on must be at least 1"),
        ({"windows_per_cell": 99_999_999}, "99999999 windows per cell of rml2016a compat do not fit into memory"),
        ({"windows_per_cell": 9_999_999}, "9999999 windows per cell of rml2016a compat do not fit into memory"),
        ({"optimiser": "lion"}, "'optimiser' to train with must be one of"),
        ({"model": "rffi-fsk", "mode": "plain"}, "takes no --mode"),
        ({"model": "kgnet", "mode": "plain"}, "takes no --mode"),
        ({"model": "joint-conv", "mode": "compat"}, "takes no --mode"),
        ({"model": "technology-conv", "mode": "plain"}, "takes no --mode"),
        ({"batch": 0}, "'batch' to train with must be at least 2"),
    ],
)
def test_bad_arguments(tmp_path, arguments, message):
    paths = {"out": tmp_path / "model.onnx", "checkpoint": tmp_path / "run"}
    with pytest.raises(ParameterError, match=message):
        train(**{"model": "conv-bigru", **paths, **arguments})
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("model", "length"), [("mcldnn", 4), ("signet-r18", 2), ("signet2-r50", 8)])
def test_windows_that_are_too_short_for_a_network_are_told(tmp_path, model, length):
    x = np.random.default_rng(1).normal(size=(40, 2 * length)).astype(np.float32).view(np.complex64)
    save_windows(tmp_path / "short.npz", LabelledWindows(x, np.arange(40, dtype=np.int16) % 2, np.zeros(40, np.int16)), ("BPSK", "QPSK"), "test")
    with pytest.raises(ParameterError, match=f"too short for its layers: short.npz has {length} samples"):
        train(model, data=str(tmp_path / "short.npz"), epochs=1, out=tmp_path / "a.onnx", checkpoint=tmp_path / "b")
    assert not (tmp_path / "a.onnx").exists()


def test_windows_whose_images_are_all_the_same_are_told(tmp_path):
    x = np.random.default_rng(1).normal(size=(40, 2 * 2)).astype(np.float32).view(np.complex64)
    save_windows(tmp_path / "short.npz", LabelledWindows(x, np.arange(40, dtype=np.int16) % 2, np.zeros(40, np.int16)), ("BPSK", "QPSK"), "test")
    with pytest.raises(DatasetError, match="The training has diverged: .* such as longer ones"):
        train("mtf-r50", data=str(tmp_path / "short.npz"), epochs=1, out=tmp_path / "a.onnx", checkpoint=tmp_path / "b")
    assert not (tmp_path / "a.onnx").exists()


@pytest.mark.parametrize("model", ["conv-bigru", "svm", "rffi-80211", "kgnet", "joint-conv", "technology-conv"])
def test_an_out_that_is_a_folder_is_told_before_the_work(tmp_path, model):
    with pytest.raises(OutputError, match="must be a file. '.*' is a folder"):
        train(model, out=tmp_path)


@pytest.mark.parametrize("model", ["conv-bigru", "svm", "rffi-80211", "kgnet", "joint-conv", "technology-conv"])
def test_an_out_that_cannot_be_written_is_told_before_the_work(tmp_path, monkeypatch, model):
    (tmp_path / "runs").write_text("a file where a folder should be")
    monkeypatch.chdir(tmp_path)
    for out in (tmp_path / "runs" / "deep" / "model.onnx", None, Path("/proc/model.onnx")):
        with pytest.raises(OutputError, match="The model '.*' cannot be written: .*. Choose another --out."):
            train(model, out=out, checkpoint=tmp_path / "checkpoint")
    assert [path.name for path in tmp_path.iterdir()] == ["runs"]


@pytest.mark.parametrize("option", ["data", "checkpoint", "parent"])
def test_an_out_that_the_command_uses_itself_is_refused(tmp_path, option):
    used, linked = tmp_path / "used", tmp_path / "linked"
    for out in (used, linked):  # the first is not there yet
        with pytest.raises(OutputError, match="the command uses the file of that name itself. Choose another --out."):
            train("conv-bigru", out=out, **{option: str(used) if option == "data" else used})
        used.write_text("precious")
        linked.unlink(missing_ok=True)
        linked.hardlink_to(used)
    assert used.read_text() == "precious"
