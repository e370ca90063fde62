# SPDX-License-Identifier: GPL-3.0-or-later
"""The training loop: it learns, it survives a kill to the same weights, it refuses what is not its own."""

import os
import subprocess
import sys
from dataclasses import replace

import pytest

torch = pytest.importorskip("torch")

from gnuradio.rfsec.errors import DatasetError, OutputError, ParameterError  # noqa: E402
from gnuradio.rfsec.training.checkpoint import save_checkpoint  # noqa: E402
from gnuradio.rfsec.training.loop import choose_device, learning_rate_scale, train_network  # noqa: E402
from gnuradio.rfsec.training.recipes import find_recipe  # noqa: E402

CPU = torch.device("cpu")
CHUNK = 11 * 25  # windows, where only 18 dB is trained on
KILLED = """
import os, signal, sys
from dataclasses import replace
from pathlib import Path
import torch
from gnuradio.rfsec.training.loop import train_network
from gnuradio.rfsec.training.recipes import find_recipe

def report(progress):
    if progress.windows_seen >= 11 * 275:
        os.kill(os.getpid(), signal.SIGKILL)

recipe = replace(find_recipe("conv-bigru"), lowest_snr_db=18)
train_network(recipe, "compat", 3, 12 * 275, Path(sys.argv[1]), torch.device("cpu"), 1, report)
"""


def tiny(name="conv-bigru", **changes):
    return replace(find_recipe(name), lowest_snr_db=18, **changes)


def test_killed_run_goes_on_to_the_same_weights(tmp_path):
    reports = []
    whole = train_network(tiny(), "compat", 3, 12 * CHUNK, tmp_path / "whole", CPU, 1, reports.append)
    killed = subprocess.run([sys.executable, "-c", KILLED, tmp_path / "killed"], env=os.environ, check=False)
    assert killed.returncode == -9 and (tmp_path / "killed").exists()
    resumed_reports = []
    resumed = train_network(tiny(), "compat", 3, 12 * CHUNK, tmp_path / "killed", CPU, 1, resumed_reports.append)
    assert [one.windows_seen for one in resumed_reports] == [number * CHUNK for number in range(11, 13)]
    for name, value in whole.network.state_dict().items():
        assert torch.equal(value, resumed.network.state_dict()[name]), name
    assert whole.validation_accuracy == resumed.validation_accuracy
    assert reports[-1].loss < reports[0].loss - 0.3 and whole.validation_accuracy > 0.2, "it learns"
    # A finished run is not trained again.
    again = train_network(tiny(), "compat", 3, 12 * CHUNK, tmp_path / "whole", CPU)
    assert torch.equal(again.network.head[0].weight, whole.network.head[0].weight)


def test_checkpoint_of_another_run_is_refused(tmp_path):
    train_network(tiny(), "compat", 3, CHUNK, tmp_path / "run", CPU)
    for arguments, key in [
        ((tiny("lstm-amp-phase"), "compat", 3, CHUNK), "model"),
        ((tiny(), "corrected", 3, CHUNK), "mode"),
        ((tiny(), "compat", 4, CHUNK), "seed"),
        ((tiny(), "compat", 3, 5 * CHUNK), "chunks"),
    ]:
        with pytest.raises(DatasetError, match=f"is of another run: its '{key}' is") as error:
            train_network(*arguments, tmp_path / "run", CPU)
        assert "\n" not in str(error.value)


@pytest.mark.parametrize("content", [b"", b"not a checkpoint", b"PK\x03\x04" + bytes(100)])
def test_damaged_checkpoint_is_refused(tmp_path, content):
    (tmp_path / "run").write_bytes(content)
    with pytest.raises(DatasetError, match="is not a readable checkpoint. Delete it") as error:
        train_network(tiny(), "compat", 3, CHUNK, tmp_path / "run", CPU)
    assert "\n" not in str(error.value)


def test_truncated_checkpoint_is_refused(tmp_path):
    save_checkpoint(tmp_path / "run", {"model": "x"}, {"weights": torch.zeros(1000)})
    content = (tmp_path / "run").read_bytes()
    (tmp_path / "run").write_bytes(content[: len(content) // 2])
    with pytest.raises(DatasetError, match="is not a readable checkpoint"):
        train_network(tiny(), "compat", 3, CHUNK, tmp_path / "run", CPU)


def test_unwritable_checkpoint(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be written"):
        save_checkpoint(tmp_path / "file" / "run", {}, {})


def test_learning_rate_warms_up_and_falls():
    assert learning_rate_scale(0.0) == 0.0
    assert learning_rate_scale(0.03) == pytest.approx(1.0)
    assert learning_rate_scale(1.0) == pytest.approx(0.01)


@pytest.mark.parametrize("arguments", [(0, 1), (CHUNK, 0)])
def test_bad_counts(tmp_path, arguments):
    with pytest.raises(ParameterError, match="'windows' and 'threads' to train with must be at least 1"):
        train_network(tiny(), "compat", 3, arguments[0], tmp_path / "run", CPU, arguments[1])


def test_bad_device():
    with pytest.raises(ParameterError, match="'device' to train on must be auto, cpu or cuda"):
        choose_device("tpu")
