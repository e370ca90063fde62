# SPDX-License-Identifier: GPL-3.0-or-later
"""``rfsec dataset make`` from the front."""

import subprocess
import sys

import sigmf

from gnuradio.rfsec.datasets.files import load_windows
from gnuradio.rfsec.datasets.rml2016a import SNRS_DB, generate


def rfsec(*arguments):
    command = [sys.executable, "-m", "gnuradio.rfsec.cli", "dataset", "make", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_rml2016a(tmp_path):
    out = tmp_path / "set.npz"
    result = rfsec("rml2016a", "--mode", "corrected", "--seed", 3, "--windows-per-cell", 2, "--out", out)
    assert result.returncode == 0, result.stderr
    windows, _ = load_windows(out)
    assert windows.sha256() == generate("corrected", SNRS_DB, 2, 3).sha256()
    assert windows.sha256() in result.stdout.replace("\n", "")


def test_demo_scene(tmp_path):
    result = rfsec("demo-scene", "--seed", 2, "--out", tmp_path / "scene")
    assert result.returncode == 0, result.stderr
    assert len(sigmf.sigmffile.fromfile(str(tmp_path / "scene.sigmf-meta")).get_annotations()) >= 8


def test_errors_are_one_line(tmp_path):
    (tmp_path / "file").write_text("")
    result = rfsec("demo-scene", "--out", tmp_path / "file" / "scene")
    assert result.returncode == 1 and result.stderr.count("\n") == 1
    assert "cannot be written" in result.stderr
