# SPDX-License-Identifier: GPL-3.0-or-later
"""Fingerprints of 802.11 bursts as a receiver gives them: at any rate, anywhere in its band."""

from fractions import Fraction

import numpy as np
import pytest
from gnuradio.rfsec.dsp.noise import complex_noise
from gnuradio.rfsec.errors import ParameterError
from gnuradio.rfsec.fingerprint.measure import measure_bursts
from gnuradio.rfsec.fingerprint.preamble_fingerprint import fingerprint_preambles
from gnuradio.rfsec.fingerprint.preamble_frames import FRAME, LEAD, preamble_frames
from gnuradio.rfsec.ofdm.preamble import LONG_FIELD, SHORT_FIELD
from scipy import signal

IMAGE, LEAK, CFO = -0.01 + 0.012j, 0.02 - 0.008j, 0.001


def burst(rng, rate=Fraction(1), centre: float = 0.0, lead: int = 200, snr_db: float = 40):
    """One frame at `rate` samples for one of the grid, around `centre` cycles per sample; then what is not a frame."""
    sent = np.concatenate((SHORT_FIELD, LONG_FIELD, complex_noise((1000,), rng)))
    sent = sent + IMAGE * sent.conj() + LEAK
    sent = np.concatenate((np.zeros(lead), sent * np.exp(2j * np.pi * CFO * np.arange(sent.size)), np.zeros(300)))
    made = signal.resample_poly(sent, rate.numerator, rate.denominator, window=("kaiser", 8.0))
    made = made * np.exp(2j * np.pi * centre * np.arange(made.size))
    return (made + 10 ** (-snr_db / 20) * complex_noise(made.shape, rng)).astype(np.complex64)


@pytest.fixture
def rng():
    return np.random.default_rng(11)


@pytest.mark.parametrize("grid_hz, sample_rate_hz, centre_hz", [
    (20e6, 20e6, 0), (20e6, 25e6, 0), (20e6, 30.72e6, 0), (20e6, 56e6, -15e6), (10e6, 10e6, 0), (10e6, 40e6, 12e6),
    (5e6, 5e6, 0), (5e6, 8e6, 1e6), (5e6, 20e6, -7e6), (5e6, 4.8e6, 0)])
def test_faults_and_offset_are_those_of_the_frame(grid_hz, sample_rate_hz, centre_hz, rng):
    rate = Fraction(sample_rate_hz / grid_hz).limit_denominator(1000)
    bursts = [burst(rng, rate, centre_hz / sample_rate_hz) for _ in range(8)]
    found = measure_bursts("preamble_80211", bursts, sample_rate_hz)
    assert found.usable.all() and found.reason == [""] * 8
    values = found.values[:, 0].mean(axis=0)
    assert abs(complex(*values[:2]) * 0.01 - IMAGE) < 1e-3 and abs(complex(*values[2:4]) * 0.016 - LEAK) < 1e-3
    assert abs(values[6] - CFO * grid_hz / 1e3) < 0.02 * grid_hz / 20e6 * 10


def test_a_burst_gives_what_its_frame_gives(rng):
    bursts = [burst(rng, lead=lead) for lead in (64, 64, 500)]
    frames = preamble_frames(bursts, 20e6)
    assert frames.samples.shape == (3, FRAME) and frames.rate_hz.tolist() == [20e6] * 3
    np.testing.assert_array_equal(frames.samples[0], bursts[0][:FRAME])
    np.testing.assert_array_equal(frames.samples[2], bursts[2][500 - LEAD :][:FRAME])
    of_frames = fingerprint_preambles(frames.samples, 20e6).values
    np.testing.assert_array_equal(measure_bursts("preamble_80211", bursts, 20e6).values, of_frames)


def test_the_first_of_two_frames_counts(rng):
    one, two = burst(rng, lead=64), burst(rng, lead=64)
    frames = preamble_frames([np.concatenate((one, 3 * two))], 20e6)
    np.testing.assert_array_equal(frames.samples[0], one[:FRAME])


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("made, sample_rate_hz, reason", [
    (lambda rng: complex_noise((4000,), rng), 20e6, "no 802.11 preamble"),
    (lambda rng: np.ones(4000), 20e6, "no 802.11 preamble"),
    (lambda rng: np.zeros(4000), 20e6, "no 802.11 preamble"),
    (lambda rng: burst(rng)[:250], 20e6, "too short"),
    (lambda rng: np.zeros(0), 20e6, "too short"),
    (lambda rng: np.append(burst(rng), np.inf), 20e6, "not finite"),
    (lambda rng: burst(rng), 4e6, "sampled too slowly for 802.11"),
    (lambda rng: complex_noise((200_000,), rng), 1.2e10, "no 802.11 preamble"),
    (lambda rng: burst(rng, lead=0)[50:], 20e6, "its preamble is cut"),
    (lambda rng: burst(rng) * np.where(np.arange(1820) < 360, 2, 1), 20e6, "its preamble is disturbed")])
def test_what_cannot_be_used_says_why(made, sample_rate_hz, reason, rng):
    found = measure_bursts("preamble_80211", [np.complex64(made(rng))], sample_rate_hz)
    assert found.reason == [reason] and not found.usable[0] and not found.values.any()


def test_rate_must_be_above_0():
    with pytest.raises(ParameterError, match="above 0"):
        preamble_frames([np.zeros(500, np.complex64)], 0.0)
