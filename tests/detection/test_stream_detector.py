# SPDX-License-Identifier: GPL-3.0-or-later
"""The detector behind a stream that does not wait: what is dropped is counted, and what is kept stands at its place."""

from dataclasses import replace

import numpy as np
import pytest
from burst_scene import burst_scene
from gnuradio.rfsec.detection.detector import BurstDetector
from gnuradio.rfsec.detection.finder import BLOCK
from gnuradio.rfsec.detection.stream_detector import QUEUED_BLOCKS, READY_BLOCKS, StreamDetector
from gnuradio.rfsec.errors import ParameterError

RATE_HZ = 1e6
OPTIONS = {"false_alarms_per_s": 0.1, "max_duration_s": 1.0}


def blocks_of_bursts(count):
    """Bursts at one place of every fourth block of silence, which is looked at faster than noise."""
    samples = np.zeros((count, BLOCK), np.complex64)
    samples[::4] = burst_scene(BLOCK, [(10_000, 4_000, 0.1), (60_000, 9_000, -0.2)])
    return samples.ravel()


def opened(on_overload):
    detector = StreamDetector(on_overload=on_overload, **OPTIONS)
    detector.open()
    return detector


def all_results(detector):
    found = []
    while detector.pending:
        detector.wait(1.0)
        found += detector.results()
    return found


def alone(samples, start):
    """The bursts of a stretch of the stream, looked at by a detector of its own."""
    detector = BurstDetector(RATE_HZ)
    return [replace(one, sample_start=start + one.sample_start) for one in detector.push(samples) + detector.flush()]


def test_overload_drops_whole_blocks_until_the_queue_is_empty():
    samples = blocks_of_bursts(QUEUED_BLOCKS + 12)
    kept, resumed = QUEUED_BLOCKS * BLOCK, (QUEUED_BLOCKS + 8) * BLOCK
    detector = opened("skip")
    detector.begin(0, RATE_HZ, "radio")
    assert detector.accept(samples[:resumed]) == resumed
    assert detector.dropped == 8 * BLOCK  # nobody took the results of the first ones yet
    found = all_results(detector)
    assert detector.accept(samples[resumed:]) == samples.size - resumed
    assert detector.end()
    found += all_results(detector)
    detector.close()
    assert [one for one, _ in found] == alone(samples[:kept], 0) + alone(samples[resumed:], resumed)
    assert {context for _, context in found} == {"radio"} and detector.dropped == 8 * BLOCK


def test_what_waits_takes_only_what_it_has_room_for():
    samples = blocks_of_bursts(READY_BLOCKS + 3)
    detector = opened("wait")
    detector.begin(0, RATE_HZ, None)
    taken = detector.accept(samples)
    assert taken == (READY_BLOCKS + 1) * BLOCK  # the last one is full, and waits for its turn
    assert not detector.end()
    found = []
    while taken < samples.size:
        detector.wait(1.0)
        found += detector.results()
        taken += detector.accept(samples[taken:])
    while not detector.end():
        detector.wait(1.0)
        found += detector.results()
    found += all_results(detector)
    detector.close()
    assert [one for one, _ in found] == alone(samples, 0) and detector.dropped == 0


def test_a_segment_that_begins_while_blocks_are_dropped_is_at_its_place():
    samples = blocks_of_bursts(QUEUED_BLOCKS + 4)
    full = (QUEUED_BLOCKS + 2) * BLOCK
    detector = opened("skip")
    detector.begin(0, RATE_HZ, "before")
    detector.accept(samples[:full])
    assert detector.end()
    found = all_results(detector)
    detector.begin(full, RATE_HZ, "after")
    detector.accept(samples[full:])
    assert detector.end()
    found += all_results(detector)
    detector.close()
    assert found == [(one, "before") for one in alone(samples[: QUEUED_BLOCKS * BLOCK], 0)] + [
        (one, "after") for one in alone(samples[full:], full)]


def test_a_mode_of_another_name_is_refused():
    with pytest.raises(ParameterError, match="'on_overload' of a burst detector must be one of wait, skip. Got 'drop' instead"):
        StreamDetector(on_overload="drop", **OPTIONS)
