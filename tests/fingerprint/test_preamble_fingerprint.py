# SPDX-License-Identifier: GPL-3.0-or-later
"""Fingerprints of 802.11 preambles: a transmitter's known faults come back, whatever the channel and the receiver."""

import numpy as np
import pytest
from gnuradio.rfsec.dsp.noise import complex_noise
from gnuradio.rfsec.errors import ParameterError
from gnuradio.rfsec.fingerprint.measure import measure
from gnuradio.rfsec.fingerprint.preamble_fingerprint import VALUES, fingerprint_preambles
from gnuradio.rfsec.ofdm.preamble import LONG_FIELD, SHORT_FIELD
from scipy import signal

RATE_HZ = 20e6
IMAGE, LEAK, CUBIC, CFO_HZ = 0.012 - 0.009j, -0.01 + 0.014j, -0.03 + 0.01j, 23e3
SIZES = np.repeat([0.01, 0.016, 0.02], 2)  # of the first values
LENGTH = 480


def frames(count: int, rng, *, snr_db: float = 60, image=IMAGE, leak=LEAK, cubic=CUBIC, receivers_image=0, starts=(8, 40)):
    """Frames of one transmitter, each through a channel of its own that echoes for 5 samples."""
    sent = np.concatenate((SHORT_FIELD, LONG_FIELD, complex_noise((96,), rng)))
    fine = signal.resample(sent, 4 * sent.size)  # the third order is three times as wide
    sent = sent + image * sent.conj() + leak + signal.resample(cubic * fine * np.abs(fine) ** 2, sent.size)
    rows = np.zeros((count, LENGTH), np.complex64)
    for row, start in zip(rows, rng.integers(*starts, count)):
        echoes = 0.4 * complex_noise((5,), rng) * np.exp(-np.arange(5) / 2)
        echoes[0] += np.exp(2j * np.pi * rng.random())
        received = np.convolve(sent, echoes / np.linalg.norm(echoes))[: LENGTH - start]
        row[start : start + received.size] = received * np.exp(2j * np.pi * CFO_HZ / RATE_HZ * np.arange(received.size))
    rows += receivers_image * rows.conj()
    return rows + np.float32(10 ** (-snr_db / 20)) * complex_noise(rows.shape, rng)


@pytest.fixture
def rng():
    return np.random.default_rng(4)


def first_values(rows):
    """Image, leak, third order, of each row."""
    found = fingerprint_preambles(rows, RATE_HZ)
    assert found.usable.all() and set(found.reason) == {""}
    return (found.values[:, 0, :6] * SIZES).astype(np.float32).view(np.complex64)


def test_known_faults_come_back_through_any_channel(rng):
    found = first_values(frames(200, rng))
    np.testing.assert_allclose(np.abs(found.mean(axis=0) - [IMAGE, LEAK, CUBIC]), 0, atol=2e-3)
    assert np.all(np.std(found, axis=0) < [2e-4, 2e-4, 8e-4])


def test_a_perfect_transmitter_has_none(rng):
    found = first_values(frames(200, rng, image=0, leak=0, cubic=0))
    assert np.all(np.abs(found.mean(axis=0)) < [5e-5, 5e-5, 5e-4]) and np.all(np.std(found, axis=0) < [2e-4, 2e-4, 8e-4])


def test_both_fields_of_a_linear_transmitter_agree(rng):
    found = fingerprint_preambles(frames(200, rng, cubic=0), RATE_HZ).values[:, 0, 12:17]  # drift, level, phase, leak
    assert np.all(np.abs(found.mean(axis=0)) < [0.05, 0.02, 0.02, 0.01, 0.01]) and np.all(found.std(axis=0) < 0.1)


def test_a_receivers_image_is_told_from_the_transmitters(rng):
    """The plain estimate takes all of it for the transmitter's, with a phase that channels turn; the likely one little."""
    found = fingerprint_preambles(frames(300, rng, snr_db=40, receivers_image=0.015), RATE_HZ).values[:, 0]
    plain, likely = (found[:, at : at + 2].copy().view(np.complex64)[:, 0] * 0.01 for at in (0, 8))
    assert np.std(plain) > 0.006 and np.std(likely) < 0.0015
    assert abs(np.mean(likely) - IMAGE) < 0.002


def test_offset_is_in_khz(rng):
    found = fingerprint_preambles(frames(100, rng, snr_db=30), RATE_HZ).values[:, 0]
    assert abs(np.mean(found[:, 6]) - 23) < 0.05 and np.std(found[:, 6]) < 0.1
    np.testing.assert_allclose(found[:, 7], np.arcsinh(found[:, 6]), rtol=1e-5)
    slow = fingerprint_preambles(frames(100, rng, snr_db=30), RATE_HZ / 4).values[:, 0]
    assert abs(np.mean(slow[:, 6]) - 23 / 4) < 0.01
    assert abs(np.mean(found[:, 18]) - 3.05) < 0.1  # SNR; the third order adds power


def test_gain_and_phase_of_a_receiver_change_nothing(rng):
    rows = frames(20, rng, snr_db=30)
    plain = fingerprint_preambles(rows, RATE_HZ).values
    turned = fingerprint_preambles(rows * np.complex64(1e-3 * np.exp(2j)), RATE_HZ).values
    assert plain.shape == (20, 1, VALUES) and plain.dtype == np.float32
    np.testing.assert_allclose(turned, plain, atol=5e-3)
    assert 0.3 < plain[:, 0, 20:].std() < 3


@pytest.mark.parametrize("spoil, reason", [
    (lambda row: row * 0, "no 802.11 preamble"),
    (lambda row: np.roll(row, 300), "no 802.11 preamble"),
    (lambda row: np.concatenate((row[200:], row[:200] * 0)), "no 802.11 preamble"),
    (lambda row: np.concatenate((row[70:], row[:70] * 0)), "its preamble is cut"),
    (lambda row: np.concatenate((row[:150] * 0, row[:-150])), "its preamble is cut"),
    (lambda row: np.where(np.arange(row.size) == 460, np.nan, row), "not finite")])
def test_what_cannot_be_used_says_why(spoil, reason, rng):
    rows = frames(3, rng, snr_db=40, starts=(20, 21))
    rows[1] = spoil(rows[1])
    found = fingerprint_preambles(rows, RATE_HZ)
    assert found.usable.tolist() == [True, False, True]
    assert found.reason == ["", reason, ""] and not found.values[1].any()
    np.testing.assert_array_equal(found.values[::2], fingerprint_preambles(rows[::2], RATE_HZ).values)


def test_no_frames_and_wrong_ones():
    assert fingerprint_preambles(np.zeros((0, 400), np.complex64), RATE_HZ).values.shape == (0, 1, VALUES)
    with pytest.raises(ParameterError, match="at least 320"):
        fingerprint_preambles(np.zeros((4, 200), np.complex64), RATE_HZ)
    with pytest.raises(ParameterError, match="sample_rate_hz"):
        fingerprint_preambles(np.zeros((4, 400), np.complex64), 0.0)


@pytest.mark.parametrize("representation", ["iq", "iq_aligned", "iq_equalised", "preamble_80211"])
@pytest.mark.parametrize("frames", [np.zeros((2, 100), np.complex64), np.zeros(480, np.complex64)], ids=["short", "no rows"])
def test_rows_too_short_for_a_representation_are_refused(representation, frames):
    with pytest.raises(ParameterError, match="must be rows of at least"):
        measure(representation, frames, RATE_HZ)
