# SPDX-License-Identifier: GPL-3.0-or-later
"""Emitter worlds by what they record: true frames, true SNRs, and the hardware that the numbers name."""

import numpy as np
import pytest

from gnuradio.rfsec.datasets.emitter_world import EmitterWorld
from gnuradio.rfsec.datasets.transmitters import draw_transmitters
from gnuradio.rfsec.errors import ParameterError
from gnuradio.rfsec.ofdm.packet_sync import synchronise
from gnuradio.rfsec.ofdm.preamble import CARRIERS, LONG_SEQUENCE

SEED, COUNT = 3, 64


def recorded(emitter=0, day=0, channel=-1, receiver=-1, snr_db=60.0, rng=1, count=COUNT, **world):
    numbers = (np.broadcast_to(number, (count,)) for number in (emitter, day, channel, receiver))
    world = EmitterWorld(SEED, "80211a", **world)
    return world.record(*numbers, np.full(count, snr_db), np.random.default_rng(rng))


def symbols(frames, first, count):
    """Carriers of consecutive symbols that begin `first` samples after the first long training symbol, aligned."""
    at = synchronise(frames).long_start[:, None, None] + first + 80 * np.arange(count)[:, None] + np.arange(64)
    return np.fft.fft(np.take_along_axis(frames[:, None], at, axis=2))[..., CARRIERS]


def test_frames_begin_with_the_preamble_after_up_to_64_samples():
    packets = synchronise(recorded(snr_db=30.0, count=512))
    assert packets.quality.min() > 0.9
    assert packets.start.min() >= -1 and packets.start.max() <= 65
    assert np.all(np.histogram(packets.start, 8, (0, 64))[0] > 30)


def test_symbols_carry_pilots_and_points():
    frames = recorded(oscillator_ppm=0.0)
    channel = symbols(frames, 0, 1) * LONG_SEQUENCE
    equalised = symbols(frames, 144, 3) / channel  # SIGNAL and two data symbols
    pilots = np.searchsorted(CARRIERS, (-21, -7, 7, 21))
    turn = np.mean(equalised[:, :, pilots] * [1, 1, 1, -1], axis=2, keepdims=True)
    equalised /= turn
    np.testing.assert_allclose(np.abs(turn), 1, atol=0.1)
    signal = np.delete(equalised[:, 0], pilots, axis=1)
    assert np.sqrt(np.mean(np.abs(signal - np.sign(signal.real)) ** 2)) < 0.15
    data = np.delete(equalised[:, 1:], pilots, axis=2)
    assert np.mean(np.abs(data) ** 2) == pytest.approx(1.0, abs=0.1)
    assert {1} < {len(set(np.round(np.abs(row.ravel()), 0))) for row in data}  # of one ring (QPSK), and of more


@pytest.mark.parametrize("emitter", [1, 7, 20])
def test_image_and_leak_are_those_of_the_transmitter(emitter):
    radio = draw_transmitters(SEED, np.array([emitter]), np.array([0]), 0.0)
    frames = recorded(emitter, oscillator_ppm=0.0)
    received = symbols(frames, 0, 1)[:, 0] * LONG_SEQUENCE  # the image's carriers have the signs of L[k] L[-k]
    mirrored = LONG_SEQUENCE * LONG_SEQUENCE[::-1]
    slope = np.angle(np.sum(received[:, 1:25] * received[:, :24].conj(), axis=1))
    received *= np.exp(-1j * slope[:, None] * CARRIERS)
    filtered = np.exp(2j * np.pi / 64 * CARRIERS)  # by the transmitter's own taps
    parts = np.linalg.lstsq(np.stack((np.ones(52), mirrored, filtered, filtered.conj()), axis=1), received.T, rcond=None)[0]
    other = 10 ** (radio.gain_db / 20) * np.exp(1j * np.deg2rad(radio.skew_deg))
    assert np.mean(parts[1] / (parts[0] + parts[2] + parts[3])) == pytest.approx(((1 - other) / (1 + other))[0], abs=0.005)
    at = synchronise(frames).long_start[:, None] + np.arange(128)
    leak = np.abs(np.mean(np.take_along_axis(frames, at, axis=1), axis=1))
    assert np.median(leak) == pytest.approx(np.abs(radio.leak[0]), rel=0.2)


def test_the_carrier_is_off_by_the_oscillators_error():
    cfo_hz = [np.mean(synchronise(recorded(emitter)).cfo) * 5e6 for emitter in range(6)]
    expected = draw_transmitters(SEED, np.arange(6), np.zeros(6, int), 1.0).oscillator_ppm * 2450
    assert cfo_hz == pytest.approx(expected, abs=150)  # the lines are up to 40 Hz wide
    wide_hz = [np.mean(synchronise(recorded(emitter, oscillator_ppm=20.0)).cfo) * 5e6 for emitter in range(6)]
    assert wide_hz == pytest.approx(20 * expected, abs=150)


@pytest.mark.parametrize("snr_db", [0.0, 20.0])
def test_the_snr_is_true_whatever_the_channel(snr_db):
    places = {"channel": np.arange(COUNT), "oscillator_ppm": 0.0}
    clean, noisy = recorded(snr_db=200.0, **places), recorded(snr_db=snr_db, **places)
    assert 10 * np.log10(np.mean(np.abs(noisy - clean) ** 2)) == pytest.approx(-snr_db, abs=0.1)
    lead = synchronise(clean).start
    power = np.sum(np.abs(clean) ** 2, axis=1) / (640 - lead)
    np.testing.assert_allclose(power, 1, atol=0.01)


def test_a_channel_changes_the_spectrum_and_not_the_radio():
    places = np.repeat([[-1] * 16, range(16)], 4, axis=1)
    flat, through = (np.abs(symbols(recorded(channel=channel), 0, 1)[:, 0]) for channel in places)
    assert np.std(flat, axis=1).max() < 0.06 * flat.mean()
    ripple = np.std(through, axis=1).reshape(16, 4) / through.mean()
    assert np.median(ripple) > 0.1 and ripple.max() > 0.3
    np.testing.assert_allclose(ripple, ripple[:, :1] * np.ones(4), atol=0.05)  # positions stand still


def test_equal_numbers_and_draws_give_equal_bytes_and_each_number_counts():
    first = recorded(2, 1, 3, 4)
    np.testing.assert_array_equal(first, recorded(2, 1, 3, 4))
    for numbers in ((5, 1, 3, 4), (2, 6, 3, 4), (2, 1, 7, 4), (2, 1, 3, 8), (2, 1, -1, 4), (2, 1, 3, -1)):
        assert np.abs(recorded(*numbers) - first).max() > 0.01
    assert np.abs(recorded(2, 1, 3, 4, rng=2) - first).max() > 0.5


def test_no_rows_are_no_frames():
    assert recorded(count=0).shape == (0, 640)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"seed": -1}, "'seed' of an emitter world"),
        ({"waveform": "80211b"}, "one of 80211a, ble, fsk"),
        ({"sample_rate_hz": 0.0}, "'sample_rate_hz' of a world of '80211a'"),
    ],
)
def test_what_no_world_can_be_is_refused(arguments, words):
    with pytest.raises(ParameterError, match=words):
        EmitterWorld(**({"seed": 1, "waveform": "80211a"} | arguments))


@pytest.mark.parametrize("numbers", [{"emitter": -1}, {"day": -1}, {"channel": -2}, {"receiver": -2}, {"snr_db": np.nan}])
def test_numbers_that_name_nothing_are_refused(numbers):
    with pytest.raises(ParameterError, match=f"'{next(iter(numbers))}' of a recording"):
        recorded(count=2, **numbers)


def test_columns_of_other_lengths_are_refused():
    with pytest.raises(ParameterError, match="'day' of a recording"):
        zeros = np.zeros(3, int)
        EmitterWorld(1, "80211a").record(zeros, zeros[:2], zeros, zeros, np.zeros(3), np.random.default_rng(0))
