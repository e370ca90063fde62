# SPDX-License-Identifier: GPL-3.0-or-later
"""The symbol rate of bursts: within 1% for every kind of keying, and none of what has none."""

import numpy as np
import pytest
from flowgraphs import complex_noise
from gnuradio.rfsec.detection.condition import condition
from gnuradio.rfsec.detection.measure import measure
from gnuradio.rfsec.detection.symbol_rate import FEWEST_SAMPLES, MOST_SAMPLES, symbol_rate
from gnuradio.rfsec.dsp.pulse_shaping import shape_symbols

RATE_HZ = 1e6
SQUARE = np.linspace(-3, 3, 4)
CONSTELLATIONS = {"BPSK": np.array([1, -1]), "QPSK": np.array([1, 1j, -1, -1j]), "8PSK": np.exp(0.25j * np.pi * np.arange(8)),
                  "16QAM": (SQUARE[:, None] + 1j * SQUARE).ravel(), "4-ASK": np.arange(4) + 0.5}


def brought(samples, snr_db: float, seed: int = 1):
    """Conditioned samples and their rate, of a burst in as much noise as the SNR says."""
    samples = np.asarray(samples, np.complex64)
    power = float(np.mean(np.abs(samples) ** 2))
    density = power / measure(samples, 1e-9 * power, (-0.5, 0.5)).bandwidth / 10 ** (snr_db / 10)
    noisy = samples + np.float32(np.sqrt(density / 2)) * complex_noise(samples.size, seed)
    found = measure(noisy, density, (-0.5, 0.5))
    conditioned, ratio = condition(noisy, found.centre, found.bandwidth)
    return conditioned, ratio * RATE_HZ


def linear(name: str, symbols: int, roll_off: float, samples_per_symbol: int = 8, seed: int = 2):
    drawn = np.random.default_rng(seed).choice(CONSTELLATIONS[name].astype(np.complex64), (1, symbols))
    return shape_symbols(drawn, samples_per_symbol, roll_off)[0]


def frequency_shifted(levels, samples_per_symbol: int, index: float, smooth: float = 0.0):
    track = np.repeat(levels, samples_per_symbol).astype(float)
    if smooth:
        time = np.arange(-2 * samples_per_symbol, 2 * samples_per_symbol + 1) / samples_per_symbol
        pulse = np.exp(-2 * (np.pi * smooth * time) ** 2 / np.log(2))
        track = np.convolve(track, pulse / pulse.sum(), "same")
    return np.exp(1j * np.pi * index / samples_per_symbol * np.cumsum(track))


def keyed(chips, samples_per_chip: int, stretched: int = 0):
    """On-off keying with rounded edges, whose pulses a receiver has made longer."""
    envelope = np.repeat(chips, samples_per_chip).astype(float)
    if stretched:
        envelope = np.maximum(envelope, np.concatenate((np.zeros(stretched), envelope[:-stretched])))
    return np.convolve(envelope, np.hanning(9)[1:-1] / 4, "same")


def bits(count: int, seed: int = 3):
    return np.random.default_rng(seed).integers(0, 2, count)


def within_1_percent(samples, snr_db, expected_hz):
    found = symbol_rate(*brought(samples, snr_db))
    assert found is not None and abs(found / expected_hz - 1) < 0.01


@pytest.mark.parametrize("snr_db", [10, 20, 40])
@pytest.mark.parametrize("name, roll_off, symbols", [
    ("BPSK", 0.35, 300), ("QPSK", 0.2, 1000), ("QPSK", 0.5, 200), ("8PSK", 0.35, 500), ("16QAM", 0.35, 500), ("4-ASK", 0.5, 500)])
def test_linear_modulations(name, roll_off, symbols, snr_db):
    within_1_percent(linear(name, symbols, roll_off), snr_db, RATE_HZ / 8)


@pytest.mark.parametrize("snr_db", [10, 30])
def test_phase_shifts_without_pulse_shaping(snr_db):
    within_1_percent(np.repeat(1 - 2 * bits(150), 16), snr_db, RATE_HZ / 16)


@pytest.mark.parametrize("snr_db", [12, 30])
@pytest.mark.parametrize("index, smooth", [(0.5, 0.0), (0.5, 0.5), (1.0, 0.0), (3.0, 0.0), (3.8, 1.0), (8.0, 0.0)])
def test_two_tones(index, smooth, snr_db):
    samples_per_symbol = 40
    levels = np.concatenate(([1, -1] * 16, 2 * bits(240) - 1))
    within_1_percent(frequency_shifted(levels, samples_per_symbol, index, smooth), snr_db, RATE_HZ / samples_per_symbol)


@pytest.mark.parametrize("index", [0.6, 2.0])
def test_four_tones(index):
    levels = 2 * np.random.default_rng(5).integers(0, 4, 400) - 3
    within_1_percent(frequency_shifted(levels, 40, index), 20, RATE_HZ / 40)


CODES = {"nrz": lambda bit: [bit], "manchester": lambda bit: [bit, 1 - bit], "width": lambda bit: [1, 0, 0, 0] if bit else [1, 1, 1, 0],
         "distance": lambda bit: [1, 0] if bit else [1, 0, 0]}


@pytest.mark.parametrize("stretched", [0, 3])
@pytest.mark.parametrize("code", CODES)
def test_line_codes_of_on_off_keying_give_their_chips(code, stretched):
    chips = np.concatenate([CODES[code](bit) for bit in bits(60)] + [[1]])
    within_1_percent(keyed(chips, 30, stretched), 15, RATE_HZ / 30)


def test_pulses_without_a_common_clock_give_the_short_one():
    """As a remote's that makes them with a resistor and a capacitor: 1 to 6.7."""
    lengths = np.concatenate([(60, 400) if bit else (400, 60) for bit in bits(60)])
    envelope = np.repeat(np.arange(lengths.size) % 2 == 0, lengths).astype(float)
    within_1_percent(np.convolve(envelope, np.hanning(9)[1:-1] / 4, "same"), 25, RATE_HZ / 60)


def test_slow_keying_of_a_long_burst():
    chips = np.concatenate([CODES["width"](bit) for bit in bits(30)] + [[1]])
    samples, rate_hz = brought(keyed(chips, 4000), 25)
    assert samples.size > 2 * MOST_SAMPLES and symbol_rate(samples[:MOST_SAMPLES], rate_hz) is None
    assert symbol_rate(samples, rate_hz) == pytest.approx(RATE_HZ / 4000, rel=0.01)


def test_the_rate_scales_with_the_sample_rate():
    samples, rate_hz = brought(linear("QPSK", 500, 0.35), 25)
    assert symbol_rate(samples, 2 * rate_hz) == pytest.approx(2 * symbol_rate(samples, rate_hz))


@pytest.mark.parametrize("scale", [1e-15, 1e15])
def test_the_level_does_not_matter(scale):
    samples, rate_hz = brought(linear("QPSK", 500, 0.35), 25)
    assert symbol_rate(samples * np.float32(scale), rate_hz) == pytest.approx(symbol_rate(samples, rate_hz), rel=1e-4)


def test_single_samples_and_flat_spectra_have_none():
    impulse = np.zeros(3000, np.complex64)
    impulse[1000] = 1
    assert symbol_rate(impulse, 1.0) is None and symbol_rate(complex_noise(3000), 1.0) is None


def ofdm(seed: int):
    drawn = np.random.default_rng(seed).choice([1, 1j, -1, -1j], (60, 64)) * (np.abs(np.fft.fftfreq(64)) < 0.4)
    body = np.fft.ifft(drawn, axis=1)
    return np.concatenate((body[:, -16:], body), axis=1).ravel()


def speech_like(count: int, seed: int):
    """Noise through formants, that pauses and swells."""
    noise = complex_noise(count, seed).real
    spectrum = np.fft.rfft(noise) * np.exp(-np.abs(np.arange(count // 2 + 1) - count / 40) / (count / 60))
    return np.fft.irfft(spectrum, count) * (1 + np.sin(np.arange(count) / count * 40))


def without_rate(kind: str, seed: int):
    count = 6000
    if kind == "noise":
        return complex_noise(count, seed)
    if kind == "carrier":
        return np.exp(0.3j * np.arange(count)) + 0.03 * complex_noise(count, seed)
    if kind == "OFDM":
        return ofdm(seed)
    voice = speech_like(count, seed)
    voice = voice / np.abs(voice).max()
    return 1 + 0.8 * voice if kind == "AM" else np.exp(0.5j * np.cumsum(voice))


@pytest.mark.parametrize("kind", ["noise", "carrier", "OFDM", "AM", "FM"])
def test_what_has_no_symbols_has_no_rate(kind):
    found = [symbol_rate(*brought(without_rate(kind, seed), 25, seed), RATE_HZ) for seed in range(12)]
    assert sum(one is not None for one in found) <= 1


@pytest.mark.parametrize("index", [0.2, 5])
def test_a_tone_is_no_data(index):
    assert symbol_rate(*brought(np.exp(1j * index * np.sin(np.arange(20_000) / 50)), 30)) is None


def test_pulses_that_only_alternate_have_a_clock():
    within_1_percent(keyed(np.arange(60) % 2, 30), 25, RATE_HZ / 30)


@pytest.mark.parametrize("samples", [np.zeros(500, np.complex64), np.ones(FEWEST_SAMPLES - 1, np.complex64),
                                     np.zeros(0, np.complex64), np.ones(500, np.complex64)])
def test_nothing_to_measure(samples):
    assert symbol_rate(samples, 1.0) is None


def test_only_so_much_of_a_long_burst_is_looked_at():
    samples, rate_hz = brought(linear("QPSK", 9000, 0.35), 20)
    changed = samples.copy()
    changed[MOST_SAMPLES:] = 0
    assert symbol_rate(changed, rate_hz) == symbol_rate(samples, rate_hz)
