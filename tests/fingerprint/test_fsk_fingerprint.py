# SPDX-License-Identifier: GPL-3.0-or-later
"""What is measured of FSK bursts, from transmitters whose faults are known."""

from dataclasses import replace

import numpy as np
import pytest
from gnuradio.rfsec.fingerprint.fsk_fingerprint import fingerprint_fsk
from gnuradio.rfsec.fingerprint.fsk_values import NAMES
from scipy.signal import hilbert

from gfsk_packets import FskTransmitter, bluetooth_bits, sensor_bits

QUIET = FskTransmitter()


@pytest.fixture
def rng():
    return np.random.default_rng(2402)


def measured(bursts, sample_rate_hz):
    """Values by name, of bursts that are all usable."""
    found = fingerprint_fsk(bursts, sample_rate_hz)
    assert found.reason == [""] * len(bursts)
    assert found.usable.all() and found.values.dtype == np.float32
    assert found.values.shape == (len(bursts), 1, len(NAMES))
    return dict(zip(NAMES, found.values[:, 0].T.astype(float)))


def offset_hz(values):
    return 20e3 * np.sinh(values["carrier"])


def index(values):
    return 0.5 * np.exp(0.05 * np.sinh(values["index"]))


@pytest.mark.parametrize("rate_hz", [2e6, 4e6, 5e6, 8e6, 10e6, 20e6, 40e6, 100e6, 250e6])
def test_bluetooth_at_any_rate_and_intermediate_frequency(rng, rate_hz):
    shifts = np.round(rng.uniform(-0.35, 0.35, 4) * (rate_hz - 3e6) / 1e6).clip(-0.3 * rate_hz / 1e6) * 1e6 * (rate_hz > 3e6)
    bursts = [QUIET.send(bluetooth_bits(rng), rate_hz, rng, snr_db=20, shift_hz=shift) for shift in shifts]
    values = measured(bursts, rate_hz)
    assert offset_hz(values) == pytest.approx(20e3, abs=350)
    assert index(values) == pytest.approx(0.5, rel=0.01)
    assert np.mean(values["pulse bandwidth"]) == pytest.approx(0, abs=0.5 if rate_hz > 3e6 else 3)


@pytest.mark.parametrize("rate_hz, shift_hz", [(10e6, 2e6), (250e6, 25e6), (5e9, 2402e6)])
def test_a_real_valued_intermediate_frequency_made_analytic(rng, rate_hz, shift_hz):
    bits = bluetooth_bits(rng, 100)
    bursts = [hilbert(QUIET.send(bits, rate_hz, rng, snr_db=20, shift_hz=shift_hz).real)]
    assert offset_hz(measured(bursts, rate_hz)) == pytest.approx(20e3, abs=400)


def test_a_steady_carrier_beside_a_burst_is_not_taken_for_it(rng):
    burst = QUIET.send(bluetooth_bits(rng), 20e6, rng, snr_db=25, shift_hz=4e6)
    carrier = 3 * np.abs(burst).max() * np.exp(-0.8j * np.arange(burst.size))
    assert offset_hz(measured([burst + carrier], 20e6)) == pytest.approx(20e3, abs=300)


@pytest.mark.parametrize("snr_db, hz, share", [(12, 500, 0.03), (15, 300, 0.02), (25, 150, 0.01), (40, 100, 0.005)])
def test_weak_and_strong(rng, snr_db, hz, share):
    values = measured([QUIET.send(bluetooth_bits(rng), 8e6, rng, snr_db=snr_db) for _ in range(12)], 8e6)
    assert offset_hz(values) == pytest.approx(20e3, abs=hz)
    assert index(values) == pytest.approx(0.5, rel=share)


@pytest.mark.parametrize(
    "symbol_rate_hz, modulation_index, bandwidth_time",
    [(1e3, 1, 0), (1e4, 4, 0), (1e4, 8, 0.5), (5e4, 0.5, 1), (1e5, 2, 0.5), (1e6 / 8, 0.3, 0.5)],
)
def test_sensors_and_remotes(rng, symbol_rate_hz, modulation_index, bandwidth_time):
    sensor = FskTransmitter(symbol_rate_hz, modulation_index, bandwidth_time, offset_hz=-7e3)
    values = measured([sensor.send(sensor_bits(rng), 1e6, rng, snr_db=25) for _ in range(2)], 1e6)
    assert offset_hz(values) == pytest.approx(-7e3, abs=3e-4 * symbol_rate_hz)
    assert index(values) == pytest.approx(modulation_index, rel=0.01)
    assert 10 ** (6 + values["rate"]) == pytest.approx(symbol_rate_hz, rel=5e-4)


def test_gain_phase_delay_and_surroundings_change_nothing(rng):
    bits = bluetooth_bits(rng)
    one = QUIET.send(bits, 8e6, rng, snr_db=50)
    quiet = 1e-4 * np.abs(one).max() * (rng.normal(size=700) + 1j * rng.normal(size=700)).astype(np.complex64)
    again = QUIET.send(bits, 8e6, rng, snr_db=50)
    values = fingerprint_fsk([one, -3e4j * one, np.concatenate((quiet, one)), one[100:-100], again], 8e6)
    near = values.values[:, 0] - values.values[0, 0]
    kept = [name.split()[0] not in {"purity", "clock", "frequency", "phase", "rate"} for name in NAMES]
    assert np.abs(near[:, kept]).max() < 0.3
    assert np.abs(near[1]).max() < 1e-3


def test_a_burst_that_fills_the_array(rng):
    burst = QUIET.send(bluetooth_bits(rng), 8e6, rng, snr_db=25)[16 * 20 : -16 * 20]
    values = measured([burst, np.concatenate((burst[:1], burst))], 8e6)
    assert (values["start seen"] == 0).all() and (values["stop seen"] == 0).all()
    assert offset_hz(values) == pytest.approx(20e3, abs=200)


@pytest.mark.parametrize("change, name, least", [
    ({"offset_hz": 21e3}, "carrier cos 3906.25", -1.0),
    ({"index": 0.51}, "index", 0.3),
    ({"symbol_rate_hz": 1.0002e6}, "rate error", 1.0),
    ({"drift_hz": 5e3}, "drift", 0.4),
    ({"drift_hz": -5e3}, "settling 16-32", 0.1),
    ({"bandwidth_time": 0.6}, "pulse bandwidth", 0.7),
    ({"image": 0.03}, "image", 0.6),
    ({"leak": 0.03}, "leak", 0.6),
    ({"rise": 5.0}, "rise -0.75", 0.4),
    ({"rise": 5.0}, "fall -0.75", 0.4),
], ids=lambda value: str(value))  # fmt: skip
def test_what_a_transmitter_does_is_seen_through_another_position(rng, change, name, least):
    bits = bluetooth_bits(rng)
    other = replace(QUIET, **change)
    before = measured([QUIET.send(bits, 8e6, rng, snr_db=30, echo_s=60e-9) for _ in range(6)], 8e6)[name]
    after = measured([other.send(bits, 8e6, rng, snr_db=30, echo_s=60e-9) for _ in range(6)], 8e6)[name]
    moved = np.median(after) - np.median(before)
    assert moved / least > 1
    assert np.abs(moved) > 2 * max(before.std(), after.std())


def test_two_positions_do_not_hide_twelve_transmitters(rng):
    """Whitened by how well a value repeats: carrier and index by what oscillators and regulators do, shapes by noise."""
    repeats = {"carrier cos 62500": 0.03, "carrier sin 62500": 0.03, "index": 0.1, "pulse bandwidth": 0.3, "drift": 0.1}
    bits = bluetooth_bits(rng)
    transmitters = [
        FskTransmitter(
            offset_hz=rng.uniform(-30e3, 30e3), index=rng.uniform(0.46, 0.54), bandwidth_time=rng.uniform(0.4, 0.6),
            drift_hz=rng.normal() * 3e3, image=rng.uniform(0, 0.03), leak=rng.uniform(0, 0.03), rise=rng.uniform(0.5, 4),
        )
        for _ in range(12)
    ]  # fmt: skip
    places = []
    for snr_db, echo_s in ((28, 20e-9), (18, 100e-9)):
        days = [replace(one, offset_hz=one.offset_hz + 240 * rng.normal()) for one in transmitters]
        values = measured([one.send(bits, 8e6, rng, snr_db=snr_db, echo_s=echo_s) for one in days], 8e6)
        places.append(np.stack([values[name] / spread for name, spread in repeats.items()], axis=1))
    distances = np.linalg.norm(places[0][:, None] - places[1], axis=2)
    assert (distances.argmin(axis=0) == np.arange(12)).all()


def test_bluetooths_faster_packets_are_known_by_their_head(rng):
    head = QUIET.send(bluetooth_bits(rng, 86), 8e6, rng, tail=0)
    turns = np.cumsum(rng.choice([-3, -1, 1, 3], 400)) * np.pi / 4
    phases = np.convolve(np.repeat(np.exp(1j * turns), 8), np.hanning(16) / 8, mode="same")
    packet = np.concatenate((head, np.zeros(40), np.median(np.abs(head)) * phases, np.zeros(200)))
    values = measured([packet + 1e-3 * np.abs(head).max() * rng.normal(size=packet.size)], 8e6)
    assert offset_hz(values) == pytest.approx(20e3, abs=300)
    assert values["stop seen"] == 0
