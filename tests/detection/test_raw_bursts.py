# SPDX-License-Identifier: GPL-3.0-or-later
"""The bursts of a recording as they were received: the same samples, with their carrier offset, and something before them."""

import numpy as np
from burst_scene import burst_scene
from gnuradio.rfsec.detection.detector import BurstDetector
from gnuradio.rfsec.detection.raw_bursts import MOST, raw_bursts
from gnuradio.rfsec.recordings.recording import open_recording

RATE_HZ, COUNT = 1e6, 400_000
BURSTS = [(20_000, 9_000, 0.2), (80_000, 20_000, -0.3), (270_000, 5_000, 0.05)]


def found_in(path, samples):
    samples.tofile(path)
    with open_recording(path, sample_rate_hz=RATE_HZ) as recording:
        return list(raw_bursts(recording, RATE_HZ))


def test_samples_are_those_of_the_recording_with_a_margin(tmp_path):
    scene = burst_scene(COUNT, BURSTS)
    found = found_in(tmp_path / "band.cf32", scene)
    detector = BurstDetector(RATE_HZ)
    known = detector.push(scene) + detector.flush()
    assert [(one.sample_start, one.sample_count) for one in found] == [(one.sample_start, one.sample_count) for one in known]
    for one, burst, (_, _, frequency) in zip(found, known, BURSTS, strict=True):
        assert (one.centre_hz, one.bandwidth_hz, one.snr_db) == (burst.centre_hz, burst.bandwidth_hz, burst.snr_db)
        before = np.flatnonzero(scene == one.samples[0])[0]
        assert 64 <= one.sample_start - before <= 8192
        assert np.array_equal(one.samples, scene[before : before + one.samples.size])
        assert one.samples.size >= one.sample_start - before + one.sample_count + 64
        turn = np.angle(np.vdot(one.samples[:-1], one.samples[1:])) / (2 * np.pi)
        assert abs(turn - frequency) < 0.01  # it was not moved to 0 Hz


def test_edges_of_the_recording_and_the_longest_burst(tmp_path):
    scene = burst_scene(2 * MOST, [(30_000, MOST + 60_000, 0.1)])
    [long] = found_in(tmp_path / "long.cf32", scene)
    assert long.sample_count > MOST == long.samples.size
    scene = burst_scene(60_000, [(0, 8_000, 0.1), (50_000, 10_000, 0.1)])
    first, last = found_in(tmp_path / "short.cf32", scene)
    assert np.array_equal(first.samples, scene[: first.samples.size]) and np.array_equal(last.samples, scene[-last.samples.size :])


def test_noise_has_no_bursts(tmp_path):
    assert found_in(tmp_path / "noise.cf32", burst_scene(COUNT, [])) == []
