# SPDX-License-Identifier: GPL-3.0-or-later
"""What no fingerprint of FSK can be taken of."""

import numpy as np
import pytest
from gnuradio.rfsec.errors import ParameterError
from gnuradio.rfsec.fingerprint.fsk_fingerprint import fingerprint_fsk
from gnuradio.rfsec.fingerprint.measure import measure_bursts
from gfsk_packets import FskTransmitter, bluetooth_bits

NOISE = np.random.default_rng(1)


def noise(count):
    return (NOISE.normal(size=count) + 1j * NOISE.normal(size=count)).astype(np.complex64)


def shaped(points, length=8):
    return np.convolve(np.repeat(points, length), np.hanning(length + 2), mode="same")


def in_noise(signal):
    return (np.pad(signal / np.abs(signal).max(), 300) + 0.02 * noise(signal.size + 600)).astype(np.complex64)


OTHERS = {
    "noise": [noise(count) for count in (70, 300, 3000, 20_000)],
    "band of noise": [in_noise(np.convolve(noise(3000), np.hanning(length))) for length in (5, 15, 60)],
    "carrier": [in_noise(np.exp(0.3j * np.arange(3000)))],
    "pulses": [in_noise(np.repeat(NOISE.integers(0, 2, 150), 20) * np.exp(0.3j * np.arange(3000)))],
    "BPSK": [in_noise(shaped(NOISE.choice([-1, 1], 300)))],
    "QPSK": [in_noise(shaped(1j ** NOISE.integers(0, 4, 300)))],
    "voice": [in_noise(np.exp(1j * np.cumsum(0.05 * np.convolve(NOISE.normal(size=3000), np.hanning(30), "same"))))],
    "OFDM": [in_noise(np.fft.ifft(np.pad(NOISE.choice([-1, 1], (40, 52)), ((0, 0), (6, 6)))).ravel())],
}


@pytest.mark.parametrize("name", OTHERS)
def test_other_signals_are_refused(name):
    found = fingerprint_fsk(OTHERS[name], 8e6)
    assert not found.usable.any()
    assert not found.values.any()
    assert all("FSK" in reason or reason in ("too short", "too few symbols") for reason in found.reason)


@pytest.mark.parametrize("samples, reason", [
    (np.zeros(0, np.complex64), "too short"),
    (noise(63), "too short"),
    (np.zeros(500, np.complex64), "silent"),
    (np.full(500, 1e-42, np.complex64), "silent"),
    (np.full(500, 3e38 + 3e38j, np.complex64), "not finite"),
    (np.full(500, np.nan, np.complex64), "not finite"),
    (np.full(500, np.inf, np.complex64), "not finite"),
], ids=lambda one: str(one[:2]) if isinstance(one, np.ndarray) else one)  # fmt: skip
def test_what_cannot_be_measured_says_why(samples, reason):
    assert fingerprint_fsk([samples], 1e6).reason == [reason]


def test_a_steady_line_on_the_transforms_grid_is_refused():
    lines = [amplitude * np.exp(2j * np.pi * place * np.arange(count) / count)
             for count in (64, 128, 512, 1000) for place in range(0, count, 5) for amplitude in (1, 0.1)]
    alternating = np.tile([1, -1], 32)  # nothing of it is left in the band in which nothing varies
    found = fingerprint_fsk([one.astype(np.complex64) for one in (*lines, 0.1 * np.exp(2j * np.pi * 327 * np.arange(512) / 512), alternating)], 1e6)
    assert not found.usable.any() and set(found.reason) <= {"no FSK", "too short", "too few symbols", "no FSK, or too weak"}


@pytest.mark.parametrize("rate_hz", [0, -8e6, np.nan, np.inf])
def test_rates_that_are_none_are_refused(rate_hz):
    burst = FskTransmitter().send(bluetooth_bits(NOISE), 8e6, NOISE)
    for representation in ("fsk_burst", "preamble_80211"):
        with pytest.raises(ParameterError, match="'sample_rate_hz' of bursts must be finite and above 0. Got"):
            measure_bursts(representation, [burst], rate_hz)


def test_a_refused_burst_leaves_the_others_alone():
    burst = FskTransmitter().send(bluetooth_bits(NOISE), 8e6, NOISE)
    alone = fingerprint_fsk([burst], 8e6)
    among = fingerprint_fsk([noise(3000), burst, np.zeros(500, np.complex64)], 8e6)
    assert among.usable.tolist() == [False, True, False]
    assert among.reason[1:] == ["", "silent"]
    assert np.array_equal(among.values[1], alone.values[0])


def test_a_burst_below_the_noise_is_refused():
    bursts = [FskTransmitter().send(bluetooth_bits(NOISE), 8e6, NOISE, snr_db=2) for _ in range(5)]
    assert not fingerprint_fsk(bursts, 8e6).usable.any()


def test_nothing_is_nothing():
    found = fingerprint_fsk([], 8e6)
    assert found.values.shape[0] == 0 and found.usable.shape == (0,) and found.reason == []
