# SPDX-License-Identifier: GPL-3.0-or-later
"""The mean of a band's newest sweeps: its power, of as many as asked for, each band for itself."""

import numpy as np
import pytest
from gnuradio.rfsec.dsp.sweep_mean import SweepMean
from gnuradio.rfsec.dsp.swept_spectrum import SweptSpectrum
from gnuradio.rfsec.errors import ParameterError


def spectrum(*power, first_hz=0.0, time_ns=None):
    return SweptSpectrum(first_hz, 10e3, (10 * np.log10(power)).astype(np.float32), time_ns)


def power_of(one):
    return pytest.approx(10 ** (one.power_db / 10), rel=1e-5, nan_ok=True)


def test_the_mean_is_of_the_power_of_the_newest_sweeps():
    mean = SweepMean(2)
    assert mean.push(spectrum(1, 4)).power_db.tolist() == spectrum(1, 4).power_db.tolist()
    second = mean.push(spectrum(3, 8, time_ns=7))
    assert [2, 6] == power_of(second) and second.time_ns == 7 and second.power_db.dtype == np.float32
    assert [4, 6] == power_of(mean.push(spectrum(5, 4)))


def test_each_band_has_a_mean_of_its_own_and_the_oldest_is_forgotten():
    mean = SweepMean(9)
    mean.push(spectrum(1, 1))
    assert [4, 4] == power_of(mean.push(spectrum(4, 4, first_hz=1e6)))
    assert [4, 4, 4] == power_of(mean.push(spectrum(4, 4, 4)))
    assert [2, 2] == power_of(mean.push(spectrum(3, 3)))
    for number in range(2, 66):
        mean.push(spectrum(1, 1, first_hz=number * 1e6))
    assert [5, 5] == power_of(mean.push(spectrum(5, 5)))


def test_values_that_are_not_finite_count_for_nothing():
    mean, nothing = SweepMean(3), np.array([np.nan, np.inf, np.nan])
    mean.push(SweptSpectrum(0.0, 10e3, np.float32([0, 10, np.nan])))
    found = mean.push(SweptSpectrum(0.0, 10e3, nothing.astype(np.float32)))
    assert [1, 10, np.nan] == power_of(found)


def test_one_sweep_is_left_as_it_is():
    one = spectrum(1, 2)
    assert SweepMean(1).push(one) is one


@pytest.mark.parametrize("sweeps", [0, 1001])
def test_a_wrong_number_is_refused(sweeps):
    with pytest.raises(ParameterError, match="'sweeps'"):
        SweepMean(sweeps)


@pytest.mark.filterwarnings("error")
def test_powers_that_float32_does_not_hold_have_a_mean_that_it_holds():
    """Some programs write -999 dB for nothing."""
    mean = SweepMean(3)
    for _ in range(3):
        found = mean.push(SweptSpectrum(0.0, 10e3, np.float32([-999, 999, -70])))
    np.testing.assert_allclose(found.power_db, [-300, 300, -70], atol=1e-3)
