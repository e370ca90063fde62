# SPDX-License-Identifier: GPL-3.0-or-later
"""I/Q imbalance, amplifiers, carriers and paths: each against what its formula says of a signal that is easy to follow."""

import numpy as np
import pytest

from gnuradio.rfsec.dsp.carrier import carriers, unit_phasors
from gnuradio.rfsec.dsp.iq_imbalance import unbalance
from gnuradio.rfsec.dsp.path_response import path_response, tap_response
from gnuradio.rfsec.dsp.power_amplifier import Amplifiers, amplify

TONE = np.exp(2j * np.pi * 5 / 64 * np.arange(64)).astype(np.complex64)


def amplified(level, back_off_db=8.0, knee=2.0, phase_deg=0.0, memory=0.0):
    amplifiers = Amplifiers(*(np.array([value]) for value in (back_off_db, knee, phase_deg, memory)))
    return amplify(np.complex64(level * TONE)[None], amplifiers)[0]


@pytest.mark.parametrize(("gain_db", "skew_deg"), [(0.0, 0.0), (0.15, 0.0), (0.0, 1.0), (-0.3, 2.0)])
def test_an_image_stands_at_the_negative_frequency(gain_db, skew_deg):
    bins = np.fft.fft(unbalance(TONE[None], np.array([gain_db]), np.array([skew_deg]))[0]) / 64
    other = 10 ** (gain_db / 20) * np.exp(1j * np.deg2rad(skew_deg))
    assert bins[5] == pytest.approx((1 + other) / 2, abs=1e-6)
    assert bins[-5] == pytest.approx((1 - other) / 2, abs=1e-6)


def test_an_amplifier_is_linear_for_weak_and_limits_strong_signals():
    saturated = 10 ** (8 / 20)
    assert np.abs(amplified(0.01)) == pytest.approx(0.01, rel=1e-4)
    assert np.abs(amplified(saturated)) == pytest.approx(saturated / 2**0.25, rel=1e-4)  # Rapp's p = 2 at r = 1
    assert np.abs(amplified(100.0)) == pytest.approx(saturated, rel=1e-3)


def test_an_amplifier_turns_the_phase_with_the_level():
    turned = np.rad2deg(np.angle(amplified(10 ** (8 / 20), phase_deg=6.0) / TONE))
    assert turned == pytest.approx(6.0, abs=1e-3)
    assert np.rad2deg(np.angle(amplified(0.01, phase_deg=6.0) / TONE)) == pytest.approx(0.0, abs=1e-3)


def test_an_amplifier_remembers_the_cube_of_the_sample_before():
    difference = amplified(1.0, memory=0.05j) - amplified(1.0)
    assert difference[0] == 0
    assert difference[1:] == pytest.approx(0.05j * TONE[:-1] / 10**0.8, abs=1e-6)


def test_a_carrier_turns_by_its_offset_even_after_a_million_samples():
    rows = carriers(np.array([0.1, -0.25]), np.zeros(2), np.array([0.0, 0.5]), 1_000_001, np.random.default_rng(0))
    assert rows[:, -1] == pytest.approx([1, -1], abs=1e-5)
    assert rows[1, :3] == pytest.approx([-1, 1j, 1], abs=1e-5)


def test_the_phase_walks_as_the_line_width_says():
    rows = carriers(np.zeros(4000), np.full(4000, 1e-5), np.zeros(4000), 400, np.random.default_rng(1))
    for apart in (1, 100, 399):
        assert np.var(np.angle(rows[:, apart] / rows[:, 0])) == pytest.approx(2 * np.pi * 1e-5 * apart, rel=0.1)
    assert unit_phasors(np.array([1e6 + 0.25])) == pytest.approx([1j], abs=1e-5)


@pytest.mark.parametrize("length", [64, 720, 8192])
def test_paths_are_the_sum_of_their_turns(length):
    rng = np.random.default_rng(2)
    delays, gains = rng.uniform(0, 60, (3, 5)), rng.normal(size=(3, 5)) + 1j * rng.normal(size=(3, 5))
    cycles = np.fft.fftfreq(length)
    expected = np.einsum("np,npf->nf", gains, np.exp(-2j * np.pi * delays[:, :, None] * cycles))
    assert path_response(delays, gains, length) == pytest.approx(expected, abs=1e-4)


def test_taps_stand_before_and_after_the_main_one():
    impulse = np.fft.ifft(tap_response(np.array([[0.1j, 0.2]]), np.fft.fftfreq(16))[0])
    assert impulse[[-1, 0, 1]] == pytest.approx([0.1j, 1, 0.2], abs=1e-6)
    assert np.abs(impulse[2:-1]).max() < 1e-6
