# SPDX-License-Identifier: GPL-3.0-or-later
"""Packets of Wi-Fi recordings whose frames are known, where the environment variable RFSEC_RECORDINGS names their folder."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
from gnuradio.rfsec.ofdm.cfr import channel_responses
from gnuradio.rfsec.ofdm.packet_sync import find_packets
from gnuradio.rfsec.ofdm.preamble import GRID
from gnuradio.rfsec.recordings.recording import open_recording

FOLDER = os.environ.get("RFSEC_RECORDINGS")
RATE_HZ = 20e6
TRUTH = json.loads((Path(FOLDER) / "GROUND_TRUTH.json").read_text()) if FOLDER else {}
FILES = [key.removeprefix("wifi:") for key in TRUTH if key.startswith("wifi:")]


def read(name):
    with open_recording(Path(FOLDER) / "ofdm/wifi" / name, sample_format="cs16_le", sample_rate_hz=RATE_HZ) as recording:
        return recording.read(0, recording.sample_count)


@pytest.mark.parametrize("name", FILES)
def test_every_frame_is_found(name):
    frames = TRUTH[f"wifi:{name}"]
    samples = read(name)
    found = find_packets(samples)
    nearest = [int(np.argmin(np.abs(found.long_start - frame["ltf1"]))) for frame in frames]
    late = np.array([frame["ltf1"] for frame in frames]) - found.long_start[nearest]
    assert np.abs(late).max() <= 2
    assert found.start.size <= len(frames) + 4  # some whose contents the truth could not read
    error_hz = np.abs(found.cfo[nearest] * RATE_HZ - [frame["cfo"] for frame in frames])
    assert np.median(error_hz) < 100 and error_hz[late == 0].max() < 100
    assert error_hz.max() < (600 if name.startswith("radiated") else 100)  # the next test says why
    first, second = np.moveaxis(channel_responses(samples, found).values, 1, 0)
    alike = np.abs(np.sum(first * second.conj(), axis=1))
    assert np.min(alike / np.linalg.norm(first, axis=1) / np.linalg.norm(second, axis=1)) > 0.99


@pytest.mark.parametrize("name", [name for name in FILES if name.startswith("radiated")])
def test_where_the_truths_offset_is_another_it_takes_a_sample_that_follows_the_symbols(name):
    """Over the air the truth begins at the strongest path, a sample after the first one: its last product is of two symbols."""
    samples = read(name)
    found = find_packets(samples)
    apart = []
    for frame in (one for one in TRUTH[f"wifi:{name}"] if one.get("fcs")):
        begin, number = frame["ltf1"], int(np.argmin(np.abs(found.long_start - frame["ltf1"])))
        symbols = samples[begin : begin + 2 * GRID].reshape(2, GRID).astype(complex)
        assert np.angle(np.vdot(*symbols)) / (2 * np.pi * GRID) * RATE_HZ == pytest.approx(frame["cfo"], abs=1)
        if abs(found.cfo[number] * RATE_HZ - frame["cfo"]) > 300:
            turned = symbols[1] * np.exp(-2j * np.pi * GRID * found.cfo[number])
            apart.append(np.abs(turned - symbols[0]))
            assert found.long_start[number] == begin - 1
    assert len(apart) == (6 if "6.5" in name else 3)
    rms = np.sqrt(np.mean(np.square(apart), axis=0))
    assert rms[-1] > 8 * np.median(rms)
