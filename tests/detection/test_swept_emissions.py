# SPDX-License-Identifier: GPL-3.0-or-later
"""Emissions of swept spectra: found where they are, none in noise, whatever the floor does."""

import numpy as np
import pytest
from gnuradio.rfsec.detection.swept_emissions import find_emissions, floor_db
from gnuradio.rfsec.dsp.swept_spectrum import SweptSpectrum
from gnuradio.rfsec.errors import ParameterError

BINS, AVERAGES = 2000, 5


def spectrum(*bands, slope_db=0.0, seed=1, bins=BINS):
    """Noise of five averages around -80 dB, and bands of (first bin, bins, SNR in dB)."""
    power = np.ones(bins)
    for first, count, snr_db in bands:
        power[first : first + count] += 10 ** (snr_db / 10)
    power *= np.random.default_rng(seed).gamma(AVERAGES, 1 / AVERAGES, bins)
    return SweptSpectrum(100e6, 10e3, (10 * np.log10(power) - 80 + slope_db * np.arange(bins) / bins).astype(np.float32))


@pytest.mark.parametrize("first, count, snr_db", [(700, 3, 20), (40, 20, 12), (1000, 100, 7), (300, 760, 15), (150, 1800, 10), (0, 50, 20), (1990, 10, 20)])
@pytest.mark.parametrize("slope_db", [0.0, 2.0])
def test_a_band_is_found_where_it_is(first, count, snr_db, slope_db):
    found = find_emissions(spectrum((first, count, snr_db), slope_db=slope_db if count < 1800 else 0.0))
    assert len(found) == 1
    one = found[0]
    assert abs(one.first_bin - first) <= 3 and abs(one.first_bin + one.bins - first - count) <= 3
    assert one.low_hz == pytest.approx(100e6 + (one.first_bin - 0.5) * 10e3) and one.high_hz - one.low_hz == pytest.approx(one.bins * 10e3)
    assert one.snr_db == pytest.approx(snr_db - 10 * np.log10(one.bins / count), abs=2)


def test_noise_holds_none():
    assert [one for seed in range(60) for one in find_emissions(spectrum(seed=seed))] == []


def test_bands_apart_are_apart_and_a_comb_is_one():
    apart = find_emissions(spectrum((300, 300, 20), (640, 300, 25), (1500, 4, 25)))
    assert [one.bins // 10 for one in apart] == [30, 30, 0]
    comb = [(first, 22, 25) for first in range(500, 1200, 31)]
    assert [round(one.bins, -2) for one in find_emissions(spectrum(*comb))] == [700]


def test_a_floor_is_that_of_the_noise():
    for bands in ((), ((200, 400, 30),), ((100, 1500, 20),), tuple((first, 10, 20) for first in range(0, BINS, 25))):
        off = floor_db(spectrum(*bands)) + 80
        assert np.abs(off).max() < 1.5, bands


def test_the_least_snr_decides():
    weak = spectrum((500, 200, 5))
    assert find_emissions(weak, 3.0) and not find_emissions(weak, 8.0)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_bins_without_a_value_are_no_emission(value):
    one = spectrum((300, 100, 20))
    one.power_db[800:900] = value
    assert [round(found.first_bin, -1) for found in find_emissions(one)] == [300]


@pytest.mark.parametrize("bins", [0, 1, 2, 15, 63, 65, 130])
def test_any_number_of_bins_will_do(bins):
    assert len(floor_db(spectrum(bins=bins))) == bins
    assert find_emissions(spectrum(bins=bins)) == []
    assert find_emissions(SweptSpectrum(0.0, 10e3, np.full(bins, np.nan, np.float32))) == []


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_least_snr_must_be_finite(value):
    with pytest.raises(ParameterError, match="min_snr_db"):
        find_emissions(spectrum(), value)
