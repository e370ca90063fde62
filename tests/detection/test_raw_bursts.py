# SPDX-License-Identifier: GPL-3.0-or-later
"""The bursts of a recording as they were received: the same samples, with their carrier offset, and something before them."""

import json

import numpy as np
from burst_scene import burst_scene
from gnuradio.rfsec.detection.detector import BurstDetector
from gnuradio.rfsec.detection.raw_bursts import MOST, raw_bursts, whole
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


def test_bursts_end_where_the_recording_was_retuned(tmp_path):
    scene = burst_scene(COUNT, [*BURSTS, (190_000, 20_000, 0.1)])
    scene.tofile(tmp_path / "two.sigmf-data")
    (tmp_path / "two.sigmf-meta").write_text(json.dumps({
        "global": {"core:datatype": "cf32_le", "core:sample_rate": RATE_HZ, "core:version": "1.2.0"}, "annotations": [],
        "captures": [{"core:sample_start": 0, "core:frequency": 1e8, "core:datetime": "2024-01-01T00:00:00Z"},
                     {"core:sample_start": 200_000, "core:frequency": 2e8}]}))
    with open_recording(tmp_path / "two.sigmf-meta") as recording:
        found, all_of_it = list(raw_bursts(recording, RATE_HZ)), whole(recording)
    detector, parts = BurstDetector(RATE_HZ), (scene[:200_000], scene[200_000:])
    known = [(200_000 * number + one.sample_start, one.sample_count, 1e8 * (number + 1))
             for number, part in enumerate(parts) for one in detector.push(part) + detector.flush()]
    assert [(one.sample_start, one.sample_count, one.tuning.freq_hz) for one in found] == known and len(known) == 5
    assert [one.tuning.time_ns_of(one.sample_start) % 10**9 for one in found] == [1000 * start for start, *_ in known]
    before, after = found[2:4]  # with a margin, but not across
    assert np.array_equal(before.samples, parts[0][-before.samples.size :]) and np.array_equal(after.samples, parts[1][: after.samples.size])
    assert (all_of_it.sample_count, all_of_it.tuning.freq_hz) == (200_000, 1e8)


def test_noise_has_no_bursts(tmp_path):
    assert found_in(tmp_path / "noise.cf32", burst_scene(COUNT, [])) == []
