# SPDX-License-Identifier: GPL-3.0-or-later
"""DeepMIMO's files in each form that its generators write, by SciPy's and NumPy's writers; and damaged in every way."""

import struct

import numpy as np
import pytest
from scipy.io import savemat

from command_line import rfsec, the_error
from gnuradio.rfsec.datasets import room
from gnuradio.rfsec.datasets.channel_pairs import load_pairs
from gnuradio.rfsec.datasets.deepmimo import load_deepmimo
from gnuradio.rfsec.datasets.mat_file import read_mat
from gnuradio.rfsec.errors import DatasetError

RNG = np.random.default_rng(11)
USERS, CARRIERS = 120, 8
PLACES = RNG.uniform(0, 9, (USERS, 3))
BANDS = RNG.standard_normal((2, USERS, 1, 1, CARRIERS)) + 1j * RNG.standard_normal((2, USERS, 1, 1, CARRIERS))


def as_matlab(path, channel, places=PLACES, stations=1, compressed=True):
    """What MATLAB's generator makes: a cell for each base station, in it a cell for each user."""
    users = np.empty((1, len(channel)), object)
    for number, one in enumerate(channel):
        users[0, number] = {"channel": one, "params": {"phase": np.arange(5.0)}, "loc": places[[number]], "LoS_status": 1}
    cells = np.empty((1, stations), object)
    for number in range(stations):
        cells[0, number] = {"user": users, "loc": np.zeros((1, 3)), "rotation": np.zeros((1, 3))}
    savemat(path, {"DeepMIMO_dataset": cells, "dataset_params": {"num_paths": 5, "scenario": "I1_2p4"}}, do_compression=compressed)


def as_python(path, channel, places=PLACES):
    savemat(path, {"channel": channel, "location": places, "LoS": np.ones(len(channel))})


def as_arrays(path, channel, places=PLACES):
    np.savez(path, channel=channel, location=places, paths=np.array([{}], object))


def as_version_4(path, channel, places=PLACES):
    np.savez_compressed(path, channel=channel, rx_pos=places)


FORMS = [(as_matlab, "mat"), (lambda *given: as_matlab(*given, compressed=False), "mat"), (as_python, "mat"), (as_arrays, "npz"), (as_version_4, "npz")]


def refusal(one, other):
    """The one line with which a pair of files is refused."""
    with pytest.raises(DatasetError) as caught:
        load_deepmimo(one, other)
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 600
    return str(caught.value)


@pytest.mark.parametrize("write, end", FORMS)
def test_each_form_gives_the_same_channels(tmp_path, write, end):
    files = [tmp_path / f"{band}.{end}" for band in (1, 2)]
    for path, channel in zip(files, BANDS):
        write(path, channel)
    found = load_deepmimo(*files)
    np.testing.assert_array_equal(found.positions, PLACES)
    for one, channel in zip((found.band1, found.band2), BANDS):
        assert one.dtype == np.complex64
        np.testing.assert_array_equal(one, channel[:, 0, 0].astype(np.complex64))


def test_users_that_no_path_reaches_are_left_out(tmp_path):
    for band, (path, hidden) in enumerate((("1.mat", 3), ("2.mat", 7))):
        channel = BANDS[band].copy()
        channel[hidden] = 0
        as_matlab(tmp_path / path, channel)
    found = load_deepmimo(tmp_path / "1.mat", tmp_path / "2.mat")
    np.testing.assert_array_equal(found.positions, np.delete(PLACES, (3, 7), axis=0))
    as_python(tmp_path / "0.mat", 0 * BANDS[0])
    assert "No path reaches any user" in refusal(tmp_path / "0.mat", tmp_path / "2.mat")


@pytest.mark.parametrize("write, message", [
    (lambda path: as_matlab(path, BANDS[0], stations=2), "must hold one base station. It holds 2"),
    (lambda path: as_python(path, np.repeat(BANDS[0], 4, axis=2)), r"one antenna at both ends and at least 2 subcarriers"),
    (lambda path: as_python(path, BANDS[0].real), "must be complex"),
    (lambda path: as_python(path, BANDS[0] * 1e300), "must be finite"),
    (lambda path: as_python(path, np.where(BANDS[0].real > 2, np.nan, BANDS[0])), "must be finite"),
    (lambda path: as_python(path, BANDS[0], PLACES[:, :2]), r"must be numbers, [120, 3]"),
    (lambda path: as_python(path, BANDS[0], PLACES[:-1]), r"must be numbers, [120, 3]"),
    (lambda path: as_python(path, BANDS[0], PLACES + 0.1), "must hold the same users"),
    (lambda path: as_python(path, BANDS[0][..., :-1]), "must hold the same users and subcarriers"),
    (lambda path: as_python(path, BANDS[0][:0], PLACES[:0]), "of at least 1 user"),
    (lambda path: savemat(path, {"channel": BANDS[0]}), "must hold channel and location"),
    (lambda path: savemat(path, {"DeepMIMO_dataset": BANDS[0]}), "must be a cell with users"),
    (lambda path: path.write_bytes(b"MATLAB 7.3 MAT-file".ljust(124) + b"\x00\x02IM" + b"\x89HDF"), "save it again with save's option -v7"),
    (lambda path: path.write_text("no such file"), "it has no header of level 5"),
    (lambda path: None, "No such file or directory"),
])
def test_what_is_no_pair_is_refused(tmp_path, write, message):
    as_python(tmp_path / "right.mat", BANDS[1])
    write(tmp_path / "wrong.mat")
    assert message in refusal(tmp_path / "wrong.mat", tmp_path / "right.mat")


@pytest.mark.parametrize("write, end", FORMS)
def test_damage_is_refused_or_does_no_harm(tmp_path, write, end):
    right, wrong = tmp_path / f"right.{end}", tmp_path / f"wrong.{end}"
    write(right, BANDS[0])
    rng, refused = np.random.default_rng(1), 0
    for _ in range(150):
        content = bytearray(right.read_bytes())
        for _ in range(rng.integers(1, 5)):
            content[rng.integers(len(content))] = rng.integers(256)
        wrong.write_bytes(content[: rng.integers(len(content))] if rng.random() < 0.2 else content)
        try:
            assert np.isfinite(load_deepmimo(wrong, right).band1).all()
        except DatasetError as error:
            assert "\n" not in str(error)
            refused += 1
    assert refused > 20


def test_files_of_the_other_byte_order_and_of_small_elements_are_read(tmp_path):
    """By hand from the format's document: a 2 x 2 array of doubles kept as bytes, in a small element."""
    def of(order):
        def element(kind, data):
            return struct.pack(order + "II", kind, len(data)) + data + bytes(-len(data) % 8)
        body = (element(6, struct.pack(order + "II", 6, 0)) + element(5, struct.pack(order + "ii", 2, 2))
                + struct.pack(order + "I", 1 << 16 | 1) + b"x\0\0\0" + struct.pack(order + "I", 4 << 16 | 2) + bytes((1, 2, 3, 4)))
        return b"MATLAB 5.0 MAT-file".ljust(124) + struct.pack(order + "HH", 0x0100, 0x4D49) + element(14, body)
    for order in "<>":
        (tmp_path / "one.mat").write_bytes(of(order))
        np.testing.assert_array_equal(read_mat(tmp_path / "one.mat", frozenset("x"))["x"], [[1, 3], [2, 4]])


def element(kind, data):
    return struct.pack("<II", kind, len(data)) + data + bytes(-len(data) % 8)


def doubles(*values):
    return element(9, np.array(values, "<f8").tobytes())


def lengths(*values):
    return element(5, np.array(values, "<i4").tobytes())


@pytest.mark.parametrize("array_class, parts, message", [
    (6, (doubles(np.nan, 1), doubles()), "has no shape"),
    (6, (doubles(np.inf, 1), doubles()), "has no shape"),
    (6, (doubles(1, 1), doubles(5)), "has no shape"),
    (6, (lengths(*[1] * 33), doubles(5)), "has 33 dimensions, more than 32"),
    (1, (lengths(*[1] * 33),), "has 33 dimensions, more than 32"),
    (6, (lengths(0, 2**31 - 1, 2**31 - 1, 2**31 - 1), doubles()), "dimensions that are too long"),
    (2, (lengths(1, 1), doubles(np.nan), element(1, b"field\0\0\0"), element(14, b"")), "struct has no names"),
    (2, (lengths(1, 1), doubles(np.inf), element(1, b"field\0\0\0"), element(14, b"")), "struct has no names"),
    (2, (lengths(1, 1), doubles(8), element(1, b"field\0\0\0"), element(14, b"")), "struct has no names"),
])
def test_numbers_that_are_no_lengths_are_refused(tmp_path, array_class, parts, message):
    """A shape, the name `channel`, and what an array of that class consists of."""
    shape, *others = parts
    body = element(6, struct.pack("<II", array_class, 0)) + shape + element(1, b"channel") + b"".join(others)
    (tmp_path / "wrong.mat").write_bytes(b"MATLAB 5.0 MAT-file".ljust(124) + struct.pack("<HH", 0x0100, 0x4D49) + element(14, body))
    as_python(tmp_path / "right.mat", BANDS[1])
    assert message in refusal(tmp_path / "wrong.mat", tmp_path / "right.mat")


def test_arrays_that_lie_too_deep_are_refused(tmp_path):
    inner = np.zeros((1, 1))
    for _ in range(12):
        cell = np.empty((1, 1), object)
        cell[0, 0] = inner
        inner = cell
    savemat(tmp_path / "deep.mat", {"channel": inner})
    with pytest.raises(DatasetError, match="lie too deep"):
        read_mat(tmp_path / "deep.mat", frozenset(["channel"]))


def test_the_command_writes_pairs_that_training_reads(tmp_path):
    for path, channel in zip(("1.mat", "2.mat"), BANDS):
        as_matlab(tmp_path / path, channel)
    done = rfsec("dataset", "deepmimo", tmp_path / "1.mat", tmp_path / "2.mat", "--out", tmp_path / "pairs.npz")
    assert done.returncode == 0 and "(120 positions," in " ".join(done.stdout.split()), done.stderr
    expected = load_deepmimo(tmp_path / "1.mat", tmp_path / "2.mat")
    assert expected.sha256 in done.stdout.replace("\n", "")
    pairs = load_pairs(tmp_path / "pairs.npz")
    np.testing.assert_array_equal(pairs.band1, expected.band1)
    np.testing.assert_array_equal(pairs.band2, expected.band2)
    done = rfsec("dataset", "deepmimo", tmp_path / "1.mat", tmp_path / "none.mat", "--out", tmp_path / "other.npz")
    assert "none.mat' cannot be read: No such file" in the_error(done) and not (tmp_path / "other.npz").exists()


def test_the_command_does_not_write_over_what_it_reads(tmp_path):
    np.savez(tmp_path / "both.npz", channel=BANDS[0], location=PLACES)
    (tmp_path / "link.npz").symlink_to("both.npz")
    before = (tmp_path / "both.npz").read_bytes()
    done = rfsec("dataset", "deepmimo", tmp_path / "both.npz", tmp_path / "both.npz", "--out", tmp_path / "link.npz")
    assert "link.npz' cannot be written: the channels are read from that file. Choose another --out" in the_error(done)
    assert (tmp_path / "both.npz").read_bytes() == before


def test_the_room_is_written_by_command(tmp_path, monkeypatch):
    """A small room is put into the cache, where the command looks first."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(room, "grid", lambda every=room.grid: every()[::1000])
    kept = room.load_room("disjoint-100")
    done = rfsec("dataset", "make", "room", "--scenario", "disjoint-100", "--out", tmp_path / "room.npz")
    assert done.returncode == 0 and kept.sha256 in done.stdout.replace("\n", ""), done.stderr
    with np.load(tmp_path / "room.npz", allow_pickle=False) as file:
        for name in ("positions", "band1", "band2"):
            np.testing.assert_array_equal(file[name], getattr(kept, name))
    done = rfsec("dataset", "make", "room", "--scenario", "attic", "--out", tmp_path / "other.npz")
    assert "'scenario' of a room must be one of paper" in the_error(done)
