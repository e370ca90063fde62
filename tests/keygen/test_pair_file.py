# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of pairs: every kind of numbers, and one line for every file that holds none."""

import numpy as np
import pytest
from gnuradio.rfsec.errors import DatasetError
from gnuradio.rfsec.keygen.pair_file import read_pairs

ROWS = np.arange(12.0).reshape(3, 4)


def written(tmp_path, **arrays):
    path = tmp_path / "pairs.npz"
    np.savez(path, **arrays)
    return path


@pytest.mark.parametrize("kind", [np.float16, np.float32, np.float64, np.int8, np.uint16])
def test_real_numbers_of_any_kind_are_features(tmp_path, kind):
    pairs = read_pairs(written(tmp_path, alice=ROWS.astype(kind), bob=ROWS, eve=-ROWS, other=np.zeros(1)))
    for values, expected in ((pairs.alice, ROWS), (pairs.bob, ROWS), (pairs.eve, -ROWS)):
        assert values.dtype == np.float64
        np.testing.assert_array_equal(values, expected)


def test_complex_numbers_become_real_then_imaginary_parts(tmp_path):
    pairs = read_pairs(written(tmp_path, alice=ROWS[:, :2] + 1j * ROWS[:, 2:], bob=ROWS))
    np.testing.assert_array_equal(pairs.alice, ROWS)
    assert pairs.eve is None


@pytest.mark.parametrize("arrays, said", [
    ({"alice": ROWS}, "'bob' .* Got none"), ({"bob": ROWS}, "'alice' .* Got none"), ({}, "'alice' .* Got none"),
    ({"alice": ROWS, "bob": ROWS[:2]}, r"'alice' and 'bob' .* \[3, 4\] and float64 \[2, 4\]"), ({"alice": ROWS, "bob": ROWS[:, :3]}, "same probes and features"),
    ({"alice": ROWS, "bob": ROWS, "eve": ROWS[:1]}, "'alice' and 'eve'"), ({"alice": ROWS, "bob": ROWS * 1j}, "same probes and features"),
    ({"alice": ROWS[0], "bob": ROWS[0]}, r"'alice' .* float64 \[4\]"), ({"alice": ROWS[None], "bob": ROWS[None]}, "must be rows"),
    ({"alice": ROWS[:0], "bob": ROWS[:0]}, "must be rows"), ({"alice": ROWS[:, :1], "bob": ROWS[:, :1]}, "2 to 4096 real features. Got 1"),
    ({"alice": np.zeros((2, 4097)), "bob": np.zeros((2, 4097))}, "Got 4097"), ({"alice": ROWS > 1, "bob": ROWS}, "bool"),
    ({"alice": ROWS.astype(str), "bob": ROWS}, "must be rows"), ({"alice": ROWS, "bob": ROWS, "eve": np.array("x")}, "'eve'"),
    ({"alice": np.array([[{}]], object), "bob": ROWS}, "cannot be read: Object arrays"),
])
def test_other_arrays_are_refused(tmp_path, arrays, said):
    with pytest.raises(DatasetError, match=said) as caught:
        read_pairs(written(tmp_path, **arrays))
    assert "\n" not in str(caught.value) and "numpy.savez" in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04 cut short", b"\x93NUMPY\x01\x00 cut short"])
def test_other_files_are_refused(tmp_path, content):
    path = tmp_path / "pairs.npz"
    path.write_bytes(content)
    with pytest.raises(DatasetError, match="cannot be read"):
        read_pairs(path)


def test_a_lone_array_a_folder_and_a_missing_file_are_refused(tmp_path):
    np.save(tmp_path / "one.npy", ROWS)
    for path in (tmp_path / "one.npy", tmp_path, tmp_path / "missing.npz"):
        with pytest.raises(DatasetError, match="cannot be read"):
            read_pairs(path)


def test_a_file_cut_at_any_place_is_refused(tmp_path):
    whole = written(tmp_path, alice=ROWS, bob=ROWS).read_bytes()
    for size in range(0, len(whole) - 1, 37):
        path = tmp_path / "cut.npz"
        path.write_bytes(whole[:size])
        with pytest.raises(DatasetError):
            read_pairs(path)
