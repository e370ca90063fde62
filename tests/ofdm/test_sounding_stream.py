# SPDX-License-Identifier: GPL-3.0-or-later
"""Soundings in a stream: the channel that was applied comes back, within what noise allows, however the stream is cut."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gnuradio.rfsec.errors import ParameterError
from gnuradio.rfsec.ofdm.preamble import CARRIERS, LONG_FIELD, SHORT_FIELD
from gnuradio.rfsec.ofdm.sounding import sounding, sounding_length
from gnuradio.rfsec.ofdm.sounding_stream import BLOCK, SoundingStream

PATHS = {0: 1.0, 3: 0.5j, 9: -0.3}


def response():
    return sum(gain * np.exp(-2j * np.pi * delay * CARRIERS / 64) for delay, gain in PATHS.items())


def heard(starts, repeats, snr_db, cfo, seed=1, length=None):
    """Soundings through the paths, at a carrier offset in cycles per sample, in white noise."""
    rng = np.random.default_rng(seed)
    count = length or starts[-1] + 3000
    samples = np.zeros(count + 16, np.complex128)
    for start in starts:
        for delay, gain in PATHS.items():
            samples[start + delay : start + delay + sounding_length(repeats)] += gain * sounding(repeats)
    power = sum(abs(gain) ** 2 for gain in PATHS.values()) * 10 ** (-snr_db / 10)
    samples = samples[:count] * np.exp(2j * np.pi * cfo * np.arange(count))
    return (samples + np.sqrt(power / 2) * (rng.standard_normal(count) + 1j * rng.standard_normal(count))).astype(np.complex64)


def all_of(stream, samples, sizes=(1 << 20,)):
    groups, at = [], 0
    for size in np.resize(sizes, 10**6):
        if at >= len(samples):
            break
        groups += stream.push(samples[at : at + size])
        at += size
    groups += stream.flush()
    return {name: np.concatenate([getattr(one, name) for one in groups]) for name in ("start", "cfo", "quality", "cfr", "snr_db")}


def test_two_repeats_are_the_preamble_of_the_standard():
    np.testing.assert_array_equal(sounding(2), np.concatenate((SHORT_FIELD, LONG_FIELD)))


@pytest.mark.parametrize("repeats", [2, 8, 32])
@pytest.mark.parametrize("snr_db", [10, 30])
def test_the_channel_comes_back_with_the_error_of_least_squares(repeats, snr_db):
    starts = 1000 + 5000 * np.arange(40)
    found = all_of(SoundingStream(repeats), heard(starts, repeats, snr_db, 2e-3))
    assert np.abs(found["start"] - starts).max() <= 1
    least = 1 / (2 * np.pi * 64 * np.sqrt(64 * 10 ** (snr_db / 10)))  # of the phase between two symbols
    assert np.sqrt(np.mean((found["cfo"] - 2e-3) ** 2)) < 1.5 * least
    late = found["start"] - starts  # a sample late or early turns the response
    aligned = found["cfr"] * np.exp(-2j * np.pi * np.outer(late, CARRIERS) / 64)
    true = response()
    phase = np.vdot(true, aligned.T.mean(axis=1))
    error = aligned * np.exp(-1j * np.angle(aligned @ true.conj()))[:, None] - true
    expected = np.mean(np.abs(true) ** 2) * 10 ** (-snr_db / 10) / repeats * 52 / 64  # white noise on 64 carriers, power on 52
    assert abs(phase) > 0 and np.mean(np.abs(error) ** 2) < 1.6 * expected
    assert np.mean(10 ** (found["snr_db"] / 10)) == pytest.approx(repeats * 10 ** (snr_db / 10) * 64 / 52, rel=0.4)


@settings(max_examples=20, deadline=None)
@given(sizes=st.lists(st.integers(1, 3 * BLOCK), min_size=1, max_size=5))
def test_the_cut_of_the_stream_does_not_matter(sizes):
    starts = np.array([0, 700, 1400, BLOCK - 200, BLOCK + 600, 2 * BLOCK - 5, 2 * BLOCK + 9000, 3 * BLOCK - 1])
    samples = heard(starts, 4, 20, -1e-3)
    whole, cut = (all_of(SoundingStream(4, sanitised=True), samples, how) for how in ((1 << 20,), sizes))
    assert np.abs(whole["start"] - starts).max() <= 1
    for name, values in whole.items():
        assert values.tobytes() == cut[name].tobytes(), name


def test_back_to_back_soundings_are_all_found():
    starts = sounding_length(2) * np.arange(100)
    assert len(all_of(SoundingStream(2), heard(starts, 2, 25, 1e-3))["start"]) == 100


def test_a_receivers_offset_makes_no_difference():
    starts = 1000 + 5000 * np.arange(20)
    samples = heard(starts, 8, 20, 3e-3)
    plain, offset = (all_of(SoundingStream(8, sanitised=True), one) for one in (samples, samples + np.complex64(0.4 - 0.7j)))
    np.testing.assert_array_equal(offset["start"], plain["start"])
    assert np.abs(offset["cfo"] - plain["cfo"]).max() < 2e-5
    assert np.abs(offset["quality"] - plain["quality"]).max() < 0.1
    assert np.abs(offset["cfr"] - plain["cfr"]).max() < 0.1 and np.mean(np.abs(offset["cfr"] - plain["cfr"]) ** 2) < 2e-4


@pytest.mark.parametrize("repeats", [2, 8])
@pytest.mark.parametrize("lost", [30, 56, 64, 80, 104])
def test_a_sounding_that_begins_before_the_samples_is_at_its_place(repeats, lost):
    samples = heard([lost], repeats, 30, 1e-3)[2 * lost :]
    found = all_of(SoundingStream(repeats), samples)
    assert found["start"].tolist() == [-lost] and found["quality"][0] > 0.9
    assert found["snr_db"].mean() > 25


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("scale", [1e-9, 32768, 1e13])
def test_the_scale_of_a_stream_does_not_matter(scale):
    """Such as that of integers that nobody has divided; at 0 dB some carriers are less than noise."""
    starts = 1000 + 5000 * np.arange(20)
    samples = heard(starts, 2, 0, 1e-3)
    plain, scaled = (all_of(SoundingStream(2, 0.2), one) for one in (samples, samples * np.float32(scale)))
    np.testing.assert_array_equal(scaled["start"], plain["start"])
    np.testing.assert_allclose(scaled["snr_db"], plain["snr_db"], atol=0.01)
    assert plain["snr_db"].min() < -90


def test_what_has_fewer_symbols_is_no_sounding():
    """A packet of 802.11, whose two symbols data follow, and a sounding that the end of the stream cuts."""
    samples, rng = heard([1000, 9000], 8, 25, 1e-3, length=9000 + sounding_length(8) - 1), np.random.default_rng(8)
    packet = heard([0], 2, 25, 1e-3, length=2000)
    packet[340:] += 0.9 * (rng.standard_normal(1660) + 1j * rng.standard_normal(1660)).astype(np.complex64)
    samples[4000:6000] = packet
    assert len(all_of(SoundingStream(2), samples)["start"]) == 3
    assert all_of(SoundingStream(8), samples)["start"].tolist() == [1000]


def test_noise_and_a_receivers_offset_give_none():
    rng = np.random.default_rng(4)
    noise = (rng.standard_normal(1 << 21) + 1j * rng.standard_normal(1 << 21)).astype(np.complex64)
    assert SoundingStream().push(noise + np.complex64(0.5)) + SoundingStream().push(noise) == []


@pytest.mark.parametrize("arguments, rule", [
    ({"repeats": 1}, "'repeats' of a sounding must be an even number, 2 to 64"),
    ({"repeats": 7}, "'repeats' of a sounding"),
    ({"repeats": 2.0}, "'repeats' of a sounding"),
    ({"least_quality": 0}, "'least_quality' of soundings must be above 0 and below 1"),
])
def test_parameters_outside_their_ranges_are_refused(arguments, rule):
    with pytest.raises(ParameterError, match=rule):
        SoundingStream(**arguments)
