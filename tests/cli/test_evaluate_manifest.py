# SPDX-License-Identifier: GPL-3.0-or-later
"""``rfsec evaluate --manifest``: what is found in labelled recordings, counted; what a bad manifest says."""

import bz2
import io
import json
import os
import resource
import signal
import tarfile
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from burst_scene import burst_scene
from command_line import rfsec, the_error
from gnuradio.rfsec.errors import DatasetError, RecordingError
from gnuradio.rfsec.inference.burst_classifier import BurstDecision
from gnuradio.rfsec.inference.manifest import Entry, load_manifest, opened
from gnuradio.rfsec.inference.manifest_scores import known_starts, right_labels, score_file
from gnuradio.rfsec.records import ACCEPTED
from odd_models import write_sure_model

COUNT, RATE_HZ = 150_000, 1e6
BURSTS = [(20_000, 9_000, 0.2), (80_000, 20_000, -0.3)]
RECORDINGS = os.environ.get("RFSEC_RECORDINGS")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("recordings")
    samples = burst_scene(COUNT, BURSTS)
    samples.tofile(folder / "qpsk.cf32")
    with tarfile.open(folder / "qpsk.coco", "w:bz2") as archive:
        info = tarfile.TarInfo("inside.complex")
        info.size = samples.nbytes
        archive.addfile(info, io.BytesIO(samples.tobytes()))
    with tarfile.open(folder / "odd.coco", "w:bz2", format=tarfile.PAX_FORMAT) as archive:
        info.pax_headers = {"GNU.sparse.size": "abc"}
        archive.addfile(info, io.BytesIO(samples.tobytes()))
    with tarfile.open(folder / "bomb.coco", "w:bz2", format=tarfile.GNU_FORMAT) as archive:
        info.pax_headers, info.name = {}, "a" * (2 << 20)  # a header of some bytes that unpacks to so many
        archive.addfile(info, io.BytesIO(samples.tobytes()))
    (0.05 * burst_scene(COUNT, [])).astype(np.complex64).tofile(folder / "noise.cf32")
    (folder / "loop.cf32").symlink_to("loop.cf32")
    write_sure_model(folder / "qpsk.onnx", 1024, ["QPSK", "OOK", "noise"])
    return folder


def write_manifest(folder: Path, *files: dict) -> Path:
    path = folder / "MANIFEST.json"
    path.write_text(json.dumps({"files": list(files)}))
    return path


def entry(name: str, truth: str, **fields) -> dict:
    return {"name": name, "sample_format": "cf32_le", "sample_rate": RATE_HZ, "class": truth, "header_bytes": 0, **fields}


def test_recordings_are_scored(folder):
    manifest = write_manifest(
        folder, entry("qpsk.cf32", "QPSK", labels={"samples_per_symbol": 10}), entry("qpsk.cf32", "PPM"),
        entry("qpsk.coco", "SC-FDMA", sample_format="coco", sample_rate=None, sample_rate_assumed=RATE_HZ),
        entry("noise.cf32", "QPSK"), entry("qpsk.cf32", "q-psk"), {"name": "table.csv", "sample_format": None, "class": None})
    (folder / "GROUND_TRUTH.json").write_text(json.dumps({"any:qpsk.cf32": [{"start": 20_000}, {"start": 80_010}, {"start": 50_000}]}))
    done = rfsec("evaluate", "--manifest", manifest, "--model", folder / "qpsk.onnx", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    (folder / "GROUND_TRUTH.json").unlink()
    by_majority = [(one["majority"], one["majority_right"], one["bursts"], one["right"]) for one in found["recordings"]]
    assert by_majority == [("QPSK", True, 2, 2), ("QPSK", False, 2, 0), ("QPSK", True, 2, 2), (None, False, 0, 0), ("QPSK", True, 2, 2)]
    assert (found["files"], found["files_right"], found["bursts_accepted"], found["bursts_right"]) == (5, 3, 8, 6)
    assert found["skipped"] == ["table.csv"]
    assert (found["recordings"][0]["starts"], found["recordings"][0]["starts_met"]) == (3, 2)


def test_annotations_that_count_from_an_offset(folder):
    burst_scene(COUNT, BURSTS).tofile(folder / "part.sigmf-data")
    (folder / "part.sigmf-meta").write_text(json.dumps({
        "global": {"core:datatype": "cf32_le", "core:version": "1.2.0", "core:sample_rate": RATE_HZ, "core:offset": 1_000_000},
        "captures": [{"core:sample_start": 1_000_000}],
        "annotations": [{"core:sample_start": 1_080_000, "core:sample_count": 20_000}]}))
    manifest = write_manifest(folder, entry("part.sigmf-meta", "QPSK", sample_format="sigmf"))
    done = rfsec("evaluate", "--manifest", manifest, "--model", folder / "qpsk.onnx", "--json")
    assert done.returncode == 0, done.stderr
    assert [(one["bursts"], one["right"]) for one in json.loads(done.stdout)["recordings"]] == [(1, 1)]


def test_a_recording_that_was_retuned(folder):
    # A burst is cut where the band moved, and an annotation's edges are met at the frequency tuned at the time.
    burst_scene(COUNT, BURSTS).tofile(folder / "swept.sigmf-data")
    band = {"core:freq_lower_edge": 499.65e6, "core:freq_upper_edge": 499.75e6}
    (folder / "swept.sigmf-meta").write_text(json.dumps({
        "global": {"core:datatype": "cf32_le", "core:version": "1.2.0", "core:sample_rate": RATE_HZ},
        "captures": [{"core:sample_start": 0, "core:frequency": 400e6}, {"core:sample_start": 90_000, "core:frequency": 500e6}],
        "annotations": [{"core:sample_start": 0, "core:sample_count": COUNT, **band}]}))
    (folder / "GROUND_TRUTH.json").write_text(json.dumps({"any:swept.sigmf-meta": [{"start": 80_000}, {"start": 120_000}]}))
    done = rfsec("evaluate", "--manifest", write_manifest(folder, entry("swept.sigmf-meta", "QPSK", sample_format="sigmf")),
                 "--model", folder / "qpsk.onnx", "--json")
    (folder / "GROUND_TRUTH.json").unlink()
    assert done.returncode == 0, done.stderr
    [found] = json.loads(done.stdout)["recordings"]
    assert (found["bursts"], found["starts"], found["starts_met"]) == (1, 2, 1)


def test_a_table_for_people(folder):
    (folder / "q[a]:ab:.cf32").write_bytes((folder / "qpsk.cf32").read_bytes())
    manifest = write_manifest(folder, entry("q[a]:ab:.cf32", "QPSK"))
    done = rfsec("evaluate", "--manifest", manifest, "--model", folder / "qpsk.onnx", env={**os.environ, "COLUMNS": "150"})
    assert "1 of 1 recordings are right by majority, 2 of 2 accepted bursts." in done.stdout
    assert "q[a]:ab:.cf32" in done.stdout, "nothing in a name is a style, or a picture"


def test_a_table_of_80_columns_cuts_nothing_off(folder):
    name = "recordings_of_the_second_week_by_the_window_qpsk.cf32"
    (folder / name).write_bytes((folder / "qpsk.cf32").read_bytes())
    manifest = write_manifest(folder, entry(name, "SC-FDMA", labels={"symbol_rate": 1e5}))
    done = rfsec("evaluate", "--manifest", manifest, "--model", folder / "qpsk.onnx", env={**os.environ, "COLUMNS": "80"})
    cells = [line[:12].strip() for line in done.stdout.splitlines()]
    assert "…" not in done.stdout and max(map(len, done.stdout.splitlines())) <= 80
    assert name in "".join(cell.split(" ")[0] for cell in cells)


@pytest.mark.parametrize("truth, label", [("GFSK", "2-FSK"), ("2FSK", "2-FSK"), ("DBPSK", "BPSK"), ("SC-FDMA", "16QAM"),
                                          ("sc-fdma", "OFDM"), ("NBFM", "FM"), ("PPM", "OOK"), ("8PSK", "8PSK")])
def test_names_of_the_same_thing(truth, label):
    assert any("".join(filter(str.isalnum, one)) == "".join(filter(str.isalnum, label)) for one in right_labels(truth))


def test_the_symbol_rate_that_labels_state():
    known = {"name": "a", "sample_rate": 2e6}
    assert Entry(**known, labels={"samples_per_symbol": 4}).symbol_rate_hz == 5e5
    assert Entry(**known, labels={"symbol_rate": 9600}).symbol_rate_hz == 9600
    for nonsense in ("many", True, -1, 0, 10**400, float("inf"), float("nan")):
        assert Entry(**known, labels={"samples_per_symbol": nonsense}).symbol_rate_hz is None
        assert Entry(**known, labels={"symbol_rate": nonsense}).symbol_rate_hz is None


@pytest.mark.parametrize("files, rule", [
    ([{"name": "../elsewhere.cf32"}], "is outside of the manifest's folder"),
    ([{"name": "a\0.cf32"}], "'files.0.name' of the manifest is wrong"),
    ([{"name": "a\x1b[2J.cf32"}], "'files.0.name' of the manifest is wrong: it must be of printable characters."),
    ([entry("noise.cf32", "\x1b]0;QPSK\x07")], "'files.0.class' of the manifest is wrong: it must be of printable characters."),
    ([entry("noise.cf32", "\ud800")], "'files.0.class' of the manifest is wrong: it must be of printable characters."),
    ([{"name": "a.cf32", "sample_rate": -1}], "'files.0.sample_rate' of the manifest is wrong"),
    ([], "'files' of the manifest is wrong"),
    ([{"name": "a.cf32"}], "nothing to score"),
    ([{"name": "missing.cf32", "sample_format": "cf32_le", "class": "BPSK", "sample_rate": 1}], "missing.cf32"),
    ([{"name": "loop.cf32", "sample_format": "cf32_le", "class": "BPSK", "sample_rate": 1}], "Too many levels of symbolic links"),
    ([{"name": "qpsk.cf32", "sample_format": "cf32_le", "class": "BPSK"}], "add 'sample_rate', in Hz"),
    ([{"name": "qpsk.cf32", "sample_format": "coco", "class": "BPSK", "sample_rate": 1}], "no bzip2 archive"),
    ([{"name": "none.coco", "sample_format": "coco", "class": "BPSK", "sample_rate": 1}], "none.coco: it can't be unpacked: No such file"),
    ([{"name": "bomb.coco", "sample_format": "coco", "class": "BPSK", "sample_rate": 1}], "a header claims 2097664 bytes"),
    ([{"name": "odd.coco", "sample_format": "coco", "class": "BPSK", "sample_rate": 1}], "no bzip2 archive"),
])
def test_a_bad_manifest_is_named(folder, files, rule):
    manifest = write_manifest(folder, *files)
    assert rule in the_error(rfsec("evaluate", "--manifest", manifest, "--model", folder / "qpsk.onnx"))


@pytest.mark.parametrize("kind, size, count, rule", [
    (b"Z", 1 << 40, 1, "it unpacks to 1,099,511,628,288 bytes, more than"), (tarfile.DIRTYPE, 0, 2000, "there is no file in this archive"),
    (tarfile.GNUTYPE_LONGNAME, 1, 2000, "this is no bzip2 archive with a recording in it")])
def test_an_archive_that_would_be_unpacked_without_end_is_refused(tmp_path, kind, size, count, rule):
    """A file stands behind what is passed over: much of nothing, many folders, or names of names of names."""
    info, file = tarfile.TarInfo("a"), tarfile.TarInfo("inside.complex")
    info.type, info.size, file.size = kind, size, 8000
    block = info.tobuf(tarfile.GNU_FORMAT) + bytes(512 if size == 1 else 0)
    (tmp_path / "a.coco").write_bytes(bz2.compress(count * block + file.tobuf() + bytes(8192 + 1024)))
    with pytest.raises(DatasetError, match=rule), opened(tmp_path, Entry(name="a.coco", sample_format="coco", sample_rate=RATE_HZ)):
        pass


def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for name, form in (("pipe", "coco"), ("pipe", "cf32_le")):
        with pytest.raises((DatasetError, RecordingError), match="pipe.* is a pipe or device"), opened(tmp_path, Entry(name=name, sample_format=form)):
            pass
    with pytest.raises(DatasetError, match="pipe: it can't be read: it is a pipe or device"):
        load_manifest(tmp_path / "pipe")
    (tmp_path / "GROUND_TRUTH.json").symlink_to("pipe")
    with pytest.raises(DatasetError, match="GROUND_TRUTH.json: it can't be read: it is a pipe or device"):
        known_starts(tmp_path / "m.json")


def test_memory_does_not_grow_with_the_bursts_of_a_recording(tmp_path):
    class Sure:
        def decide(self, bursts):
            return [BurstDecision("QPSK", 1.0, ACCEPTED)] * len(bursts)

    one, peaks = burst_scene(45_000, [(5_000, 35_000, 0.2)]), []
    for count in (20, 200):
        np.tile(one, count).tofile(tmp_path / "many.cf32")
        tracemalloc.start()
        score = score_file(tmp_path, Entry(**entry("many.cf32", "QPSK")), Sure(), [5_000])
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert (score.bursts, score.right, score.starts_met) == (count, count, 1)
    assert peaks[1] < peaks[0] + 5e6


def test_a_mark_of_the_byte_order_before_a_manifest_is_passed_over(tmp_path):
    (tmp_path / "m.json").write_text('\ufeff{"files": [{"name": "a"}]}')
    assert [one.name for one in load_manifest(tmp_path / "m.json")] == ["a"]


def test_no_room_for_what_an_archive_holds(folder):
    """A limit on a file's size stands for the disk."""

    def small_disk():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))

    manifest = write_manifest(folder, entry("qpsk.coco", "QPSK", sample_format="coco"))
    done = rfsec("evaluate", "--manifest", manifest, "--model", folder / "qpsk.onnx", preexec_fn=small_disk)
    assert "qpsk.coco: it can't be unpacked: File too large" in the_error(done)


def test_no_json_and_no_source(folder):
    (folder / "bad.json").write_text("{")
    assert "this is not JSON" in the_error(rfsec("evaluate", "--manifest", folder / "bad.json", "--model", folder / "qpsk.onnx"))
    assert "by --windows, or labelled recordings by --manifest" in the_error(rfsec("evaluate"))


@pytest.mark.skipif(RECORDINGS is None, reason="RFSEC_RECORDINGS names no folder of recordings")
def test_real_recordings():
    done = rfsec("evaluate", "--manifest", Path(RECORDINGS) / "MANIFEST.json", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["share_of_starts_met"] >= 0.95
    assert found["share_of_files_right"] >= 0.9
    assert found["share_of_bursts_right"] >= 0.8
