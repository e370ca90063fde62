# SPDX-License-Identifier: GPL-3.0-or-later
"""ORACLE's files, written as its authors wrote them."""

import json

import numpy as np
import pytest

from gnuradio.rfsec.datasets.oracle import EMITTERS, find_oracle, open_oracle
from gnuradio.rfsec.errors import DatasetError, ParameterError

SAMPLES = np.arange(1000) * (0.25 - 0.5j)


def publish(folder, serial="3123D7B", feet=2, run=1, samples=SAMPLES, dtype="<c16", claimed="cf32", counted=True, **changed):
    """Write a pair; return the path of its samples."""
    path = folder / f"{feet}ft" / f"WiFi_air_X310_{serial}_{feet}ft_run{run}.sigmf-data"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(samples.astype(dtype).tobytes())
    metadata = {
        "global": {"core:datatype": claimed, "core:sample_rate": 5000000.0, "core:version": "0.02"} | changed,
        "captures": [{"core:sample_start": 0, "frequency": 2450000000}],
        "annotations": [{"core:sample_start": 0, "core:sample_count": len(samples)}] if counted else [],
    }
    document = {"data_file": f"/media/{path.name}", "_metadata": metadata}
    path.with_suffix(".sigmf-meta").write_text(json.dumps(document))
    return path


def test_a_folder_gives_its_recordings_in_order(tmp_path):
    for serial, feet, run in (("3124E4A", 8, 1), ("3123D52", 62, 2), ("3123D52", 62, 1), ("3123D52", 8, 1)):
        publish(tmp_path, serial, feet, run)
    found = [(one.emitter, one.distance_ft, one.run, one.sample_rate_hz) for one in find_oracle(tmp_path)]
    assert found == [(0, 8, 1, 5e6), (0, 62, 1, 5e6), (0, 62, 2, 5e6), (15, 8, 1, 5e6)]
    assert len(set(EMITTERS)) == 16


@pytest.mark.parametrize(("dtype", "claimed"), [("<c16", "cf32"), ("<c16", "cf64_le"), ("<c8", "cf32"), ("<c8", "cf32_le")])
@pytest.mark.parametrize("counted", [True, False])
def test_samples_are_read_as_they_were_written(tmp_path, dtype, claimed, counted):
    if not counted:  # then the type is believed
        dtype = {"cf32": "<c8", "cf64": "<c16"}[claimed.removesuffix("_le")]
    recording = open_oracle(publish(tmp_path, dtype=dtype, claimed=claimed, counted=counted))
    np.testing.assert_array_equal(recording.samples, SAMPLES)


def test_windows_follow_each_other_and_are_not_read_before_they_are_used(tmp_path):
    windows = open_oracle(publish(tmp_path)).windows(128)
    assert windows.shape == (7, 128) and isinstance(windows, np.memmap)
    np.testing.assert_array_equal(windows[3], SAMPLES[384:512])


@pytest.mark.parametrize("length", [0, 1001])
def test_windows_of_no_length_are_refused(tmp_path, length):
    with pytest.raises(ParameterError, match="must be 1 to 1000"):
        open_oracle(publish(tmp_path)).windows(length)


def cut(path):
    path.write_bytes(path.read_bytes()[:-16])


def written(text):
    return lambda path: path.with_suffix(".sigmf-meta").write_text(text)


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (cut, "must hold 1000 complex samples"),
        (lambda path: path.with_suffix(".sigmf-meta").unlink(), "Put it beside its samples"),
        (written("{"), "must be a JSON object"),
        (written("[]"), "must be a JSON object"),
        (written('{"_metadata": {"global": 3}}'), "must be a JSON object"),
        (written('{"global": {"core:datatype": "ri8"}}'), "whole samples of type ri8"),
        (written('{"global": {"core:datatype": "cf64"}}'), "'core:sample_rate'"),
        (written('{"global": {"core:datatype": "cf64", "core:sample_rate": -1}}'), "'core:sample_rate'"),
        (written(f'{{"global": {{"core:datatype": "cf64", "core:sample_rate": 1{400 * "0"}}}}}'), "'core:sample_rate'"),
    ],
)
def test_a_harmed_pair_is_refused(tmp_path, harm, words):
    path = publish(tmp_path)
    harm(path)
    with pytest.raises(DatasetError, match=words) as caught:
        open_oracle(path)
    assert "\n" not in str(caught.value)


def test_strange_names_and_empty_folders_are_refused(tmp_path):
    with pytest.raises(DatasetError, match="Unpack the archive there"):
        find_oracle(tmp_path)
    with pytest.raises(DatasetError, match="published name"):
        open_oracle(publish(tmp_path, serial="3123FFF"))
    with pytest.raises(DatasetError, match="cannot be read"):
        path = publish(tmp_path)
        path.unlink()
        open_oracle(path)


def test_an_empty_recording_is_refused(tmp_path):
    with pytest.raises(DatasetError, match="Got 0 bytes"):
        open_oracle(publish(tmp_path, samples=SAMPLES[:0]))
