# SPDX-License-Identifier: GPL-3.0-or-later
"""Data sets on disk: round trip, damage, and a disk that will not take them."""

from pathlib import Path

import numpy as np
import pytest

from gnuradio.rfsec.datasets.files import load_windows, save_windows
from gnuradio.rfsec.datasets.rml2016a import LABELS, generate
from gnuradio.rfsec.errors import DatasetError, OutputError


@pytest.fixture
def windows():
    return generate("compat", (0, 18), 3, seed=2)


def test_round_trip(tmp_path, windows):
    path = tmp_path / "folder" / "set.npz"
    save_windows(path, windows, LABELS, "a recipe")
    read, labels = load_windows(path)
    assert labels == LABELS and read.sha256() == windows.sha256()
    assert [entry.name for entry in path.parent.iterdir()] == ["set.npz"]


@pytest.mark.parametrize("damage", ["cut", "flip", "text", "missing"])
def test_damage_is_refused_in_one_line(tmp_path, windows, damage):
    path = tmp_path / "set.npz"
    save_windows(path, windows, LABELS, "a recipe")
    content = bytearray(path.read_bytes())
    if damage == "cut":
        path.write_bytes(content[: len(content) // 2])
    elif damage == "text":
        path.write_text("no data set")
    elif damage == "missing":
        path.unlink()
    else:
        with np.load(path) as arrays:
            changed = dict(arrays)
        changed["x"][0, 0] += 1
        np.savez(path, **changed)
    with pytest.raises(DatasetError, match="Make it again with rfsec dataset make") as error:
        load_windows(path)
    assert "\n" not in str(error.value) and "set.npz" in str(error.value)


def test_full_disk(windows):
    with pytest.raises(OutputError, match="cannot be written"):
        save_windows(Path("/dev/full/set.npz"), windows, LABELS, "a recipe")
