# SPDX-License-Identifier: GPL-3.0-or-later
"""Labelled windows of every kind of file: small ones in the published formats, whole and damaged in every way."""

import io
import os
import pickle
import re
import tracemalloc
from pathlib import Path

import h5py
import numpy as np
import pytest
from command_line import rfsec, the_error

from gnuradio.rfsec.datasets.opening import open_windows
from gnuradio.rfsec.datasets.rml2016a import LABELS
from gnuradio.rfsec.datasets.rml2018a_hdf5 import LABELS as LABELS_2018
from gnuradio.rfsec.errors import DatasetError, ParameterError

RNG = np.random.default_rng(5)


def refusal(path) -> str:
    """The one line with which a file is refused, which names it."""
    with pytest.raises(DatasetError) as caught:
        open_windows(path)
    message = str(caught.value)
    assert "\n" not in message and path.name in message and len(message) < 700
    return message


class Python2Pickler(pickle._Pickler):
    """Writes bytes and text alike as a `str` of Python 2, which is how the published file has them."""

    dispatch = dict(pickle._Pickler.dispatch)

    def save_string(self, obj):
        raw = obj.encode() if isinstance(obj, str) else obj
        if self.proto == 0:
            self.write(b"S" + repr(raw)[1:].encode() + b"\n")
        else:
            self.write(b"T" + len(raw).to_bytes(4, "little") + raw)
        self.memoize(obj)

    dispatch[bytes] = dispatch[str] = save_string


def cells(labels=("QPSK", "BPSK"), snrs=(0, -2), count=3, shape=(2, 128), dtype=np.float32):
    return {(label, snr): RNG.standard_normal((count, *shape)).astype(dtype) for label in labels for snr in snrs}


def write_python2(path, content, protocol=2):
    file = io.BytesIO()
    Python2Pickler(file, protocol).dump(content)
    path.write_bytes(file.getvalue())
    return path


@pytest.mark.parametrize("protocol", [0, 2])
def test_published_pickle(tmp_path, protocol):
    content = cells()
    path = write_python2(tmp_path / "RML2016.10a_dict.pkl", content, protocol)
    assert b"_codecs" not in path.read_bytes()  # with which Python 3 writes bytes
    windows, labels = open_windows(path)
    assert labels == ("BPSK", "QPSK")  # the order of RadioML's 11, without those that the file lacks
    np.testing.assert_array_equal(windows.label, np.repeat([0, 1], 6))
    np.testing.assert_array_equal(windows.snr_db, np.tile(np.repeat([-2, 0], 3), 2))
    assert windows.x.dtype == np.complex64 and windows.label.dtype == windows.snr_db.dtype == np.int16
    np.testing.assert_array_equal(windows.x[9:].real, content["QPSK", 0][:, 0])
    np.testing.assert_array_equal(windows.x[9:].imag, content["QPSK", 0][:, 1])


@pytest.mark.parametrize("protocol", range(5))
@pytest.mark.parametrize("module", [b"numpy.core", b"numpy._core"])
def test_pickle_saved_again_by_python3_with_bytes_as_keys_and_numbers_of_numpy(tmp_path, module, protocol):
    content = {(label.encode(), np.int64(snr)): array for (label, snr), array in cells(LABELS, dtype=np.float64).items()}
    raw = pickle.dumps(content, protocol)
    if protocol < 4:  # 4 says how long a name is
        raw = raw.replace(b"numpy.core", module)
    (tmp_path / "set.pkl").write_bytes(raw)
    windows, labels = open_windows(tmp_path / "set.pkl", windows_per_cell=2)
    assert labels == LABELS and len(windows) == 11 * 2 * 2
    expected = content[b"8PSK", -2][:2].astype(np.float32)
    np.testing.assert_array_equal(windows.x[:2], expected[:, 0] + 1j * expected[:, 1])


class Hostile:
    def __init__(self, *call):
        self.call = call

    def __reduce__(self):
        return self.call


@pytest.mark.parametrize("protocol", [0, 2, 4])
def test_a_hostile_pickle_runs_nothing(tmp_path, protocol):
    trace = tmp_path / "trace"
    for function, argument in ((open, (str(trace), "w")), (eval, (f"open({str(trace)!r}, 'w')",))):
        content = {**cells(), ("WBFM", 0): Hostile(function, argument)}
        (tmp_path / "set.pkl").write_bytes(pickle.dumps(content, protocol))
        assert "which is no NumPy array" in refusal(tmp_path / "set.pkl")
        assert not trace.exists()
        pickle.loads(pickle.dumps(content[("WBFM", 0)], protocol))  # it is one: plain Python obeys it
        assert trace.exists()
        trace.unlink()


@pytest.mark.parametrize(("content", "message"), [
    ([1, 2], "no dictionary of arrays"),
    ({("QPSK", 0): 3.0}, "no dictionary of arrays"),
    ({("QPSK", 0): np.array(["a", "b"])}, "which are no numbers"),
    ({("QPSK", 0): np.array([{}, None])}, "which are no numbers"),
    ({}, "Each of them is missing"),
    (cells(labels=("QPSK", "64APSK")), "must be pairs of a modulation of RadioML 2016.10a"),
    ({"QPSK": np.zeros((3, 2, 128))}, "must be pairs of a modulation"),
    ({("QPSK", 0.5): np.zeros((3, 2, 128))}, "must be pairs of a modulation"),
    (cells(shape=(128, 2)), r"must be floats \[n, 2, 128\]. Got float32 \[3, 128, 2\]"),
    (cells(shape=(2, 1024)), r"must be floats \[n, 2, 128\]"),
    (cells(count=0), r"must be floats \[n, 2, 128\]"),
    (cells(dtype=np.int64), r"Got int64 \[3, 2, 128\] for \('QPSK', 0\) instead"),
    ({**cells(), ("WBFM", 0): np.zeros((1, 2, 128))}, r"\('WBFM', -2\) is missing"),
    ({**cells(), ("QPSK", 0): np.full((3, 2, 128), np.nan)}, r"Window 0 \(from 0\) of QPSK at 0 dB holds NaN or infinity"),
    ({**cells(), ("QPSK", 0): np.full((3, 2, 128), 1e300)}, r"Window 0 \(from 0\) of QPSK at 0 dB holds NaN or infinity"),
])  # fmt: skip
def test_a_wrong_pickle(tmp_path, content, message):
    assert re.search(message, refusal(write_python2(tmp_path / "set.pkl", content)))


def test_a_pickle_takes_no_memory_by_a_number_in_it(tmp_path):
    (tmp_path / "set.pkl").write_bytes(b"\x80\x02Nr" + (2**25).to_bytes(4, "little") + b".")  # "remember None as number 2^25"
    tracemalloc.start()
    try:
        refusal(tmp_path / "set.pkl")
        assert tracemalloc.get_traced_memory()[1] < 2**20
    finally:
        tracemalloc.stop()


_DEEP = b")" + b"\x85" * 3_000_000  # a tuple in a tuple in a tuple


@pytest.mark.parametrize("key", [_DEEP, b"(" + _DEEP + b"\x91"], ids=["tuples", "in a set"])
def test_a_pickle_whose_key_is_too_deep_to_hash_does_not_end_the_process(tmp_path, key):
    (tmp_path / "set.pkl").write_bytes(b"\x80\x04}" + key + b"Ns.")
    assert "set.pkl" in the_error(rfsec("evaluate", "--windows", tmp_path / "set.pkl"))


@pytest.mark.parametrize("key", [("QPSK", 10**5000), 10**5000], ids=["pair", "number"])
def test_a_pickle_with_a_key_that_is_no_label_and_snr(tmp_path, key):
    (tmp_path / "set.pkl").write_bytes(pickle.dumps({key: np.zeros((3, 2, 128), np.float32)}, 4))
    refusal(tmp_path / "set.pkl")


def test_a_pickle_cut_short_anywhere(tmp_path):
    raw = write_python2(tmp_path / "set.pkl", cells()).read_bytes()
    for size in range(0, len(raw), 97):
        (tmp_path / "set.pkl").write_bytes(raw[:size])
        refusal(tmp_path / "set.pkl")


def write_hdf5(path, count=4, snrs=(-20, 30), order=None, **changed):
    """A file like the published one, with `count` windows of each of its 24 labels at each SNR."""
    label = np.repeat(np.arange(24), count * len(snrs))
    arrays = {
        "X": RNG.standard_normal((len(label), 1024, 2)).astype(np.float32),
        "Y": np.eye(24, dtype=np.int64)[label],
        "Z": np.tile(np.repeat(snrs, count), 24)[:, None],
    }
    arrays = {name: array[slice(None) if order is None else order] for name, array in arrays.items()} | changed
    with h5py.File(path, "w") as file:
        for name, array in arrays.items():
            if array is not None:
                file[name] = array
    return arrays


def test_published_hdf5(tmp_path):
    arrays = write_hdf5(tmp_path / "GOLD_XYZ_OSC.0001_1024.hdf5")
    windows, labels = open_windows(tmp_path / "GOLD_XYZ_OSC.0001_1024.hdf5")
    assert labels == LABELS_2018 and len(set(labels)) == 24
    # The order of classes-fixed.txt, not that of classes.txt, which begins with 32PSK.
    assert (labels[0], labels[3], labels[12], labels[23]) == ("OOK", "BPSK", "16QAM", "OQPSK")
    np.testing.assert_array_equal(windows.label, arrays["Y"].argmax(axis=1))
    np.testing.assert_array_equal(windows.snr_db, arrays["Z"][:, 0])
    np.testing.assert_array_equal(windows.x, arrays["X"][..., 0] + 1j * arrays["X"][..., 1])


def test_a_part_of_a_shuffled_hdf5_is_the_first_of_each_cell(tmp_path):
    arrays = write_hdf5(tmp_path / "set.hdf5", count=30, order=np.random.default_rng(1).permutation(24 * 2 * 30))
    windows, _ = open_windows(tmp_path / "set.hdf5", windows_per_cell=2)
    assert len(windows) == 24 * 2 * 2
    np.testing.assert_array_equal(windows.label, np.repeat(np.arange(24), 4))
    np.testing.assert_array_equal(windows.snr_db, np.tile([-20, -20, 30, 30], 24))
    for label, snr_db in ((0, -20), (17, 30)):
        rows = np.flatnonzero((arrays["Y"][:, label] == 1) & (arrays["Z"][:, 0] == snr_db))[:2]
        found = windows.x[(windows.label == label) & (windows.snr_db == snr_db)]
        np.testing.assert_array_equal(found, arrays["X"][rows, :, 0] + 1j * arrays["X"][rows, :, 1])


@pytest.mark.parametrize(("changed", "message"), [
    ({"Z": None}, "'Z' of .* must be numbers .* Got none instead"),
    ({"X": np.zeros((48, 128, 2), np.float32)}, r"'X' of .* must be numbers \[48, 1024, 2\].*Got \(48, 128, 2\)"),
    ({"X": np.zeros((40, 1024, 2), np.float32)}, r"'X' of .* must be numbers \[48, 1024, 2\]"),
    ({"X": np.zeros((48, 1024, 2), "S1")}, "'X' of .* must be numbers"),
    ({"Y": np.eye(11)}, r"'Y' of .* must be numbers \[n, 24\].*Got \(11, 11\)"),
    ({"Y": np.ones((48, 24))}, "must hold one 1 and 23 zeros"),
    ({"Z": np.full((48, 1), 0.5)}, "must be whole numbers of dB"),
    ({"Z": np.full((48, 1), np.nan)}, "must be whole numbers of dB"),
    ({"Z": np.full((48, 1), np.iinfo(np.int64).min)}, "must be whole numbers of dB"),
    ({"Z": np.zeros((7, 1))}, r"'Z' of .* must be numbers \[48, 1\]"),
    ({"X": np.full((48, 1024, 2), 1e300)}, r"Window 0 \(from 0\) of OOK at -20 dB holds NaN or infinity"),
    ({"X": np.full((48, 1024, 2), np.inf, np.float32)}, r"Window 0 \(from 0\) of OOK at -20 dB holds NaN or infinity"),
])  # fmt: skip
@pytest.mark.filterwarnings("error")
def test_a_wrong_hdf5(tmp_path, changed, message):
    write_hdf5(tmp_path / "set.hdf5", count=1, **changed)
    assert re.search(message, refusal(tmp_path / "set.hdf5"))


@pytest.mark.parametrize("share", [0.001, 0.1, 0.5, 0.99])
def test_an_hdf5_cut_short(tmp_path, share):
    write_hdf5(tmp_path / "set.hdf5", count=1)
    raw = (tmp_path / "set.hdf5").read_bytes()
    (tmp_path / "set.hdf5").write_bytes(raw[: int(len(raw) * share)])
    assert "cannot be read as HDF5" in refusal(tmp_path / "set.hdf5")


def someones(**changed):
    """The arrays of anyone's .npz: 6 windows of 3 labels."""
    arrays = {
        "x": (RNG.standard_normal((6, 100)) + 1j * RNG.standard_normal((6, 100))),
        "label": np.array(["QPSK", "BPSK", "QPSK", "8PSK", "8PSK", "QPSK"]),
        "snr_db": np.array([0.0, 2, 0, 0, 2, 1.6]),
    } | changed
    return {name: array for name, array in arrays.items() if array is not None}


def write_npz(path, **changed):
    arrays = someones(**changed)
    np.savez(path, **arrays)
    return arrays


@pytest.mark.parametrize("kind", ["U", "S"])
def test_anyones_npz(tmp_path, kind):
    label = someones()["label"]
    arrays = write_npz(tmp_path / "set.npz", label=label.astype(kind))
    windows, labels = open_windows(tmp_path / "set.npz")
    assert labels == ("8PSK", "BPSK", "QPSK") and windows.x.dtype == np.complex64
    assert [labels[index] for index in windows.label] == label.tolist()
    assert windows.snr_db.tolist() == [0, 2, 0, 0, 2, 2] and windows.snr_db.dtype == np.int16
    np.testing.assert_allclose(windows.x, arrays["x"], rtol=1e-6)
    assert len(open_windows(tmp_path / "set.npz", windows_per_cell=1)[0]) == 5


def test_npz_with_names_in_an_order_of_its_own(tmp_path):
    names = np.array(["QPSK", "8PSK", "BPSK", "GFSK"])
    write_npz(tmp_path / "names.npz", labels=names)
    write_npz(tmp_path / "numbers.npz", labels=names, label=np.array([0, 2, 0, 1, 1, 0]))
    for name in ("names.npz", "numbers.npz"):
        windows, labels = open_windows(tmp_path / name)
        assert labels == tuple(names) and windows.label.tolist() == [0, 2, 0, 1, 1, 0]


@pytest.mark.parametrize("names", [["8PSK", "8PSK", "BPSK", "QPSK"], ["QPSK", "BPSK", "QPSK", "8PSK", "8PSK", "QPSK"]])
def test_names_that_are_repeated_count_once(tmp_path, names):
    arrays = write_npz(tmp_path / "set.npz", labels=np.array(names))
    windows, labels = open_windows(tmp_path / "set.npz")
    assert labels == tuple(dict.fromkeys(names)) and [labels[index] for index in windows.label] == arrays["label"].tolist()


def test_more_names_than_can_be_counted_are_refused(tmp_path):
    count = 2**15 + 1
    write_npz(tmp_path / "set.npz", x=np.zeros((count, 1), complex), label=np.arange(count).astype(str), snr_db=np.zeros(count))
    assert "must be at most 32,768 different names" in refusal(tmp_path / "set.npz")


@pytest.mark.parametrize("windows_per_cell", [None, 2])
def test_a_window_that_is_not_finite_is_named_as_it_stands_in_the_file(tmp_path, windows_per_cell):
    x = np.ones((6, 100), complex)
    x[2, 99] = np.nan  # the second QPSK at 0 dB
    write_npz(tmp_path / "set.npz", x=x)
    with pytest.raises(DatasetError, match=r"Window 1 \(from 0\) of QPSK at 0 dB holds NaN"):
        open_windows(tmp_path / "set.npz", windows_per_cell)


@pytest.mark.parametrize(("changed", "message"), [
    ({"x": None}, "'x' of .* must be complex samples .* Got none instead"),
    ({"x": np.zeros((6, 2, 128))}, r"'x' of .* must be complex samples .* Got float64 \[6, 2, 128\] instead"),
    ({"x": np.zeros(6, complex)}, "'x' of .* must be complex samples"),
    ({"x": np.zeros((0, 128), complex)}, "'x' of .* must be complex samples"),
    ({"x": np.full((6, 128), np.nan + 0j)}, r"Window 0 \(from 0\) of QPSK at 0 dB holds NaN or infinity"),
    ({"label": None}, "'label' of .* must be 6 names, one for each window. Got none"),
    ({"label": np.array(["QPSK"] * 5)}, "'label' of .* must be 6 names"),
    ({"label": np.zeros(6)}, "'label' of .* must be 6 names, one for each window. Got float64"),
    ({"label": np.zeros(6, int)}, "'labels' of .* must be the names that the numbers in 'label' stand for"),
    ({"label": np.arange(6), "labels": np.array(["a", "b"])}, "must be from 0 to 1, as it has 2 'labels'. Got 0 to 5"),
    ({"labels": np.array(["QPSK", "BPSK"])}, "'labels' of .* must be names that include '8PSK'"),
    ({"label": np.array(["QPSK"] * 6, object)}, "cannot be read: Object arrays"),
    ({"snr_db": None}, "'snr_db' of .* must be 6 numbers"),
    ({"snr_db": np.zeros(5)}, "'snr_db' of .* must be 6 numbers"),
    ({"snr_db": np.full(6, np.nan)}, "'snr_db' of .* must be 6 numbers"),
    ({"snr_db": np.array(["0"] * 6)}, "'snr_db' of .* must be 6 numbers"),
    ({"snr_db": np.full(6, np.iinfo(np.int64).min)}, "'snr_db' of .* must be 6 numbers"),
    ({"labels": np.arange(40_000).astype(str)}, "'labels' of .* must be at most 32,768 names"),
    ({"sha256": np.array("0" * 64)}, "damaged: its SHA-256 differs"),
])  # fmt: skip
def test_a_wrong_npz(tmp_path, changed, message):
    write_npz(tmp_path / "set.npz", **changed)
    assert re.search(message, refusal(tmp_path / "set.npz"))


def test_an_npz_cut_short_or_with_a_flipped_bit(tmp_path):
    write_npz(tmp_path / "set.npz")
    raw = (tmp_path / "set.npz").read_bytes()
    for size in range(4, len(raw), 501):
        (tmp_path / "set.npz").write_bytes(raw[:size])
        assert "cannot be read" in refusal(tmp_path / "set.npz")
    (tmp_path / "set.npz").write_bytes(raw[:4000] + bytes([raw[4000] ^ 1]) + raw[4001:])
    assert "cannot be read: Bad CRC" in refusal(tmp_path / "set.npz")


def test_no_data_set_at_all(tmp_path):
    for content in (b"", b"no data set", b"\x93NUMPY\x01\x00", bytes(1000), b"PK\x03\x04" + bytes(100)):
        (tmp_path / "file").write_bytes(content)
        assert "cannot be read" in refusal(tmp_path / "file")
    assert "Check the path" in refusal(tmp_path / "missing.npz")
    (tmp_path / "folder").mkdir()
    assert "is a folder. Name one of the .npz files in it" in refusal(tmp_path / "folder")
    os.mkfifo(tmp_path / "pipe")
    assert "cannot be read: it is a pipe or device. Name a file" in refusal(tmp_path / "pipe")
    assert "cannot be read: it is a pipe or device. Name a file" in refusal(Path("/dev/zero"))
    with pytest.raises(ParameterError, match="'windows_per_cell' of a data set must be at least 1"):
        open_windows(tmp_path / "file", windows_per_cell=0)
