# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulated transmitters, positions and receivers: their spreads, and that a number names one piece and no other."""

from dataclasses import astuple, fields

import numpy as np
import pytest

from gnuradio.rfsec.datasets.positions import draw_positions
from gnuradio.rfsec.datasets.receivers import draw_receivers
from gnuradio.rfsec.datasets.transmitters import draw_transmitters

MANY = np.arange(20_000)
FIRST_DAY = np.zeros_like(MANY)


def values(hardware):
    """Every attribute of every row, by name."""
    named = {field.name: getattr(hardware, field.name) for field in fields(hardware)}
    amplifiers = named.pop("amplifiers")
    return named | {field.name: getattr(amplifiers, field.name) for field in fields(amplifiers)}


def test_transmitters_spread_as_their_docstring_says():
    of = values(draw_transmitters(1, MANY, FIRST_DAY, 1.0))
    assert np.std(of["gain_db"]) == pytest.approx(0.15, rel=0.03)
    assert np.std(of["skew_deg"]) == pytest.approx(1.0, rel=0.03)
    leak_db = 20 * np.log10(np.abs(of["leak"]))
    assert np.mean(leak_db) == pytest.approx(-36, abs=0.1) and np.std(leak_db) == pytest.approx(3, rel=0.03)
    assert 10 * np.log10(np.mean(np.abs(of["taps"]) ** 2)) == pytest.approx(-34, abs=0.1)
    assert 10 * np.log10(np.mean(np.abs(of["memory"]) ** 2)) == pytest.approx(-40, abs=0.1)
    bounds = {"oscillator_ppm": (-1, 1), "line_width_hz": (5, 40)}
    bounds |= {"knee": (1.5, 3), "back_off_db": (7, 11), "phase_deg": (0, 6)}
    for name, (low, high) in bounds.items():
        assert (of[name].min(), of[name].max()) == pytest.approx((low, high), abs=(high - low) / 1000)
        assert np.mean(of[name]) == pytest.approx((low + high) / 2, abs=(high - low) / 50)


def test_no_two_values_of_a_transmitter_go_together():
    of = values(draw_transmitters(1, MANY, FIRST_DAY, 1.0))
    parts = [part for value in of.values() for column in np.atleast_2d(value.T) for part in (column.real, column.imag)]
    together = np.corrcoef([part for part in parts if np.ptp(part)])
    assert np.abs(together - np.eye(len(together))).max() < 0.05


def test_a_day_moves_what_depends_on_temperature_and_nothing_else():
    first, later = (values(draw_transmitters(1, MANY, FIRST_DAY + day, 1.0)) for day in (0, 4))
    moved = {name: np.sqrt(np.mean(np.abs(later[name] - first[name]) ** 2)) for name in first}
    expected = {"gain_db": 0.015, "skew_deg": 0.1, "leak": 0.1 * 10 ** (-36 / 20), "oscillator_ppm": 0.1, "back_off_db": 0.1}
    assert moved == pytest.approx({name: expected.get(name, 0.0) for name in moved}, rel=0.03)


def test_a_number_names_the_same_hardware_in_any_company():
    alone = values(draw_transmitters(5, np.array([17]), np.array([3]), 20.0))
    among = values(draw_transmitters(5, np.array([2, 17, 99]), np.array([1, 3, 0]), 20.0))
    assert all(np.array_equal(alone[name][0], among[name][1]) for name in alone)
    for seed, number, day in ((6, 17, 3), (5, 18, 3), (5, 17, 4)):
        other = values(draw_transmitters(seed, np.array([number]), np.array([day]), 20.0))
        assert other["gain_db"][0] != alone["gain_db"][0] and other["oscillator_ppm"][0] != alone["oscillator_ppm"][0]


def test_positions_have_an_exponential_profile_behind_a_rician_first_path():
    delays_s, gains = draw_positions(1, MANY)
    power = np.abs(gains) ** 2
    assert np.mean(power.sum(axis=1)) == pytest.approx(1.0, rel=0.02)
    assert np.all(delays_s[:, 0] == 0) and delays_s.max() <= 600e-9
    # Expectation over spreads of 20 to 100 ns of an exponential's mean.
    assert np.mean(delays_s[:, 1:]) == pytest.approx(60e-9, rel=0.02)
    hidden = power[:, 0] == 0
    assert np.mean(hidden) == pytest.approx(0.25, abs=0.01)
    k_db = 10 * np.log10(power[~hidden, 0] / (1 - power[~hidden, 0]))
    assert (k_db.min(), k_db.max()) == pytest.approx((0, 10), abs=0.01)


def test_the_single_path_is_one():
    _, gains = draw_positions(1, np.array([-1, 0]))
    assert np.abs(gains[0, 0]) == pytest.approx(1.0) and np.all(gains[0, 1:] == 0) and np.all(gains[1, 1:] != 0)


def test_receivers_spread_as_their_docstring_says_and_the_ideal_one_adds_nothing():
    of = draw_receivers(1, MANY)
    assert np.std(of.oscillator_ppm) == pytest.approx(0.5, rel=0.03)
    assert 20 * np.log10(np.median(np.abs(of.offset))) == pytest.approx(-40, abs=0.3)
    assert sorted(set(of.bits)) == [8, 10, 12, 14]
    ideal = draw_receivers(1, np.array([-1]))
    *faults, bits = astuple(ideal)
    assert bits[0] == 24 and not any(np.any(fault) for fault in faults)
    tone = np.exp(1j * np.arange(64, dtype=np.float32))[None]
    np.testing.assert_allclose(ideal.digitise(tone, np.ones(1)), tone, atol=1e-6)


def test_a_converter_has_as_many_steps_as_its_bits_allow():
    of = draw_receivers(1, MANY[:50])
    noise = np.random.default_rng(1).normal(size=(50, 20_000)).astype(np.float32)
    samples = of.digitise((noise + 1j * noise[:, ::-1]) / np.float32(np.sqrt(2)), np.ones(50))
    for row, bits in zip(samples, of.bits, strict=True):
        steps = row.real / (4.0 / 2 ** (bits - 1))
        np.testing.assert_allclose(steps, np.rint(steps), atol=0.01)
        assert np.abs(steps).max() <= 2 ** (bits - 1)
    strong = of.digitise(np.full((50, 8), 100, np.complex64), np.ones(50))
    assert strong.real == pytest.approx(4.0, rel=0.01)
