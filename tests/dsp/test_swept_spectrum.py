# SPDX-License-Identifier: GPL-3.0-or-later
"""Spectra of sweeps: against SciPy's, against scenes whose power is known, and however the stream is cut."""

import numpy as np
import pytest
from flowgraphs import complex_noise
from gnuradio.rfsec.dsp.averaged_power import averaged_power
from gnuradio.rfsec.dsp.stitching import LEAST_DB, stitch
from gnuradio.rfsec.dsp.sweep_collector import SweepCollector
from gnuradio.rfsec.dsp.sweep_grid import SweepGrid
from gnuradio.rfsec.errors import ParameterError
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import signal
from swept_scene import CARRIERS, NOISE_DB, RATE_HZ, heard, power_db

GRID = SweepGrid(99e6, 107e6)


def swept(grid=GRID, gains_db=None, seed=1):
    """The spectrum of a sweep over the scene, the steps with these gains."""
    centres = grid.centres_hz
    gains = np.zeros(len(centres)) if gains_db is None else gains_db
    steps = [10 ** (gain / 20) * heard(freq_hz, grid.samples, seed + index) for index, (freq_hz, gain) in enumerate(zip(centres, gains))]
    return stitch(grid, centres, np.array([averaged_power(one.astype(np.complex64), grid.fft_size) for one in steps]))


def test_the_power_of_a_step_is_that_of_welchs_method():
    samples = heard(101e6, 1280)
    _, expected = signal.welch(samples, RATE_HZ, "hann", 256, 0, detrend=False, return_onesided=False)
    np.testing.assert_allclose(averaged_power(samples, 256), np.fft.fftshift(expected) * RATE_HZ / 256, rtol=1e-3, atol=1e-12)


def test_spectra_that_are_not_finite_are_left_out():
    samples = complex_noise(1280)
    spoilt = samples.copy()
    spoilt[300], spoilt[900] = np.nan, np.inf
    rest = samples.reshape(5, 256)[[0, 2, 4]].ravel()
    np.testing.assert_array_equal(averaged_power(spoilt, 256), averaged_power(rest, 256))
    assert np.isnan(averaged_power(np.full(512, np.nan, np.complex64), 256)).all()
    assert averaged_power(np.full(512, 3e38, np.complex64), 256)[128] > 1e76  # beyond single precision


@settings(max_examples=200, deadline=None)
@given(start=st.floats(0, 6e9), width=st.floats(1e4, 3e7), rate=st.floats(1e6, 6e7), size=st.sampled_from([64, 256, 1000]),
       place=st.floats(0, 1), off_hz=st.floats(-900, 900))
def test_the_steps_cover_the_band_and_each_adds_to_it(start, width, rate, size, place, off_hz):
    bin_hz = (0.5 / size) ** (1 - place) * 0.025**place * rate
    bin_hz = min(max(bin_hz, 0.5001 * rate / size), 0.02499 * rate)
    if round(width / bin_hz) < 1:
        width = bin_hz
    grid = SweepGrid(start, start + width, rate, size, 5, bin_hz)
    covered = 0
    for freq_hz in grid.centres_hz + off_hz:  # a radio hits a frequency as well as it can
        before, covered = covered, grid.reached(freq_hz, covered)
        assert covered > before
        assert grid.reached(freq_hz, covered) == covered  # the same step again adds nothing
    assert covered == grid.bins
    assert len(grid.centres_hz) <= np.ceil(width / (0.74 * rate)) + 1


@pytest.mark.parametrize("rate, size, bin_hz", [(48e3, 1 << 16, 0.4), (1e3, 1 << 12, 0.2), (1.0, 64, 0.025)])
@pytest.mark.parametrize("start", [0.0, 2_290_888_679.8])
def test_steps_cover_a_band_of_bins_finer_than_a_hertz(rate, size, bin_hz, start):
    grid = SweepGrid(start, start + 5.3 * rate, rate, size, 1, bin_hz)
    covered = 0
    while covered < grid.bins:
        further = grid.reached(grid.centre_hz(covered), covered)
        assert further > covered
        covered = further


def test_the_step_after_a_gap_is_not_taken():
    assert [GRID.reached(freq_hz, 0) for freq_hz in (GRID.centres_hz[1], 90e6, 110e6, -1e300, 1e300)] == [0] * 5
    assert [GRID.reached(freq_hz, 400) for freq_hz in (GRID.centres_hz[0], 110e6)] == [400] * 2


def test_a_swept_scene_has_its_powers_at_its_frequencies():
    spectrum = swept()
    assert (spectrum.first_hz, spectrum.bin_hz, spectrum.power_db.dtype, spectrum.power_db.size) == (99.005e6, 10e3, np.float32, 800)
    for carrier_hz, expected_db in CARRIERS.items():
        place = round((carrier_hz - spectrum.first_hz) / 10e3)
        assert abs(power_db(spectrum.power_db, place - 4, place + 5) - expected_db) < 1.0  # levelling may move a step a little
        assert abs(int(np.argmax(spectrum.power_db[place - 50 : place + 50])) - 50) <= 1
    quiet = 10.0 ** (spectrum.power_db[480:] / 10)
    assert abs(10 * np.log10(quiet.mean() * RATE_HZ / 10e3) - NOISE_DB) < 1.0


def test_no_power_comes_or_goes_between_the_two_grids():
    grid = SweepGrid(100e6, 102e6)  # one step
    samples = heard(101e6, 1280)
    power = averaged_power(samples, 256)
    total = 10.0 ** (stitch(grid, [101e6], power[None]).power_db.astype(float) / 10)
    # The band of 2 MHz is 213 1/3 bins of the FFT.
    inside = power[128 - 106 : 128 + 107].sum() + (1 / 6) * (power[128 - 107] + power[128 + 107])
    np.testing.assert_allclose(total.sum(), inside, rtol=1e-5)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_gains_are_levelled_over_the_overlaps(seed):
    grid = SweepGrid(110e6, 150e6)  # noise alone
    gains = np.random.default_rng(seed).normal(0, 3, len(grid.centres_hz))
    raw, level = (np.array([10 * np.log10(np.mean(10.0 ** (one.power_db[first : first + 150] / 10)))
                            for first in range(20, 3800, 187)]) for one in (swept(grid, gains, 100 * seed), swept(grid, None, 100 * seed)))
    assert raw.std() < 0.45 * gains.std()
    assert level.std() < 0.8  # and equal ones are left nearly as they are, along the whole band
    assert abs(level.mean() - NOISE_DB + 10 * np.log10(240)) < 0.5


def test_a_burst_in_an_overlap_does_not_move_the_level():
    grid = SweepGrid(110e6, 113e6)
    centres = grid.centres_hz
    powers = np.full((len(centres), 256), 1e-9)
    where = int((centres.mean() - centres[0]) / (RATE_HZ / 256)) + 128
    powers[0, where - 2 : where + 3] = 1e-3
    spectrum = stitch(grid, centres, powers)
    flat = np.delete(spectrum.power_db, np.arange(140, 160))
    assert np.ptp(flat) < 1e-3


def test_bins_without_a_value_are_nan_and_silence_has_a_number():
    grid = SweepGrid(110e6, 118e6)
    powers = np.full((len(grid.centres_hz), 256), 1e-9)
    powers[1] = np.nan
    found = np.isnan(stitch(grid, grid.centres_hz, powers).power_db)
    assert found[220] and not found[:180].any() and not found[400:].any() and 150 < found.sum() < 210
    assert (stitch(grid, grid.centres_hz, np.zeros_like(powers)).power_db == LEAST_DB).all()


@pytest.mark.parametrize("change, name", [({"sample_rate_hz": 0}, "sample_rate_hz"), ({"sample_rate_hz": 1e-9}, "sample_rate_hz"), ({"fft_size": 63}, "fft_size"), ({"averages": 0}, "averages"),
                                          ({"fft_size": 256.5}, "fft_size"), ({"bin_hz": 4e3}, "bin_hz"), ({"bin_hz": 70e3}, "bin_hz"),
                                          ({"start_hz": -1}, "start_hz"), ({"stop_hz": 99e6}, "stop_hz"), ({"stop_hz": 99.004e6}, "stop_hz"),
                                          ({"stop_hz": 2e10}, "stop_hz"), ({"stop_hz": float("nan")}, "stop_hz"), ({"averages": float("nan")}, "averages")])
def test_a_grid_that_makes_no_sense_is_refused(change, name):
    with pytest.raises(ParameterError, match=name):
        SweepGrid(**{"start_hz": 99e6, "stop_hz": 107e6, **change})


@settings(max_examples=40, deadline=None)
@given(cuts=st.lists(st.integers(1, 5000), min_size=1, max_size=6), settle=st.integers(0, 700), dwell=st.sampled_from([0, 1280, 1500]))
def test_a_sweep_does_not_depend_on_how_the_stream_is_cut(cuts, settle, dwell):
    grid = SweepGrid(99e6, 102.5e6)
    whole, cut = SweepCollector(grid, settle, dwell, True), SweepCollector(grid, settle, dwell, True)
    sweeps = [[], []]
    for seed, freq_hz in enumerate([5e6, *grid.centres_hz, *grid.centres_hz]):
        samples = heard(freq_hz, 3000, seed)
        for one, found in zip((whole, cut), sweeps):
            one.tune(freq_hz, 1000 * seed)
            first = 0
            while first < samples.size:
                size = samples.size if one is whole else cuts[first % len(cuts)]
                found += [sweep for sweep in one.push(samples[first : first + size]) if sweep is not None]
                first += size
    assert len(sweeps[0]) == len(sweeps[1]) == 2 and whole.position == cut.position and whole.discarded == cut.discarded
    for one, other in zip(*sweeps):
        np.testing.assert_array_equal(one.spectrum.power_db, other.spectrum.power_db)
        assert (one.sample_start, one.sample_count, one.spectrum.time_ns) == (other.sample_start, other.sample_count, other.spectrum.time_ns)
        for step, again in zip(one.steps, other.steps, strict=True):
            np.testing.assert_array_equal(step.samples, again.samples)
            assert step.sample_start == again.sample_start and step.samples.size == max(1280, dwell)
    assert sweeps[0][0].sample_start == 3000 + settle
    assert sweeps[0][0].spectrum.time_ns == 1000 + round(settle / RATE_HZ * 1e9)
