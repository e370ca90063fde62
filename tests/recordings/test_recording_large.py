# SPDX-License-Identifier: GPL-3.0-or-later
"""A recording of 20 GB is opened and its first second read without reading the rest."""

import json
import os
import resource
import struct

import numpy as np
import pytest
from gnuradio.rfsec.errors import RecordingError
from gnuradio.rfsec.recordings.recording import open_recording

SIZE = 20_000_000_000
RATE = 2_000_000
SECOND = np.arange(8 * RATE, dtype=np.uint32).view(np.uint8)  # enough bytes for any format below


def sparse(path, head=b""):
    with open(path, "wb") as file:
        file.write(head)
        file.write(SECOND.tobytes())
        file.truncate(len(head) + SIZE)
    return path


def rf64(channels):
    fmt = struct.pack("<HHIIHH", 1, channels, RATE, 2 * channels * RATE, 2 * channels, 16)
    return (
        b"RF64\xff\xff\xff\xffWAVEds64" + struct.pack("<IQQQI", 28, SIZE, SIZE, 0, 0)
        + b"fmt " + struct.pack("<I", 16) + fmt + b"data\xff\xff\xff\xff"
    )  # fmt: skip


def sigmf(folder):
    meta = {
        "global": {"core:datatype": "ci16_le", "core:version": "1.2.0", "core:sha512": "0" * 128},
        "captures": [{"core:sample_start": 0}],
        "annotations": [{"core:sample_start": SIZE // 4 - 1, "core:sample_count": 1}],
    }
    (folder / "a.sigmf-meta").write_text(json.dumps(meta))
    return sparse(folder / "a.sigmf-data")


MAKERS = {
    "cu8": lambda folder: sparse(folder / "a.cu8"),
    "cf32": lambda folder: sparse(folder / "a.cf32"),
    "rf64": lambda folder: sparse(folder / "a.wav", rf64(2)),
    "rf64 real": lambda folder: sparse(folder / "a.wav", rf64(1)),
    "sigmf": sigmf,
}


def resident_bytes():
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * resource.getpagesize()


@pytest.mark.parametrize("kind", MAKERS)
def test_first_second_of_20_gb_stays_small(tmp_path, kind):
    path = MAKERS[kind](tmp_path)
    try:
        read_before = bytes_read()
        before = resident_bytes()
        with open_recording(path) as recording:
            assert recording.sample_count > 2_400_000_000
            for start in range(0, RATE, 100_000):
                recording.read(start, 100_000)
            last = recording.read(recording.sample_count - 1, 100)
            assert last.size == 1
            growth = resident_bytes() - before
        assert growth < 100_000_000
        assert bytes_read() - read_before < 100_000_000
    finally:
        os.unlink(path)


def bytes_read():
    """Return the bytes that this process took in by read calls (maps are bounded by the resident size)."""
    with open("/proc/self/io") as counters:
        return int(counters.readline().split()[1])


def test_reading_all_of_a_large_file_does_not_keep_it_resident(tmp_path):
    path = tmp_path / "a.cu8"
    with open(path, "wb") as file:
        file.truncate(400_000_000)
    before = resident_bytes()
    highest = 0
    with open_recording(path) as recording:
        for start in range(0, recording.sample_count, 1_000_000):
            recording.read(start, 1_000_000)
            highest = max(highest, resident_bytes() - before)
    assert highest < 100_000_000


def test_a_file_cut_short_while_open_is_an_error_not_a_crash(tmp_path):
    path = tmp_path / "a.cu8"
    path.write_bytes(bytes(1_000_000))
    with open_recording(path) as recording:
        recording.read(0, 1000)
        os.truncate(path, 1000)
        with pytest.raises(RecordingError, match="cut short"):
            recording.read(400_000, 1000)
