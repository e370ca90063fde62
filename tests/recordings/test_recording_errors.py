# SPDX-License-Identifier: GPL-3.0-or-later
"""Bad files of any format and bad raw files: one line that names the file, the rule and the way out."""

import os
from contextlib import contextmanager

import numpy as np
import pytest
from gnuradio.rfsec.errors import ParameterError
from gnuradio.rfsec.recordings.recording import open_recording
from refusals import refusal
from scipy.io import wavfile


@contextmanager
def as_ordinary_user():
    """Drop root for a moment: it may read every file."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


def test_missing_directory_empty_and_special_files(tmp_path):
    assert "nowhere.cu8' does not exist" in refusal(tmp_path / "nowhere.cu8")
    assert "is a directory" in refusal(tmp_path)
    (tmp_path / "a.cu8").touch()
    assert "is empty (0 bytes)" in refusal(tmp_path / "a.cu8")
    os.mkfifo(tmp_path / "pipe.cu8")
    assert "a regular file is needed" in refusal(tmp_path / "pipe.cu8")
    assert "a regular file is needed" in refusal("/dev/zero", sample_format="cu8")
    (tmp_path / "loop.cu8").symlink_to("loop.cu8")
    assert "cannot be opened" in refusal(tmp_path / "loop.cu8")
    assert "cannot be opened" in refusal(tmp_path / "a.cu8" / "b.cu8")
    assert "cannot be opened" in refusal(tmp_path / ("x" * 300))
    assert "cannot be opened" in refusal("a\0b.cu8")
    assert r"two\nlines.cu8" in refusal(tmp_path / "two\nlines.cu8")


def test_file_without_permission(tmp_path):
    path = tmp_path / "a.cu8"
    path.write_bytes(bytes(10))
    path.chmod(0)
    with as_ordinary_user():
        assert "cannot be opened: Permission denied" in refusal(path)


def test_format_that_does_not_follow_from_the_name(tmp_path):
    for name in ("a.bin", "a.dat", "a.iq", "a"):
        (tmp_path / name).write_bytes(bytes(16))
        message = refusal(tmp_path / name)
        assert "--format" in message and "cu8, cs8, cs16_le, cf32_le, wav, sigmf" in message
    assert "'cs12' is unknown" in refusal(tmp_path / "a", sample_format="cs12")
    np.save(tmp_path / "a.npy", np.zeros(4))
    assert "NumPy array" in refusal(tmp_path / "a.npy")
    (tmp_path / "a.sigmf.gz").write_bytes(bytes(16))
    assert "compressed SigMF archive" in refusal(tmp_path / "a.sigmf.gz")


@pytest.mark.parametrize("sample_format, size", [("cu8", 2), ("cs8", 2), ("cs16_le", 4), ("cf32_le", 8)])
def test_truncated_last_sample_names_bytes_and_the_way_out(tmp_path, sample_format, size):
    path = tmp_path / "a.bin"
    path.write_bytes(bytes(5 * size + 1))
    message = refusal(path, sample_format=sample_format)
    assert f"holds {5 * size + 1} bytes" in message and f"the {size} bytes of a {sample_format} sample" in message
    assert "--skip-bytes" in message and f"trim it to {5 * size} bytes" in message
    with open_recording(path, sample_format=sample_format, skip_bytes=1) as recording:
        assert recording.sample_count == 5
    os.truncate(path, 5 * size)
    with open_recording(path, sample_format=sample_format) as recording:
        assert recording.sample_count == 5


def test_skipped_bytes_outside_the_file(tmp_path):
    path = tmp_path / "a.cu8"
    path.write_bytes(bytes(10))
    assert "must be at least 0. Got -2" in refusal(path, skip_bytes=-2)
    assert "less than its 10 bytes. Got 10" in refusal(path, skip_bytes=10)
    assert "Got 999999999999" in refusal(path, skip_bytes=999_999_999_999)


@pytest.mark.parametrize("sample_format", ["cu8", "cs8", "cs16_le", "cf32_le"])
def test_raw_format_on_a_file_with_another_header(tmp_path, sample_format):
    wavfile.write(tmp_path / "a.wav", 48000, np.zeros((96, 2), "<i2"))
    message = refusal(tmp_path / "a.wav", sample_format=sample_format)
    assert "begins with a RIFF/WAVE header" in message and "--format wav" in message
    (tmp_path / "a.cf32").write_bytes(b"\x1f\x8b\x08\x00" + bytes(12))
    assert "gzip data" in refusal(tmp_path / "a.cf32", sample_format=sample_format)
    (tmp_path / "a.sigmf-meta").write_bytes(b"{}" + bytes(14))
    assert "SigMF metadata" in refusal(tmp_path / "a.sigmf-meta", sample_format=sample_format)


def test_rate_that_contradicts_the_file(tmp_path):
    path = tmp_path / "a.wav"
    wavfile.write(path, 48000, np.zeros((100, 2), "<i2"))
    message = refusal(path, sample_rate_hz=44100)
    assert "48000 Hz" in message and "44100 Hz" in message
    with open_recording(path, sample_rate_hz=48000.0) as recording:
        assert recording.sample_rate_hz == 48000
    for rate in (0, -1.0, float("nan"), float("inf")):
        with pytest.raises(ParameterError, match="finite and above 0"):
            open_recording(path, sample_rate_hz=rate)


def test_header_skipping_is_for_raw_files(tmp_path):
    path = tmp_path / "a.wav"
    wavfile.write(path, 48000, np.zeros((100, 2), "<i2"))
    assert "--skip-bytes is for raw formats" in refusal(path, skip_bytes=44)


def test_nothing_stays_open_after_an_error(tmp_path):
    path = tmp_path / "a.cu8"
    path.write_bytes(bytes(3))
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(20):
        refusal(path)
    assert len(os.listdir("/proc/self/fd")) == before
