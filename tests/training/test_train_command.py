# SPDX-License-Identifier: GPL-3.0-or-later
"""``rfsec train`` from the front: it trains, exports, goes on, and refuses what cannot be."""

import subprocess
import sys

import pytest

pytest.importorskip("torch")

from gnuradio.rfsec.cli.train import train  # noqa: E402
from gnuradio.rfsec.errors import DatasetError, ParameterError  # noqa: E402
from gnuradio.rfsec.inference.session import ModelSession  # noqa: E402


CHECKPOINT = "conv-bigru-compat-seed2.checkpoint"


def test_train_writes_a_model_that_can_be_loaded(tmp_path):
    command = [sys.executable, "-m", "gnuradio.rfsec.cli", "train", "conv-bigru"]
    command += ["--windows", "4000", "--seed", "2", "--device", "cpu"]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert "Accuracy over 0 to 18 dB" in result.stdout
    card = ModelSession(tmp_path / "runs" / "conv-bigru.onnx").card
    assert card.training.command == "rfsec train conv-bigru --mode compat --seed 2 --windows 4400"
    assert card.training.windows_seen == 4400 and "of 1000000" in card.training.note
    with pytest.raises(DatasetError, match="is of another run: its 'chunks' is 1, not 3"):
        train("conv-bigru", seed=2, windows=9000, device="cpu", checkpoint=tmp_path / "runs" / CHECKPOINT)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"model": "resnet"}, "'model' to train must be one of"),
        ({"mode": "plain"}, "'mode' of RadioML 2016.10a must be"),
        ({"windows": 0}, "'windows' and 'threads' to train with must be at least 1"),
        ({"seed": -1}, "'seed' of generated data must be at least 0"),
    ],
)
def test_bad_arguments(tmp_path, arguments, message):
    paths = {"out": tmp_path / "model.onnx", "checkpoint": tmp_path / "run"}
    with pytest.raises(ParameterError, match=message):
        train(**{"model": "conv-bigru", **paths, **arguments})
    assert not list(tmp_path.iterdir())
