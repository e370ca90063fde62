# SPDX-License-Identifier: GPL-3.0-or-later
"""Data sets on disk: complete or not there, whatever goes wrong."""

import os
from pathlib import Path

import pytest

from gnuradio.rfsec.datasets.files import save_windows, written_aside
from gnuradio.rfsec.datasets.opening import open_windows
from gnuradio.rfsec.datasets.rml2016a import LABELS, generate
from gnuradio.rfsec.errors import OutputError


def test_round_trip(tmp_path):
    windows, path = generate("compat", (0, 18), 3, seed=2), tmp_path / "folder" / "set.npz"
    save_windows(path, windows, LABELS, "a recipe")
    read, labels = open_windows(path)
    assert labels == LABELS and read.sha256() == windows.sha256()
    assert [entry.name for entry in path.parent.iterdir()] == ["set.npz"]


def test_full_disk():
    with pytest.raises(OutputError, match="cannot be written"):
        save_windows(Path("/dev/full/set.npz"), generate("compat", (0,), 1, seed=2), LABELS, "a recipe")


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt(), ValueError()])
def test_what_was_there_stays_when_writing_fails(tmp_path, error):
    path = tmp_path / "set.npz"
    path.write_text("before")
    with pytest.raises((OutputError, KeyboardInterrupt, ValueError)):
        with written_aside(path) as aside:
            aside.write_text("half of")
            raise error
    assert path.read_text() == "before" and [entry.name for entry in tmp_path.iterdir()] == ["set.npz"]


def test_a_pipe_or_device_is_never_replaced(tmp_path):
    """As /dev/null would be, by whom may do so."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("pipe")
    for name in ("pipe", "link"):
        with pytest.raises(OutputError, match=f"{name}' cannot be written: it is a pipe or device. Choose another --out"):
            with written_aside(tmp_path / name) as aside:
                aside.write_text("")
    assert (tmp_path / "pipe").is_fifo() and (tmp_path / "link").is_symlink() and len(list(tmp_path.iterdir())) == 2


def test_a_link_stays_and_what_it_leads_to_is_written(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "set.npz").write_text("before")
    for name, target in (("old", "elsewhere/set.npz"), ("new", "elsewhere/new.npz")):
        (tmp_path / name).symlink_to(target)
        with written_aside(tmp_path / name) as aside:
            aside.write_text("after")
        assert (tmp_path / name).is_symlink() and (tmp_path / target).read_text() == "after"
    assert sorted(path.name for path in (tmp_path / "elsewhere").iterdir()) == ["new.npz", "set.npz"]


def test_a_folder_is_written_like_a_file(tmp_path):
    with written_aside(tmp_path / "folder") as aside:
        aside.mkdir()
        (aside / "new").write_text("all of")
    assert [entry.name for entry in tmp_path.iterdir()] == ["folder"]
    assert [entry.name for entry in (tmp_path / "folder").iterdir()] == ["new"]


def test_two_that_write_one_file_do_not_take_each_others(tmp_path):
    with written_aside(tmp_path / "set.npz") as one:
        one.write_text("one")
        with written_aside(tmp_path / "set.npz") as other:
            other.write_text("the other")
        assert (tmp_path / "set.npz").read_text() == "the other"
    assert (tmp_path / "set.npz").read_text() == "one" and [entry.name for entry in tmp_path.iterdir()] == ["set.npz"]


def test_a_file_may_be_read_by_whom_any_other_may(tmp_path):
    (tmp_path / "any").write_text("")
    with written_aside(tmp_path / "set.npz") as aside:
        aside.write_text("")
    assert (tmp_path / "set.npz").stat().st_mode == (tmp_path / "any").stat().st_mode
