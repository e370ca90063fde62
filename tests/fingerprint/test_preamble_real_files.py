# SPDX-License-Identifier: GPL-3.0-or-later
"""Fingerprints of two Wi-Fi radios off the air, where the environment variable RFSEC_RECORDINGS names their folder."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
from gnuradio.rfsec.fingerprint.measure import measure_bursts
from gnuradio.rfsec.recordings.recording import open_recording

FOLDER = os.environ.get("RFSEC_RECORDINGS")
NAME = "radiated_dot11n_6.5mbps.dat"
RATE_HZ = 20e6
CLIENT_ABOVE_HZ = -25e3  # carrier offset


@pytest.mark.skipif(not FOLDER, reason="RFSEC_RECORDINGS is not set")
def test_two_radios_differ_in_image_and_leak():
    frames = json.loads((Path(FOLDER) / "GROUND_TRUTH.json").read_text())[f"wifi:{NAME}"]
    with open_recording(Path(FOLDER) / "ofdm/wifi" / NAME, sample_format="cs16_le", sample_rate_hz=RATE_HZ) as recording:
        bursts = [recording.read(max(0, frame["ltf1"] - 250), 800) for frame in frames]
    found = measure_bursts("preamble_80211", bursts, RATE_HZ)
    assert found.usable.sum() >= len(frames) - 1
    values = found.values[found.usable, 0]
    client = np.array([frame["cfo"] for frame in frames])[found.usable] > CLIENT_ABOVE_HZ
    np.testing.assert_array_equal(values[:, 6] * 1e3 > CLIENT_ABOVE_HZ, client)
    hardware = values[:, 8:12]  # image and leak
    apart = np.linalg.norm(hardware[:, None] - hardware, axis=2) + 1e9 * np.eye(len(hardware))
    assert np.mean(client[np.argmin(apart, axis=1)] == client) > 0.95
