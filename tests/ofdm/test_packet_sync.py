# SPDX-License-Identifier: GPL-3.0-or-later
"""Packets found by their preambles, and the channel they came through, where both are known."""

import numpy as np
import pytest
from gnuradio.rfsec.dsp.noise import complex_noise
from gnuradio.rfsec.errors import ParameterError
from gnuradio.rfsec.ofdm.cfr import channel_responses
from gnuradio.rfsec.ofdm.packet_sync import Packets, find_packets, synchronise
from gnuradio.rfsec.ofdm.preamble import CARRIERS, LONG_FIELD, SHORT_FIELD

LENGTH = 640


def packets(count: int, snr_db: float, rng, taps=None):
    """Rows with a packet each; where it starts, and its offset."""
    starts = rng.integers(0, 64, count)
    cfo = rng.uniform(-0.03, 0.03, count)
    rows = np.zeros((count, LENGTH), np.complex64)
    for row, start, offset in zip(rows, starts, cfo):
        sent = np.concatenate((SHORT_FIELD, LONG_FIELD, complex_noise((240,), rng)))
        sent = sent if taps is None else np.convolve(sent, taps)
        row[start : start + sent.size] = sent * np.exp(2j * np.pi * offset * np.arange(sent.size))
    return rows + np.float32(10 ** (-snr_db / 20)) * complex_noise(rows.shape, rng), starts, cfo


@pytest.fixture
def rng():
    return np.random.default_rng(80211)


@pytest.mark.parametrize("snr_db, tolerance", [(3, 1e-3), (20, 1.5e-4)])
def test_rows_are_synchronised(snr_db, tolerance, rng):
    rows, starts, cfo = packets(500, snr_db, rng)
    found = synchronise(rows)
    assert np.mean(found.start == starts) > 0.99
    np.testing.assert_array_equal(found.long_start, found.start + 192)
    assert np.abs(found.cfo - cfo).max() < tolerance
    assert found.quality.min() > 0.35


def test_the_first_strong_path_counts_and_not_the_strongest(rng):
    rows, starts, _ = packets(200, 25, rng, taps=[0, 0.8, 0, 0, 1j, 0, 0.5])
    np.testing.assert_array_equal(synchronise(rows).start, starts + 1)


@pytest.mark.parametrize("samples", [
    np.zeros(LENGTH), np.ones(LENGTH), np.full(LENGTH, np.nan), np.exp(0.3j * np.arange(LENGTH)), np.tile(SHORT_FIELD, 4)])
def test_what_is_no_packet_has_no_quality(samples):
    found = synchronise(np.complex64(samples)[None])
    assert found.quality[0] < 0.2
    assert find_packets(np.complex64(samples)).start.size == 0


def test_noise_has_no_quality(rng):
    assert synchronise(complex_noise((2000, LENGTH), rng)).quality.max() < 0.2


def test_a_stream_gives_every_packet_and_nothing_else(rng):
    rows, starts, cfo = packets(100, 10, rng)
    lead = 1000
    stream = np.concatenate((0.3 * complex_noise((lead,), rng), rows.ravel())) + np.complex64(3 - 2j)  # a receiver's offset
    stream[7] = np.nan
    found = find_packets(stream)
    np.testing.assert_array_equal(found.start, lead + LENGTH * np.arange(100) + starts)
    assert np.abs(found.cfo - cfo).max() < 1e-3


def test_a_carrier_beside_the_packets_hides_none(rng):
    rows, starts, _ = packets(100, 30, rng)
    stream = rows.ravel() + np.complex64(0.1 * np.exp(2.2j * np.arange(rows.size)))
    np.testing.assert_array_equal(find_packets(stream).start, LENGTH * np.arange(100) + starts)


def test_a_packet_cut_at_its_start_begins_before_the_samples(rng):
    rows, starts, _ = packets(1, 20, rng)
    assert find_packets(rows[0, starts[0] + 40 :]).start.tolist() == [-40]


def test_responses_are_those_of_the_channel(rng):
    taps = np.array([1, 0.4j, -0.3, 0.2 + 0.2j])
    rows, _, cfo = packets(200, 20, rng, taps)
    found = synchronise(rows)
    exact = Packets(found.start, found.long_start, cfo, found.quality)
    response = channel_responses(rows, exact)
    expected = np.fft.fft(taps, 64)[CARRIERS] * np.exp(2j * np.pi * cfo * 192)[:, None]
    error = response.values - expected[:, None]
    assert abs(np.mean(np.abs(error) ** 2) / (0.01 * 52 / 64) - 1) < 0.05  # nothing but the noise
    assert np.abs(error.mean(axis=0)).max() < 0.03
    expected_db = 20 * np.log10(np.abs(expected[0])) + 20 + 10 * np.log10(64 / 52)
    assert np.abs(response.snr_db.mean(axis=0) - expected_db).max() < 0.5


def test_responses_of_a_stream_are_those_of_its_rows(rng):
    rows, _, _ = packets(20, 20, rng)
    found = synchronise(rows)
    along = Packets(found.start, found.long_start + LENGTH * np.arange(20), found.cfo, found.quality)
    np.testing.assert_array_equal(channel_responses(rows.ravel(), along).values, channel_responses(rows, found).values)
    with pytest.raises(ParameterError, match="as many as their packets"):
        channel_responses(rows[1:], found)


@pytest.mark.parametrize("call, message", [
    (lambda: synchronise(np.zeros((1, 319), np.complex64)), "at least 320"),
    (lambda: find_packets(np.zeros((1, 640), np.complex64)), "one row"),
    (lambda: find_packets(np.zeros(640)), "complex64"),
    (lambda: find_packets(np.zeros(640, np.complex64), 0.0), "least_quality")])
def test_wrong_samples_are_refused(call, message):
    with pytest.raises(ParameterError, match=message):
        call()
