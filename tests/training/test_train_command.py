# SPDX-License-Identifier: GPL-3.0-or-later
"""``rfsec train`` from the front: it trains, exports, goes on, and refuses in one line."""

import subprocess
import sys

import pytest

pytest.importorskip("torch")

from gnuradio.rfsec.inference.session import ModelSession  # noqa: E402


def rfsec(folder, *arguments):
    return subprocess.run(
        [sys.executable, "-m", "gnuradio.rfsec.cli", *arguments], cwd=folder, capture_output=True, text=True, check=False
    )


def test_train_writes_a_model_that_can_be_loaded(tmp_path):
    result = rfsec(tmp_path, "train", "conv-bigru", "--windows", "4000", "--seed", "2", "--device", "cpu")
    assert result.returncode == 0, result.stderr
    assert "Accuracy over 0 to 18 dB" in result.stdout
    card = ModelSession(tmp_path / "runs" / "conv-bigru.onnx").card
    assert card.training.command == "rfsec train conv-bigru --mode compat --seed 2 --windows 4400"
    assert card.training.windows_seen == 4400 and "of 1000000" in card.training.note
    refused = rfsec(tmp_path, "train", "conv-bigru", "--windows", "9000", "--seed", "2", "--device", "cpu")
    assert refused.returncode == 1
    assert refused.stderr.count("\n") == 1 and "is of another run: its 'chunks' is 1, not 3" in refused.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["resnet"], "'model' to train must be one of"),
        (["conv-bigru", "--mode", "plain"], "'mode' of RadioML 2016.10a must be"),
        (["conv-bigru", "--windows", "0"], "'windows' and 'threads' to train with must be at least 1"),
        (["conv-bigru", "--seed", "-1"], "'seed' of generated data must be at least 0"),
    ],
)
def test_bad_arguments_are_one_line(tmp_path, arguments, message):
    result = rfsec(tmp_path, "train", *arguments)
    assert result.returncode == 1
    assert message in result.stderr and result.stderr.count("\n") == 1
