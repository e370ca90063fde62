# SPDX-License-Identifier: GPL-3.0-or-later
"""FSK transmitters off the air, where the environment variable RFSEC_RECORDINGS names the folder of recordings."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
from gnuradio.rfsec.fingerprint.fsk_fingerprint import fingerprint_fsk
from gnuradio.rfsec.fingerprint.fsk_values import NAMES
from gnuradio.rfsec.recordings.recording import open_recording

FOLDER = Path(os.environ.get("RFSEC_RECORDINGS", ""))
pytestmark = pytest.mark.skipif("RFSEC_RECORDINGS" not in os.environ, reason="RFSEC_RECORDINGS names no folder")
REMOTES = ("left_back", "light", "right_forward")


def read(name, rate_hz):
    with open_recording(FOLDER / name, sample_format="cs8", sample_rate_hz=rate_hz) as recording:
        return recording.read(0, recording.sample_count)


def test_two_devices_of_one_kind_are_told_apart():
    samples = read("emitters/ism_two_devices/two_participants.complex16s", 1e6)
    bursts = json.loads((FOLDER / "GROUND_TRUTH.json").read_text())["emitters:two_participants.complex16s"]
    found = fingerprint_fsk([samples[b["start"] - 3000 : b["start"] + b["length"] + 3000] for b in bursts], 1e6)
    assert found.usable.all()
    first = np.array([burst["emitter"] == "A" for burst in bursts])
    assert first.sum() == 9 and bursts[0]["length"] > 0
    values = dict(zip(NAMES, found.values[:, 0].T.astype(float)))
    offset_hz = 20e3 * np.sinh(values["carrier"])
    assert offset_hz[first].std() < 5 and offset_hz[~first].std() < 50
    assert abs(offset_hz[first].mean() - offset_hz[~first].mean()) > 2000
    without_carrier = np.stack([value for name, value in values.items() if name.startswith(("pulse", "ripple"))], axis=1)
    distances = np.linalg.norm(without_carrier[:, None] - without_carrier, axis=2) + np.diag(np.full(17, np.inf))
    assert (first[distances.argmin(axis=1)] == first).all()


def test_a_remote_repeats_itself_in_three_recordings():
    offsets, deviations = [], []
    for name in REMOTES:
        samples = read(f"modulation/gfsk_24ghz/rccar_{name}.complex16s", 2e6)
        on = np.flatnonzero(np.convolve(np.abs(samples), np.ones(8) / 8, mode="same") > 0.04)
        parts = [part for part in np.split(on, np.flatnonzero(np.diff(on) > 50) + 1) if part.size > 300]
        found = fingerprint_fsk([samples[part[0] - 100 : part[-1] + 100] for part in parts], 2e6)
        assert len(parts) >= 40 and found.usable.all()
        values = dict(zip(NAMES, found.values[:, 0].T.astype(float)))
        offsets.append(20e3 * np.sinh(values["carrier"]))
        deviations.append(np.exp(0.05 * np.sinh(values["index"])))
    assert max(offset.std() for offset in offsets) < 100
    assert np.ptp([offset.mean() for offset in offsets]) < 100
    assert max(deviation.std() for deviation in deviations) < 0.01
