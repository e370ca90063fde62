# SPDX-License-Identifier: GPL-3.0-or-later
"""``rfsec dataset make`` from the front."""

import hashlib
import json
import os
import resource
import signal
import subprocess

import numpy as np
import pytest
import sigmf

from command_line import DEADLINE_S, RFSEC, rfsec, the_error
from gnuradio.rfsec.datasets.families import find_family
from gnuradio.rfsec.datasets.opening import open_windows
from gnuradio.rfsec.datasets.rml2016a import SNRS_DB, generate


def make(*arguments, **options):
    return rfsec("dataset", "make", *arguments, **options)


def names_in(folder):
    return sorted(entry.name for entry in folder.iterdir())


def test_one_shard_is_what_the_generator_gives(tmp_path):
    out = tmp_path / "set.npz"
    done = make("rml2016a", "--mode", "corrected", "--seed", 3, "--windows-per-cell", 2, "--out", out)
    assert done.returncode == 0, done.stderr
    windows, _ = open_windows(out)
    assert windows.sha256() == generate("corrected", SNRS_DB, 2, 3).sha256()
    assert windows.sha256() in done.stdout.replace("\n", "")
    manifest = json.loads((tmp_path / "set.manifest.json").read_text())
    assert manifest["command"] == "rfsec dataset make rml2016a --mode corrected --seed 3 --windows-per-cell 2"
    assert manifest["seed"] == 3 and manifest["dataset"] == "rml2016a corrected"
    [file] = manifest["files"]
    assert file["file"] == "set.npz" and file["windows"] == len(windows) == 440
    assert file["windows_sha256"] == windows.sha256()
    assert file["file_sha256"] == hashlib.sha256(out.read_bytes()).hexdigest()


def test_any_number_of_workers_gives_the_same_bytes_in_the_order_of_shards(tmp_path):
    for workers in (1, 3):
        done = make("rml2016a", "--windows-per-cell", 51, "--workers", workers, "--out", tmp_path / f"{workers}.npz")
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "1.npz").read_bytes() == (tmp_path / "3.npz").read_bytes()
    with np.load(tmp_path / "1.npz", allow_pickle=False) as arrays:
        cells = arrays["x"].reshape(11, 20, 51, 128)
        assert arrays["label"].dtype == arrays["snr_db"].dtype == np.int16
        np.testing.assert_array_equal(arrays["snr_db"].reshape(11, 20, 51)[4, :, 7], SNRS_DB)
    for index, start in ((0, 0), (1, 50)):
        shard = generate("compat", SNRS_DB, min(50, 51 - start), 0, index=index)
        np.testing.assert_array_equal(cells[:, :, start : start + 50], shard.x.reshape(11, 20, -1, 128))


def test_varied_shapes_fill_a_folder(tmp_path):
    out = tmp_path / "varied"
    done = make("rml2016a-varied", "--windows-per-cell", 1, "--seed", 4, "--out", out)
    assert done.returncode == 0, done.stderr
    family = find_family("rml2016a-varied")
    assert names_in(out) == sorted(["manifest.json", *(f"{shape}.npz" for shape in family.shapes)])
    manifest = json.loads((out / "manifest.json").read_text())
    for shape, file in zip(family.shapes, manifest["files"], strict=True):
        windows, _ = open_windows(out / file["file"])
        assert (file["samples_per_symbol"], file["window"]) == (shape.samples_per_symbol, shape.window)
        assert windows.sha256() == file["windows_sha256"]
        assert windows.sha256() == family.generate(shape, SNRS_DB, 1, 4).sha256()
    assert "varied' is there already" in the_error(make("rml2016a-varied", "--windows-per-cell", 1, "--out", out))


def test_sig2019(tmp_path):
    done = make("sig2019-12", "--windows-per-cell", 1, "--out", tmp_path / "set.npz")
    assert done.returncode == 0, done.stderr
    windows, labels = open_windows(tmp_path / "set.npz")
    assert windows.x.shape == (12 * 26, 512) and labels == find_family("sig2019-12").labels
    assert "--mode" not in json.loads((tmp_path / "set.manifest.json").read_text())["command"]


def test_field(tmp_path):
    done = make("field", "--windows-per-cell", 1, "--workers", 1, "--out", tmp_path / "set.npz")
    assert done.returncode == 0, done.stderr
    windows, labels = open_windows(tmp_path / "set.npz")
    assert windows.x.shape == (15 * 12, 1024) and labels == find_family("field").labels
    manifest = json.loads((tmp_path / "set.manifest.json").read_text())
    assert manifest["command"] == "rfsec dataset make field --seed 0 --windows-per-cell 1"
    assert manifest["files"][0]["samples_per_symbol"] is None


@pytest.mark.parametrize(("dataset", "out"), [("sig2019-12", "set.npz"), ("rml2016a-varied", "varied"), ("demo-scene", "scene.sigmf-data")])
def test_a_full_disk_leaves_nothing(tmp_path, dataset, out):
    """A limit on a file's size stands for the disk."""

    def small_disk():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, 500_000))

    many = () if dataset == "demo-scene" else ("--windows-per-cell", 2)
    done = make(dataset, *many, "--out", tmp_path / out, preexec_fn=small_disk)
    assert f"{out}' cannot be written: File too large" in the_error(done)
    assert names_in(tmp_path) == []


def test_a_killed_run_leaves_no_process_and_no_file_of_that_name(tmp_path):
    """Its processes hold the pipe: reading to its end waits for the last of them."""
    command = [*RFSEC, "dataset", "make", "rml2016a", "--workers", "2", "--out", str(tmp_path / "set.npz")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as run:
        while not any(tmp_path.glob("set.npz.*.part")):
            assert run.poll() is None
            os.sched_yield()
        run.kill()
        run.communicate(timeout=DEADLINE_S)
    [left] = names_in(tmp_path)
    assert left.startswith("set.npz.") and left.endswith(".part")


@pytest.mark.parametrize(("arguments", "message"), [
    (("sig2019-12", "--out", "set.mat"), "'--out' of sig2019-12 must end in .npz"),
    (("sig2019-12", "--seed", -1, "--out", "set.npz"), "'seed' of generated data must be at least 0"),
    (("rml2016a", "--windows-per-cell", 10**11, "--out", "set.npz"), "100000000000 windows per cell of rml2016a compat do not fit into memory"),
    (("sig2019-12", "--workers", -1, "--out", "set.npz"), "'workers' of a data set must be at least 1"),
    (("sig2019-12", "--workers", 10**6, "--out", "set.npz"), "'workers' of a data set must be at least 1 and at most 512. Got 1000000"),
    (("rml2016a", "--out", "/proc/set.npz"), "'/proc/set.npz' cannot be written"),
    (("rml2016a-varied", "--out", "/dev/null/varied"), "'/dev/null/varied' cannot be written"),
    (("demo-scene", "--out", "/dev/null/scene"), "cannot be written"),
    (("demo-scene", "--out", "."), "The scene '.' cannot be written: it has no name"),
    (("demo-scene", "--out", "x" * 300), "cannot be written: File name too long"),
    (("rml2016a-varied", "--out", "x" * 300), "cannot be written: File name too long"),
])  # fmt: skip
def test_errors_are_one_line(tmp_path, arguments, message):
    assert message in the_error(make(*arguments, cwd=tmp_path))
    assert names_in(tmp_path) == []


@pytest.mark.parametrize("folder", ["set.npz", "set.manifest.json"])
def test_a_folder_in_the_way_is_told_before_the_work(tmp_path, folder):
    (tmp_path / folder).mkdir()
    done = make("rml2016a", "--windows-per-cell", 1, "--out", tmp_path / "set.npz")
    assert f"set.npz' cannot be written: '{tmp_path / folder}' is a folder" in the_error(done) and "100%" not in done.stdout
    assert names_in(tmp_path) == [folder]


def test_demo_scene(tmp_path):
    done = make("demo-scene", "--seed", 2, "--out", "sc[a]ene", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Written: sc[a]ene.sigmf-meta" in done.stdout
    assert len(sigmf.sigmffile.fromfile(str(tmp_path / "sc[a]ene.sigmf-meta")).get_annotations()) >= 8
