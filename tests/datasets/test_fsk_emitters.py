# SPDX-License-Identifier: GPL-3.0-or-later
"""Simulated FSK devices by what they send: bits, rates, levels, ramps, and the faults that their numbers name."""

from dataclasses import fields

import numpy as np
import pytest

from gnuradio.rfsec.datasets.devices_fsk import draw_devices
from gnuradio.rfsec.datasets.positions import draw_movement
from gnuradio.rfsec.datasets.emitter_world import EmitterWorld
from gnuradio.rfsec.datasets.transmitters import draw_transmitters
from gnuradio.rfsec.errors import ParameterError

SEED = 3
HEADER = np.array([0, 1] * 4 + [0x8E89BED6 >> bit & 1 for bit in range(32)])  # sent with the lowest bit first


def recorded(kind, emitter, rng=1, snr_db=200.0, day=0, channel=-1, **world):
    emitter = np.atleast_1d(emitter)
    ones = np.ones(emitter.size, int)
    world = EmitterWorld(SEED, kind, **world)
    return world.record(emitter, day * ones, channel * ones, -ones, snr_db * ones, np.random.default_rng(rng))


def devices(kind, emitter, day=0):
    emitter = np.atleast_1d(emitter)
    return draw_devices(SEED, kind, {"ble": 8e6, "fsk": 1e6}[kind], emitter, np.full(emitter.size, day))


def frequencies(row):
    """Cycles per sample where there is a packet, 0 elsewhere."""
    on = np.abs(row) > 0.5
    return np.angle(row[1:] * row[:-1].conj()) / (2 * np.pi) * (on[1:] & on[:-1])


def find(track, bits, per_symbol):
    """Where a sequence of bits begins that is sent with `per_symbol` samples each, and its correlation with the track."""
    places = np.rint(np.arange(bits.size * per_symbol)).astype(int)
    wanted = (2.0 * bits - 1)[np.minimum((places / per_symbol).astype(int), bits.size - 1)]
    wanted -= wanted.mean()
    windows = np.lib.stride_tricks.sliding_window_view(track, wanted.size)
    spread = np.linalg.norm(windows - windows.mean(axis=1)[:, None], axis=1)
    likeness = windows @ wanted / (np.linalg.norm(wanted) * spread + 1e-9)
    return int(np.argmax(likeness)), float(np.max(likeness))


def test_ble_packets_begin_with_preamble_and_access_address():
    for row in recorded("ble", range(12)):
        at, likeness = find(frequencies(row), HEADER, 8)
        assert likeness > 0.9
        assert at < 256 + 8 * 8 + 2  # lead, ramp
        packet = np.flatnonzero(np.abs(row) > 0.5)
        assert 80 * 8 <= packet.size <= (376 + 16) * 8


def test_the_two_levels_are_the_devices():
    of = devices("ble", range(60))
    over = []
    for index, row in zip(of.index, recorded("ble", range(60), oscillator_ppm=0.0)):
        track = frequencies(row)
        start = find(track, HEADER, 8)[0]
        run = "".join(map(str, HEADER)).index("11111")  # the middle one is at its level
        over.append(np.mean(track[start + 8 * run + 18 : start + 8 * run + 22]) * 16 / index - 1)
    neighbours = of.before + of.after
    assert np.std(over - neighbours) < 0.03
    assert np.corrcoef(over, neighbours)[0, 1] > 0.6


def test_carriers_are_off_by_the_oscillators_error():
    emitters = np.arange(20)
    expected_hz = draw_transmitters(SEED, emitters, 0 * emitters, 20.0).oscillator_ppm * 2440
    own, exact = (recorded("ble", emitters, **world) for world in ({}, {"oscillator_ppm": 0.0}))
    length = 80 * 8  # both worlds send the same
    moved_hz = [np.mean(frequencies(a)[300:length] - frequencies(b)[300:length]) * 8e6 for a, b in zip(own, exact)]
    assert moved_hz == pytest.approx(expected_hz, abs=400)


def test_products_have_rates_of_three_digits_and_emitters_of_one_share_them():
    world = EmitterWorld(SEED, "fsk")
    rates_hz = world.symbol_rate_hz(np.arange(800)).reshape(100, 8)
    assert np.all(rates_hz == rates_hz[:, :1]) and len(set(rates_hz[:, 0])) > 80
    assert rates_hz.min() > 1e6 / 81 and rates_hz.max() <= 100e3
    assert all(float(f"{rate:.2e}") == pytest.approx(rate) for rate in rates_hz[:, 0])
    assert np.all(EmitterWorld(SEED, "ble").symbol_rate_hz(np.arange(5)) == 1e6)


@pytest.mark.parametrize("product", [2, 5, 7, 11])
def test_fsk_packets_of_a_product_have_one_preamble_and_sync_word(product):
    emitters = 8 * product + np.arange(8)
    per_symbol = 1e6 / EmitterWorld(SEED, "fsk").symbol_rate_hz(emitters)[0]
    bits = []
    for row, ramp in zip(recorded("fsk", emitters, oscillator_ppm=0.0), devices("fsk", emitters).ramp_up):
        first = np.argmax(np.abs(row) > 0.5) + ramp / 2 * per_symbol
        track = frequencies(row)[np.rint(first + (np.arange(60) + 0.5) * per_symbol).astype(int)]
        bits.append(track > (track.max() + track.min()) / 2)
    assert np.all(np.array(bits)[:, :32] == bits[0][:32])
    assert np.all(bits[0][1:16] != bits[0][:15])
    assert len({tuple(own[56:]) for own in bits}) > 2


@pytest.mark.parametrize("kind", ["ble", "fsk"])
def test_the_same_payload_is_the_same_in_every_packet(kind):
    powers = {}
    for same in (True, False):
        first, second = (np.abs(np.fft.fft(frequencies(recorded(kind, 9, rng, same_payload=same)[0]))) for rng in (1, 2))
        powers[same] = np.corrcoef(first, second)[0, 1]  # whenever each begins
    assert powers[True] > 0.98 > 0.9 > powers[False]


def test_packets_ramp_as_their_device_does():
    of = devices("ble", range(20))
    for number, row in enumerate(recorded("ble", range(20))):
        level = np.abs(row) / np.median(np.abs(row)[np.abs(row) > 0.5])
        for ramp, side in ((of.ramp_up, level), (of.ramp_down, level[::-1])):
            fifth, rest = (np.argmax(side > share) for share in (0.104, 0.896))  # of a smooth step, at 0.2 and 0.8
            assert (rest - fifth) / 0.6 / 8 == pytest.approx(ramp[number], abs=0.5)


def test_only_devices_that_modulate_i_and_q_have_images():
    of = devices("ble", range(40))
    assert 8 < np.sum(of.quadrature) < 32
    for number, row in enumerate(recorded("ble", range(40), oscillator_ppm=0.0)):
        level = np.abs(row)
        inside = level[np.flatnonzero(level > 0.5)[70:-70]]
        assert (np.std(inside) / np.mean(inside) > 2e-3) == of.quadrature[number]


def test_a_day_moves_index_settling_and_drift_and_nothing_else():
    emitters = np.arange(5000)
    for kind in ("ble", "fsk"):
        first, later = devices(kind, emitters), devices(kind, emitters, day=2)
        names = (field.name for field in fields(first))
        moved = {name for name in names if np.any(getattr(first, name) != getattr(later, name))}
        assert moved == {"index", "settling", "drift"}
    first = devices("ble", emitters).index
    moved = devices("ble", emitters, 2).index - first
    within = np.std(first.reshape(-1, 8), axis=1, ddof=1)
    assert np.std(moved) == pytest.approx(0.1 * np.sqrt(np.mean(within**2)), rel=0.05)


@pytest.mark.parametrize("kind", ["ble", "fsk"])
def test_samples_of_a_product_are_more_alike_than_products(kind):
    of = devices(kind, np.arange(4000))
    for name in ("index", "before", "curvature", "settling", "ramp_up", "settling_time"):
        values = getattr(of, name).reshape(-1, 8)
        assert np.mean(np.var(values, axis=1)) < 0.3 * np.var(values.mean(axis=1)), name


def test_what_moves_changes_the_field_by_its_size_in_a_sixth_of_a_wavelength():
    moved = draw_movement(np.full(4000, 0.05), 101, np.random.default_rng(1))
    assert np.all(moved[:, 50] == 1)
    assert np.sqrt(np.mean(np.abs(moved[:, -1] - moved[:, 0]) ** 2)) == pytest.approx(2 * np.pi * 0.05, rel=0.05)
    still, moving = (np.abs(recorded("fsk", 3, 1, channel=channel)[0]) for channel in (-1, 5))
    assert not np.allclose(still, moving, atol=1e-3), "positions move, a single path does not"


def course(of, number, rng):
    """Means over 20 symbols of a packet's frequency, and what settling and drift make of them, over half the index."""
    row = recorded("ble", number, rng, oscillator_ppm=0.0)[0]
    track = frequencies(row)
    start = find(track, HEADER, 8)[0]
    length = (np.sum(np.abs(row) > 0.9) - 8 * 8) // 160 * 160
    means = track[start : start + length].reshape(-1, 160).mean(axis=1) * 16 / of.index[number]
    since = 20 * np.arange(means.size) + 10 + of.ramp_up[number]
    return means, of.settling[number] * np.exp(-since / of.settling_time[number]) + of.drift[number] * since


@pytest.mark.parametrize("which", ["settling", "drift"])
def test_a_device_settles_and_drifts(which):
    """Of two packets that say the same, the one's course less the other's is that of their devices."""
    of = devices("ble", range(400))
    pure = np.flatnonzero(~of.quadrature)
    strength = of.drift if which == "drift" else of.settling * of.settling_time
    likeness = []
    for rng in (5, 6, 7, 8):
        (low, wanted_low), (high, wanted_high) = (
            course(of, pure[choose(strength[pure])], rng) for choose in (np.argmin, np.argmax)
        )
        apart, wanted = ((a - b)[:14] - np.mean((a - b)[:14]) for a, b in ((high, low), (wanted_high, wanted_low)))
        likeness.append(apart @ wanted / (wanted @ wanted))
    assert np.mean(likeness) == pytest.approx(1.0, abs=0.45)  # the preamble's transitions lie off the middle as well


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"waveform": "ble", "sample_rate_hz": 1e6}, "2e\\+06 to 1e\\+08"),
        ({"waveform": "fsk", "sample_rate_hz": 2e7}, "100000 to 8e\\+06"),
        ({"waveform": "80211a", "same_payload": True}, "'same_payload' of a world of '80211a'"),
    ],
)
def test_what_no_world_can_be_is_refused(arguments, words):
    with pytest.raises(ParameterError, match=words):
        EmitterWorld(1, **arguments)


@pytest.mark.parametrize(
    ("kind", "rate_hz", "length"), [("ble", 2e6, 1024), ("ble", 20e6, 10240), ("fsk", 100e3, 6144), ("fsk", 8e6, 6144)]
)
def test_rows_are_finite_and_as_long_as_said_at_any_rate(kind, rate_hz, length):
    rows = recorded(kind, range(16), sample_rate_hz=rate_hz, snr_db=20.0)
    assert rows.shape == (16, length) and np.all(np.isfinite(rows))
