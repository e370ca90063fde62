# SPDX-License-Identifier: GPL-3.0-or-later
"""The generator: seeds, order, and in each mode the properties that its documentation promises."""

import numpy as np
import pytest

from gnuradio.rfsec.datasets.rml2016a import LABELS, SNRS_DB, generate
from gnuradio.rfsec.datasets.seeding import Purpose
from gnuradio.rfsec.errors import ParameterError

MODES = ("compat", "corrected")


def of(windows, label, snr_db):
    return windows.x[(windows.label == LABELS.index(label)) & (windows.snr_db == snr_db)]


@pytest.mark.parametrize("mode", MODES)
def test_order_shape_and_types(mode):
    windows = generate(mode, SNRS_DB, 2, seed=1)
    assert windows.x.shape == (11 * 20 * 2, 128) and windows.x.dtype == np.complex64
    np.testing.assert_array_equal(windows.label, np.repeat(np.arange(11), 40))
    np.testing.assert_array_equal(windows.snr_db, np.tile(np.repeat(np.arange(-20, 20, 2), 2), 11))
    assert np.isfinite(windows.x).all()


@pytest.mark.parametrize("mode", MODES)
def test_equal_seeds_equal_bytes_and_others_share_nothing(mode):
    first = generate(mode, (0, 10), 3, seed=1)
    assert first.sha256() == generate(mode, (0, 10), 3, seed=1).sha256()
    others = [
        generate(mode, (0, 10), 3, seed=2),
        generate(mode, (0, 10), 3, seed=1, purpose=Purpose.TRAINING),
        generate(mode, (0, 10), 3, seed=1, purpose=Purpose.VALIDATION),
        generate(mode, (0, 10), 3, seed=1, purpose=Purpose.TRAINING, index=1),
    ]
    assert len({first.sha256(), *(other.sha256() for other in others)}) == 5
    for other in others:
        assert not np.isin(other.x[:, 0], first.x[:, 0]).any()


def test_corrected_snr_is_true():
    """Noise alone is the difference of two sets that differ in nothing but the SNR's label."""
    strong, weak = (generate("corrected", (snr,), 200, seed=5) for snr in (200, 6))
    noise_power = np.mean(np.abs(weak.x - strong.x) ** 2)
    assert np.mean(np.abs(strong.x) ** 2, axis=1) == pytest.approx(1.0, abs=1e-4)
    assert 10 * np.log10(1 / noise_power) == pytest.approx(6.0, abs=0.1)


def test_compat_noise_amplitude_uses_the_formula_of_powers():
    """QPSK has unit power, 2 dB of gain, and fading: at label L the true SNR is 2 L + 2 dB + the fading's gain."""
    bright, dim = of(generate("compat", (60,), 800, 5), "QPSK", 60), of(generate("compat", (5,), 800, 5), "QPSK", 5)
    # Windows are scaled by their sum of |x|; the correlation of bright and dim is free of it.
    inner = np.abs(np.sum(bright.conj() * dim, axis=1)) ** 2
    share = inner / np.sum(np.abs(bright) ** 2, axis=1) / np.sum(np.abs(dim) ** 2, axis=1)
    snr_db = 10 * np.log10(np.median(share / (1 - share)))
    assert 8.0 < snr_db < 18.0
    doubled = of(generate("compat", (10,), 800, 5), "QPSK", 10)
    inner = np.abs(np.sum(bright.conj() * doubled, axis=1)) ** 2
    share = inner / np.sum(np.abs(bright) ** 2, axis=1) / np.sum(np.abs(doubled) ** 2, axis=1)
    assert 10 * np.log10(np.median(share / (1 - share))) - snr_db == pytest.approx(10.0, abs=1.0)


def test_compat_windows_are_divided_by_their_sum_of_magnitudes():
    windows = generate("compat", (-20, 18), 5, seed=3)
    np.testing.assert_allclose(np.abs(windows.x).sum(axis=1), 1, atol=1e-5)


def test_compat_am_ssb_is_noise_that_repeats_within_a_set_only():
    """Of 8192 starting points, 1000 windows at each of two SNRs share about 120; independent noise would share none."""

    def starts(windows):
        return {tuple(np.round(row[:4] / row[0], 3)) for row in windows}

    one, other = generate("compat", (0, 18), 1000, seed=3), generate("compat", (18,), 1000, seed=4)
    noise = of(one, "AM-SSB", 18)
    spectrum = np.mean(np.abs(np.fft.fft(noise)) ** 2, axis=0)
    assert spectrum.max() / spectrum.min() < 2.0
    assert len(starts(noise) & starts(of(one, "AM-SSB", 0))) > 60
    assert not starts(noise) & starts(of(other, "AM-SSB", 18))


def test_corrected_am_ssb_is_one_sideband():
    """A voiced window of 0.64 ms is too short for a spectrum, so many are averaged; the carrier is off by 500 Hz."""
    power = np.mean(np.abs(np.fft.fft(of(generate("corrected", (100,), 500, 3), "AM-SSB", 100))) ** 2, axis=0)
    assert power[1:4].sum() > 5 * power[-3:].sum()


@pytest.mark.parametrize(("mode", "silent_share"), [("compat", 0.5), ("corrected", 0.0)])
def test_half_of_the_published_fm_is_silent(mode, silent_share):
    windows = of(generate(mode, (60,), 600, seed=6), "WBFM", 60)
    frequency = np.diff(np.unwrap(np.angle(windows), axis=1), axis=1) * 200e3 / (2 * np.pi)
    swing = frequency[:, 5:-5].max(axis=1) - frequency[:, 5:-5].min(axis=1)
    assert np.mean(swing < 400.0) == pytest.approx(silent_share, abs=0.12)


def test_bandwidth_of_linear_classes_is_that_of_8_samples_per_symbol():
    windows = of(generate("corrected", (100,), 500, 7), "QPSK", 100)
    power = np.mean(np.abs(np.fft.fft(windows * np.hanning(128))) ** 2, axis=0)
    inside = np.abs(np.fft.fftfreq(128)) <= 1.35 / 16 + 2 / 128
    assert power[inside].sum() / power.sum() > 0.99


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("plain", (0,), 1, 1), "'mode' of RadioML 2016.10a must be 'compat' or 'corrected'"),
        (("compat", (0,), 0, 1), "at least 1 window per cell"),
        (("compat", (), 1, 1), "at least one SNR"),
        (("compat", (0,), 1, -1), "'seed' of generated data must be at least 0"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ParameterError, match=message):
        generate(*arguments)
