# SPDX-License-Identifier: GPL-3.0-or-later
"""Damaged and hostile .npz files, through everything that reads such a file: one line each, and a cache that is made anew."""

import os
import subprocess
import sys
import zipfile

import numpy as np
import pytest
from gnuradio.rfsec.datasets import room_cache
from gnuradio.rfsec.datasets.channel_pairs import load_pairs
from gnuradio.rfsec.datasets.deepmimo import load_deepmimo
from gnuradio.rfsec.datasets.opening import open_windows
from gnuradio.rfsec.errors import DatasetError
from gnuradio.rfsec.keygen.pair_file import read_pairs
from gnuradio.rfsec.keygen.probe_file import read_probe_file

NAMES = ("x", "label", "snr_db", "channel", "location", "band1", "band2", "alice", "bob", "probe", "cfr")
READERS = {"windows": open_windows, "pairs of channels": load_pairs, "DeepMIMO": lambda path: load_deepmimo(path, path), "pairs of probes": read_pairs,
           "probes": read_probe_file}
HEADERS = {"open bracket": "{'descr': (", "more samples than a number holds": f"{{'descr': '<c8', 'fortran_order': False, 'shape': ({10**30},), }}",
           "no type": "{'descr': 5, 'fortran_order': False, 'shape': (5,), }", "deep": "(" * 5000, "two keys": "{'descr': '<c8', 'descr2': 1}",
           "more samples than memory holds": f"{{'descr': '<c8', 'fortran_order': False, 'shape': ({10**17},), }}",
           "type of a comma": "{'descr': ',<', 'fortran_order': False, 'shape': (5,), }"}


def with_header(path, header: str, compression: int = zipfile.ZIP_STORED) -> None:
    """An archive whose arrays all have that header, and nothing else."""
    text = header.encode() + b"\n"
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name in NAMES:
            archive.writestr(f"{name}.npy", b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + bytes(1000))


def changed(path, magic: bytes, offset: int, flip: int) -> None:
    """Flip bits of the byte that far behind each `magic`."""
    raw, at = bytearray(path.read_bytes()), -1
    while (at := raw.find(magic, at + 1)) >= 0:
        raw[at + offset] ^= flip
    path.write_bytes(raw)


def damaged(path, how: str) -> None:
    """Write a file that can't be read."""
    if how in HEADERS:
        with_header(path, HEADERS[how])
    elif how == "a lone array":
        with path.open("wb") as file:
            np.save(file, np.zeros((3, 4), complex))
    elif how == "encrypted":
        with_header(path, "{}")
        changed(path, b"PK\x01\x02", 8, 1)
    elif how == "an unknown compression":
        with_header(path, "{}")
        changed(path, b"PK\x01\x02", 10, 77)
    elif how in ("LZMA", "BZIP2", "DEFLATED"):
        with_header(path, "{'descr': '<c8', 'fortran_order': False, 'shape': (125,), }", getattr(zipfile, f"ZIP_{how}"))
        for offset in range(40, 60):  # behind the name of each member
            changed(path, b"PK\x03\x04", offset + 5, 0x5A)


HOW = (*HEADERS, "a lone array", "encrypted", "an unknown compression", "LZMA", "BZIP2", "DEFLATED")


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("reader", READERS)
def test_a_damaged_file_is_one_line(tmp_path, reader, how):
    damaged(tmp_path / "file.npz", how)
    with pytest.raises(DatasetError, match="file.npz' (cannot be read: .|must be an .npz)") as caught:
        READERS[reader](tmp_path / "file.npz")
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 600


@pytest.mark.parametrize("reader", READERS)
def test_a_pipe_is_not_waited_for(tmp_path, reader):
    os.mkfifo(tmp_path / "file.npz")
    with pytest.raises(DatasetError, match="file.npz' cannot be read: it is a pipe or device"):
        READERS[reader](tmp_path / "file.npz")


@pytest.mark.parametrize("how", HOW)
def test_a_damaged_cache_is_made_anew(tmp_path, monkeypatch, how):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    made = []

    def make():
        made.append(how)
        return {"x": np.arange(3)}

    room_cache.kept("some", make)
    [path] = room_cache.cache_folder().glob("*.npz")
    damaged(path, how)
    for _ in range(2):  # made once, then read
        np.testing.assert_array_equal(room_cache.kept("some", make)["x"], np.arange(3))
    assert len(made) == 2


def test_a_cache_on_a_full_disk_is_one_line_with_its_own_way_out(tmp_path):
    """A limit on a file's size stands for the disk."""
    code = ("import resource, signal, numpy; from gnuradio.rfsec.datasets.room_cache import kept\n"
            "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))\n"
            "print(kept('some', lambda: {'x': numpy.zeros(10_000)})['x'].size)")
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    [line] = done.stderr.splitlines()
    assert line.endswith("cannot be written: File too large. Set XDG_CACHE_HOME to a folder that can be written to.")
    assert done.stdout == "10000\n" and not list((tmp_path / "rfsec").iterdir())


def test_a_member_that_is_no_array_makes_the_cache_anew(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    room_cache.kept("some", lambda: {"x": np.arange(3)})
    [path] = room_cache.cache_folder().glob("*.npz")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x.npy", b"no array")
    np.testing.assert_array_equal(room_cache.kept("some", lambda: {"x": np.arange(4)})["x"], np.arange(4))
