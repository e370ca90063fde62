# SPDX-License-Identifier: GPL-3.0-or-later
"""Sig2019-12: what the paper says of the set, measured on windows without noise."""

import numpy as np
import pytest
from scipy import signal

from gnuradio.rfsec.datasets.sig2019 import LABELS, SNRS_DB, generate

COUNT = 60
CLEAN = generate((200,), COUNT, 3)


def clean(label):
    return CLEAN.x[CLEAN.label == LABELS.index(label)]


def carriers(label, power):
    """The carrier offset of each window, cycles per sample: of the strongest line of its `power`-th power."""
    spectrum = np.abs(np.fft.fft(clean(label) ** power * np.hanning(512), 8192))
    return np.fft.fftfreq(8192)[spectrum.argmax(axis=1)] / power


def symbols(label):
    """The middle symbols of each window, at the timing where their magnitudes vary least, and that timing."""
    fine = signal.resample(clean(label), 512 * 8, axis=1)[:, 64 * 10 : -64 * 10]
    at_timing = np.stack([fine[:, start::64] for start in range(64)])
    best = np.abs(at_timing).std(axis=2).argmin(axis=0)
    return at_timing[best, np.arange(COUNT)], best


def test_the_set_is_the_papers():
    assert LABELS == ("BPSK", "QPSK", "8PSK", "OQPSK", "2FSK", "4FSK", "8FSK", "16QAM", "32QAM", "64QAM", "4PAM", "8PAM")
    assert SNRS_DB == tuple(range(-20, 32, 2))


def test_power_is_one_and_the_snr_is_true():
    weak = generate((6,), COUNT, 3)
    np.testing.assert_allclose(np.mean(np.abs(CLEAN.x) ** 2, axis=1), 1, atol=1e-4)
    for label in range(12):
        noise = (weak.x - CLEAN.x)[CLEAN.label == label]
        assert 10 * np.log10(1 / np.mean(np.abs(noise) ** 2)) == pytest.approx(6.0, abs=0.2)
    power = np.mean(np.abs(np.fft.fft(noise)) ** 2, axis=0)
    assert power.max() / power.min() < 3  # in the whole band alike


@pytest.mark.parametrize(("label", "power"), [("BPSK", 2), ("4PAM", 2), ("8PAM", 2)])
def test_carrier_offsets_fill_a_tenth_of_the_sample_rate(label, power):
    offset = carriers(label, power)
    assert np.abs(offset).max() < 0.1005
    assert offset.min() < -0.08 and offset.max() > 0.08 and abs(np.mean(offset)) < 0.03


def test_carrier_phases_fill_the_circle():
    turn = np.exp(-2j * np.pi * carriers("BPSK", 2)[:, None] * np.arange(512))
    phase = np.angle(np.mean((clean("BPSK") * turn) ** 2, axis=1))  # twice the carrier's, plus nothing else
    assert np.all(np.histogram(phase, 4, (-np.pi, np.pi))[0] > COUNT / 12)


@pytest.mark.parametrize("label", ["BPSK", "QPSK", "8PSK"])
def test_raised_cosine_symbols_do_not_interfere(label):
    """A root-raised-cosine pulse would leave the magnitudes of symbols spread by 10% and more."""
    magnitudes, timing = np.abs(symbols(label)[0]), symbols(label)[1]
    assert np.median(magnitudes.std(axis=1) / magnitudes.mean(axis=1)) < 0.01
    assert np.all(np.histogram(timing, 4, (0, 64))[0] > COUNT / 12)  # timing is anywhere in a symbol


def test_rolloffs_vary_from_a_fifth_to_seven_tenths():
    """The band that holds all of a window's power ends at (1 + a) / 16, and up to 4 bins (0.125 of a) later."""
    bpsk = clean("BPSK") * np.exp(-2j * np.pi * carriers("BPSK", 2)[:, None] * np.arange(512))
    power = np.abs(np.fft.fft(bpsk * signal.windows.blackmanharris(512))) ** 2
    order = np.argsort(np.abs(np.fft.fftfreq(512)))
    held = np.cumsum(power[:, order], axis=1) / power.sum(axis=1, keepdims=True)
    edge = np.abs(np.fft.fftfreq(512))[order][(held > 1 - 1e-7).argmax(axis=1)]
    rolloff = edge * 16 - 1
    assert 0.2 < rolloff.min() < 0.4 and 0.6 < rolloff.max() < 0.85 and rolloff.std() > 0.1


def test_oqpsk_never_passes_through_zero():
    smallest = {label: np.median(np.abs(clean(label)).min(axis=1)) for label in ("OQPSK", "QPSK")}
    assert smallest["OQPSK"] > 0.35 > 0.15 > smallest["QPSK"]


@pytest.mark.parametrize(("label", "order"), [("2FSK", 2), ("4FSK", 4), ("8FSK", 8)])
def test_fsk_has_index_one_half_and_constant_envelope(label, order):
    windows = clean(label)
    np.testing.assert_allclose(np.abs(windows), 1, atol=1e-4)
    frequency = np.angle(windows[:, 1:] * windows[:, :-1].conj()) / (2 * np.pi)
    span = frequency.max(axis=1) - frequency.min(axis=1)
    assert np.median(span) == pytest.approx((order - 1) * 0.5 / 8, rel=0.01)
    assert np.abs(frequency).max() < 0.5  # 8FSK with its carrier offset stays in the band


@pytest.mark.parametrize(("label", "powers", "mean"), [
    ("16QAM", (2, 10, 18), 10), ("32QAM", (2, 10, 18, 26, 34), 20),
    ("64QAM", (2, 10, 18, 26, 34, 50, 58, 74, 98), 42), ("4PAM", (1, 9), 5), ("8PAM", (1, 9, 25, 49), 21),
])  # fmt: skip
def test_symbols_have_the_constellations_powers(label, powers, mean):
    """At the right timing and scale, magnitudes gather at the constellation's; the carrier turns them only."""
    fine = signal.resample(clean(label), 512 * 8, axis=1)[:, 64 * 10 : -64 * 10]
    at_timing = np.abs(np.stack([fine[:, start::64] for start in range(64)]))
    misses, largest = [], []
    for window in range(5):
        # The scale depends on the symbols that the window happens to hold.
        fits = []
        for scale in np.sqrt(mean * np.linspace(0.7, 1.5, 161)):
            distance = np.abs(at_timing[:, window, :, None] * scale - np.sqrt(powers)).min(axis=-1).mean(axis=-1)
            fits.append((distance.min(), (at_timing[distance.argmin(), window].max() * scale) ** 2))
        misses.append(min(fits)[0])
        largest.append(min(fits)[1])
    assert max(misses) < 0.05
    assert np.median(largest) == pytest.approx(powers[-1], rel=0.05)
