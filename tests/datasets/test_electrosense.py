# SPDX-License-Identifier: GPL-3.0-or-later
"""Spectra as Electrosense's API answers them, and as CSV; damaged files are refused with their place."""

import json

import numpy as np
import pytest

from gnuradio.rfsec.datasets.electrosense import load_electrosense
from gnuradio.rfsec.errors import DatasetError

ANSWER = {"sensor": 7, "timeBegin": 1_599_300_000, "timeEnd": 1_599_300_120, "freqMin": 80_000_000, "freqMax": 80_050_000,
          "aggFreq": 10_000, "aggTime": 60, "aggFun": "AVG", "values": [[-70.5, -71, None, -72, -73], [-60, -61, -62, -63, -64.25]]}


def written(folder, text, name="answer.json"):
    path = folder / name
    path.write_text(text if isinstance(text, str) else json.dumps(text))
    return path


def test_an_answer_becomes_spectra(tmp_path):
    first, second = load_electrosense(written(tmp_path, ANSWER))
    assert (first.first_hz, first.bin_hz, first.time_ns) == (80_005_000.0, 10_000.0, 1_599_300_000_000_000_000)
    assert second.time_ns - first.time_ns == 60_000_000_000
    np.testing.assert_array_equal(first.power_db, np.float32([-70.5, -71, np.nan, -72, -73]))
    assert second.power_db.dtype == np.float32 and second.power_db[-1] == -64.25


def test_an_answer_without_times_has_none(tmp_path):
    bare = {name: value for name, value in ANSWER.items() if not name.startswith("time")}
    assert [one.time_ns for one in load_electrosense(written(tmp_path, bare))] == [None, None]


def test_a_table_becomes_spectra(tmp_path):
    path = written(tmp_path, "time,100000000,100010000,100020000\n1599300000.5,-70,,-72\n,-60,-61,-62\n", "table.csv")
    first, second = load_electrosense(path)
    assert (first.first_hz, first.bin_hz, first.time_ns, second.time_ns) == (1e8, 1e4, 1_599_300_000_500_000_000, None)
    np.testing.assert_array_equal(first.power_db, np.float32([-70, np.nan, -72]))


@pytest.mark.parametrize("text, name", [(json.dumps(ANSWER), "answer.json"), ("time,1,2\n,-70,-71\n", "table.csv")])
def test_a_mark_of_the_byte_order_before_the_text_is_passed_over(tmp_path, text, name):
    """Windows' programs write one."""
    marked, plain = load_electrosense(written(tmp_path, "\ufeff" + text, name)), load_electrosense(written(tmp_path, text, name))
    np.testing.assert_array_equal([one.power_db for one in marked], [one.power_db for one in plain])


@pytest.mark.parametrize("change, words", [
    ({"values": None}, "list called values"), ({"values": [[1.0] * 9]}, "row 1 of values"), ({"values": [[1.0] * 5, 3]}, "row 2 of values"),
    ({"values": [[1, 2, "x", 4, 5]]}, "'x'"), ({"values": [[1, 2, [3], 4, 5]]}, "row 1 of values"), ({"values": [[1, 2, 1e9, 4, 5]]}, "from -1000 to 1000"),
    ({"values": [[1, 2, True, 4, 5]]}, "'True'"), ({"aggFreq": 0}, "aggFreq must be above 0"), ({"aggFreq": "nan"}, "aggFreq"), ({"freqMax": 1}, "freqMax above freqMin"),
    ({"freqMin": None}, "freqMin"), ({"timeBegin": 1e30}, "timeBegin"), ({"aggTime": -1}, "aggTime")])
def test_a_wrong_answer_is_refused_with_its_place(tmp_path, change, words):
    with pytest.raises(DatasetError, match="answer.json") as error:
        load_electrosense(written(tmp_path, {**ANSWER, **change}))
    assert words in str(error.value) and "\n" not in str(error.value)


@pytest.mark.parametrize("text, words", [
    ("", "first line"), ("hz,1,2\n", "first line"), ("time,1,2,4\n,1,2,3\n", "equal steps"), ("time,2,1\n,1,2\n", "equal steps"), ("time,1,2\n,1\n", "3 cells"),
    ("time,1,2\n,1,x\n", "'x'"), ("time,1,2\nnow,1,2\n", "'now'"), ('time,"1,2\n', "not CSV"), ("time,1,inf\n", "'inf'")])
def test_a_wrong_table_is_refused_with_its_place(tmp_path, text, words):
    with pytest.raises(DatasetError, match="table.csv") as error:
        load_electrosense(written(tmp_path, text, "table.csv"))
    assert words in str(error.value)


@pytest.mark.parametrize("content", [b"{", b"[" * 100_000, b"\xff\xfe", b"[1]", b'{"values": [[NaN]]}'])
def test_what_is_no_answer_is_refused(tmp_path, content):
    path = tmp_path / "answer.json"
    path.write_bytes(content)
    with pytest.raises(DatasetError, match="answer.json"):
        load_electrosense(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(DatasetError, match="none.json"):
        load_electrosense(tmp_path / "none.json")
