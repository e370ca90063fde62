# SPDX-License-Identifier: GPL-3.0-or-later
"""Recordings off the air, where the environment variable RFSEC_RECORDINGS names their folder."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
from gnuradio.rfsec.recordings.recording import open_recording

FOLDER = os.environ.get("RFSEC_RECORDINGS")
ENTRIES = (
    [entry for entry in json.loads((Path(FOLDER) / "MANIFEST.json").read_text())["files"] if entry["sample_format"]]
    if FOLDER
    else []
)
SAMPLE_BYTES = {"cu8": 2, "cs8": 2, "cs16_le": 4, "cf32_le": 8, "wav_real": 2, "sigmf": 8}


@pytest.mark.skipif(not FOLDER, reason="RFSEC_RECORDINGS is not set")
def test_there_are_recordings():
    assert len(ENTRIES) > 0


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["name"])
def test_recording_opens(entry):
    path = Path(FOLDER) / entry["name"]
    sample_format = "wav" if entry["sample_format"] == "wav_real" else entry["sample_format"]
    stated = entry["sample_rate"] or entry["sample_rate_assumed"]
    with open_recording(
        path, sample_format=sample_format, sample_rate_hz=stated, skip_bytes=entry["header_bytes"]
    ) as recording:
        assert recording.sample_rate_hz == stated
        samples = recording.read(0, recording.sample_count)
    size = path.with_suffix(".sigmf-data").stat().st_size if sample_format == "sigmf" else path.stat().st_size
    expected = (size - entry["header_bytes"]) // SAMPLE_BYTES[entry["sample_format"]]
    assert expected - 30_000 * (sample_format == "wav") <= samples.size <= expected
    level = np.sqrt(np.mean(np.abs(samples) ** 2))
    assert 1e-4 < level < 1.5
