# SPDX-License-Identifier: GPL-3.0-or-later
"""A conditioned burst moved back: its carrier offset is the received one, however far from the middle it was."""

from dataclasses import replace

import numpy as np
import pytest
from burst_scene import burst_scene
from gnuradio.rfsec.detection.detector import BurstDetector
from gnuradio.rfsec.detection.raw_bursts import MOST
from gnuradio.rfsec.detection.restore import restore

RATE_HZ = 1e6


@pytest.mark.parametrize("frequency", [0.0, 0.02, -0.31, 0.4])
def test_the_carrier_offset_is_the_received_one(frequency):
    detector = BurstDetector(RATE_HZ)
    [burst] = detector.push(burst_scene(200_000, [(90_000, 12_000, frequency)])) + detector.flush()
    samples, rate_hz = restore(burst)
    assert samples.dtype == np.complex64 and rate_hz % burst.model_rate_hz == 0
    assert abs(burst.centre_hz) + burst.bandwidth_hz / 2 <= rate_hz / 2 * 1.0001
    spectrum = np.fft.fftshift(np.abs(np.fft.fft(samples)) ** 2)
    places = np.fft.fftshift(np.fft.fftfreq(samples.size, 1 / rate_hz))
    inside = np.abs(places - frequency * RATE_HZ) < burst.bandwidth_hz
    assert spectrum[inside].sum() > 0.98 * spectrum.sum()


def test_what_is_moved_far_is_cut_not_grown_without_bounds():
    detector = BurstDetector(RATE_HZ)
    [burst] = detector.push(burst_scene(200_000, [(90_000, 12_000, 0.3)])) + detector.flush()
    far = replace(burst, centre_hz=3000 * burst.model_rate_hz)
    samples, rate_hz = restore(far)
    assert 1 <= samples.size <= MOST and rate_hz >= 6000 * burst.model_rate_hz
