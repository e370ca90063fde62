# SPDX-License-Identifier: GPL-3.0-or-later
"""Packets of Wi-Fi recordings whose frames are known, where the environment variable RFSEC_RECORDINGS names their folder."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
from gnuradio.rfsec.ofdm.cfr import channel_responses
from gnuradio.rfsec.ofdm.packet_sync import find_packets
from gnuradio.rfsec.recordings.recording import open_recording

FOLDER = os.environ.get("RFSEC_RECORDINGS")
RATE_HZ = 20e6
TRUTH = json.loads((Path(FOLDER) / "GROUND_TRUTH.json").read_text()) if FOLDER else {}
FILES = [key.removeprefix("wifi:") for key in TRUTH if key.startswith("wifi:")]


@pytest.mark.parametrize("name", FILES)
def test_every_frame_is_found(name):
    frames = TRUTH[f"wifi:{name}"]
    with open_recording(Path(FOLDER) / "ofdm/wifi" / name, sample_format="cs16_le", sample_rate_hz=RATE_HZ) as recording:
        samples = recording.read(0, recording.sample_count)
    found = find_packets(samples)
    nearest = [int(np.argmin(np.abs(found.long_start - frame["ltf1"]))) for frame in frames]
    assert np.abs(found.long_start[nearest] - [frame["ltf1"] for frame in frames]).max() <= 2
    assert found.start.size <= len(frames) + 4  # some whose contents the truth could not read
    error_hz = np.abs(found.cfo[nearest] * RATE_HZ - [frame["cfo"] for frame in frames])
    # Over the air the truth, one sample later, takes some of what follows the long symbols for them.
    assert np.median(error_hz) < 100 and error_hz.max() < (600 if name.startswith("radiated") else 100)
    first, second = np.moveaxis(channel_responses(samples, found).values, 1, 0)
    alike = np.abs(np.sum(first * second.conj(), axis=1))
    assert np.min(alike / np.linalg.norm(first, axis=1) / np.linalg.norm(second, axis=1)) > 0.99
