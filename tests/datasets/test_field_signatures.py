# SPDX-License-Identifier: GPL-3.0-or-later
"""Each class of field bursts bears the mark by which a textbook tells it, before a channel or a receiver touches it."""

import numpy as np
import pytest

from gnuradio.rfsec.datasets.field_emitters import emit
from gnuradio.rfsec.datasets.field_ofdm import multicarrier

COUNT = 24


def emissions(label):
    rng = np.random.default_rng(5)
    return [emit(label, rng) for _ in range(COUNT)]


def line(samples):
    """How far the strongest spectral line stands above the median of the spectrum, dB."""
    power = np.abs(np.fft.fft(samples * np.hanning(samples.size))) ** 2
    return 10 * np.log10(power.max() / np.median(power[power > 0]))


def stripped(label, power):
    """The strongest line of the `power`-th power, as a share of the whole: 1 where that power leaves a pure tone."""
    return np.median([
        np.abs(np.fft.fft(one.samples**power)).max() / np.sum(np.abs(one.samples) ** power) for one in emissions(label)
    ])  # fmt: skip


def envelope_spread(label):
    return [np.std(np.abs(one.samples)) / np.mean(np.abs(one.samples)) for one in emissions(label)]


@pytest.mark.parametrize(("label", "power", "share"), [("BPSK", 2, 0.95), ("QPSK", 4, 0.5), ("8PSK", 8, 0.35)])
def test_the_order_of_a_phase_shift_keying_strips_it(label, power, share):
    assert stripped(label, power) > share
    if power > 2:
        assert stripped(label, power // 2) < 0.25


@pytest.mark.parametrize("label", ["16QAM", "64QAM"])
def test_quadrature_amplitudes_vary_more_than_phases(label):
    assert np.median(envelope_spread(label)) > np.median(envelope_spread("QPSK"))
    assert stripped(label, 2) < 0.25


@pytest.mark.parametrize("label", ["2-FSK", "4-FSK", "FM", "carrier"])
def test_frequency_modulation_keeps_its_envelope(label):
    assert max(envelope_spread(label)) < 1e-3


@pytest.mark.parametrize(("label", "share"), [("2-FSK", 0.75), ("4-FSK", 0.6)])
def test_the_tones_of_wide_frequency_shift_keying_are_as_many_as_its_name_says(label, share):
    order = int(label[0])
    found = []
    for one in emissions(label):
        track = np.angle(one.samples[1:] * one.samples[:-1].conj()) / (2 * np.pi)
        levels = np.linspace(np.quantile(track, 0.02), np.quantile(track, 0.98), order)
        away = np.abs(track[:, None] - levels).min(axis=1) / (levels[1] - levels[0])
        found.append(np.mean(away < 0.1))  # evenly spread frequencies would give 0.2
    assert np.quantile(found, 0.7) > share


def test_on_off_keying_is_on_or_off():
    middle, low = [], []
    for one in emissions("OOK"):
        envelope = np.abs(one.samples) / np.quantile(np.abs(one.samples), 0.98)
        middle.append(np.mean((envelope > 0.4) & (envelope < 0.6)))
        low.append(np.mean(envelope < 0.3))
    assert np.median(middle) < 0.15
    assert np.quantile(low, 0.1) > 0.2 and np.quantile(low, 0.9) < 0.95


def test_four_amplitudes_lie_on_a_line_in_the_plane():
    for one in emissions("4-ASK"):
        second = np.mean(one.samples**2)
        assert abs(second) == pytest.approx(np.mean(np.abs(one.samples) ** 2), rel=1e-3)


def test_amplitude_modulation_has_a_carrier_and_two_equal_sidebands():
    for one in emissions("AM"):
        spectrum = np.fft.fft(one.samples)
        assert np.abs(spectrum[0]) ** 2 > 0.5 * np.sum(np.abs(spectrum) ** 2)
        np.testing.assert_allclose(np.abs(spectrum[1:]), np.abs(spectrum[:0:-1]), atol=1e-4 * np.abs(spectrum[0]))


def test_a_single_sideband_is_single():
    upper = []
    for one in emissions("SSB"):
        power = np.abs(np.fft.fft(one.samples)) ** 2
        half = power.size // 2
        upper.append(power[1:half].sum() / power.sum())
    assert all(share < 1e-3 or share > 0.999 for share in upper)
    assert 0.2 < np.mean(upper) < 0.8


def test_frequency_modulation_of_audio_moves_smoothly():
    tracks = [np.diff(np.unwrap(np.angle(one.samples))) for one in emissions("FM")]
    assert np.median([np.std(np.diff(track)) / np.std(track) for track in tracks]) < 0.5


def test_the_cyclic_prefix_repeats_the_end_of_its_symbol():
    """The autocorrelation of half of the OFDM frames has a peak far above its neighbours', that of few other signals has."""

    def share_with_a_peak(label):
        peaks = []
        for one in emissions(label):
            if label == "OFDM" and one.samples.size < 5 * 17 * one.delay_spread:
                continue  # too few symbols: a prefix is a seventeenth of one at least
            spectrum = np.abs(np.fft.fft(one.samples, 2 * one.samples.size)) ** 2
            correlation = np.abs(np.fft.ifft(spectrum))[: one.samples.size // 2]
            tail = correlation[60:] / np.linspace(1, 0.5, correlation.size)[60:]
            peaks.append(tail.max() / np.median(tail))
        return np.mean(np.array(peaks) > 5)

    assert share_with_a_peak("OFDM") > 0.45
    assert share_with_a_peak("64QAM") < 0.25


def test_a_carrier_is_one_line():
    assert min(line(one.samples) for one in emissions("carrier")) > 40


def test_no_ofdm_is_cut_out_of_its_silent_symbols():
    rng = np.random.default_rng(5)
    assert all(multicarrier("OFDM", 400, 0.4, rng).samples.any() for _ in range(2500))
