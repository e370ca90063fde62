# SPDX-License-Identifier: GPL-3.0-or-later
"""Generated windows of technologies: the same for a seed, of sensors of their own for each purpose, and as wide as they are."""

import numpy as np
import pytest
from gnuradio.rfsec.datasets.seeding import Purpose
from gnuradio.rfsec.datasets.technology_band import make_band
from gnuradio.rfsec.datasets.technology_scene import OTHER, TECHNOLOGIES, make_scene
from gnuradio.rfsec.datasets.technology_sensor import sensor
from gnuradio.rfsec.datasets.technology_spectra import LABELS, SENSORS, labels_of, sha256_of, snrs_of, technology_spectra
from gnuradio.rfsec.detection.swept_emissions import find_emissions
from gnuradio.rfsec.errors import ParameterError
from gnuradio.rfsec.inference.spectrum_windows import LENGTHS

# Bandwidths in Hz that an emission may have, by the standards.
WIDTHS = {"WFM": {120e3}, "TETRA": {25e3}, "GSM": {200e3}, "LTE": {180e3 * blocks for blocks in (6, 15, 25, 50, 75, 100)},
          "DVB-T": {carriers / useful * 64e6 / 7 * channel / 8 for carriers, useful in ((1705, 2048), (6817, 8192)) for channel in (6, 7, 8)}}


def rows(parts):
    return {window.tobytes() for part in parts for window in part.x}


def test_equal_seeds_give_equal_windows_and_a_longer_set_begins_with_a_shorter():
    first, again, longer, another = (technology_spectra(Purpose.TRAINING, seed, count) for seed, count in ((1, 28), (1, 28), (1, 42), (2, 28)))
    assert sha256_of(first) == sha256_of(again) and sha256_of(first) != sha256_of(another)
    assert rows(first) < rows(longer) and not rows(first) & rows(another)


def test_purposes_share_no_sensor_and_no_window():
    numbers = [set(one) for one in SENSORS.values()]
    assert not numbers[0] & numbers[1] and not numbers[0] & numbers[2] and not numbers[1] & numbers[2]
    assert not rows(technology_spectra(Purpose.TRAINING, 1, 14)) & rows(technology_spectra(Purpose.EVALUATION, 1, 14))
    values = [tuple(np.hstack(list(vars(sensor(number)).values()))) for one in numbers for number in one]
    assert len(set(values)) == len(values)


def test_labels_come_in_turn_and_windows_are_what_a_model_takes():
    parts = technology_spectra(Purpose.VALIDATION, 1, 70)
    assert np.bincount(labels_of(parts)).tolist() == [10] * 7 and len(LABELS) == 7
    assert [part.x.shape[2] for part in parts] == sorted({part.x.shape[2] for part in parts}) and all(part.x.shape[2] in LENGTHS for part in parts)
    assert all(part.x.dtype == np.float32 and part.x.shape[1] == 1 for part in parts)
    everything = np.concatenate([part.x.ravel() for part in parts])
    assert -0.5 <= everything.min() and everything.max() <= 3 and np.abs(np.quantile(everything, 0.1)) < 0.2
    assert set(snrs_of(parts)) <= set(range(0, 41, 5))


def test_labels_can_be_chosen():
    parts = technology_spectra(Purpose.TRAINING, 1, 12, ("GSM", "other", "other"))
    assert np.bincount(labels_of(parts), minlength=7).tolist() == [0, 0, 0, 0, 0, 4, 8]


@pytest.mark.parametrize("name", TECHNOLOGIES)
def test_an_emission_is_as_wide_as_its_standard_says(name):
    rng = np.random.default_rng(5)
    for _ in range(30):
        band = make_band(14, rng)
        wanted = TECHNOLOGIES[name](0.0, band, rng)[0][0]
        assert wanted.random.shape == wanted.steady.shape == band.time_s.shape and min(wanted.random.min(), wanted.steady.min()) >= 0
        if name in WIDTHS:
            assert min(abs(wanted.bandwidth_hz / one - 1) for one in WIDTHS[name]) < 1e-6
        power = (wanted.random + wanted.steady).mean(axis=0)
        inside = (band.hz > wanted.low_hz) & (band.hz < wanted.high_hz)
        if name != "radar" and power[inside].max() > 0.1:  # a radar, or a carrier's slots, may be silent while its step is measured
            outside = ~((band.hz > wanted.low_hz - wanted.bandwidth_hz) & (band.hz < wanted.high_hz + wanted.bandwidth_hz))
            assert power[inside].sum() > 0.85 * power.sum() and (not outside.any() or power[outside].max() < 0.1 * power.max())


def test_a_scene_holds_the_emission_that_was_found():
    for number, label in enumerate([*TECHNOLOGIES, OTHER] * 4):
        scene = make_scene(label, number, np.random.default_rng(number))
        assert scene.emission in find_emissions(scene.spectrum) and scene.spectrum.bin_hz == 10e3
        assert np.isfinite(scene.spectrum.power_db).all()


def test_the_mean_of_sweeps_fluctuates_less():
    one, mean = (np.mean([np.median(np.abs(np.diff(make_scene("DVB-T", 7, np.random.default_rng(seed), sweeps).spectrum.power_db)))
                          for seed in range(6)]) for sweeps in (1, 16))
    assert 0.2 < mean / one < 0.3  # a quarter
    assert rows(technology_spectra(Purpose.TRAINING, 1, 14, sweeps=(1,))) == rows(technology_spectra(Purpose.TRAINING, 1, 14))
    assert not rows(technology_spectra(Purpose.TRAINING, 1, 14, sweeps=(2,))) & rows(technology_spectra(Purpose.TRAINING, 1, 14))


def test_radar_is_seen_in_few_of_the_spectra_of_a_step():
    rng, shares = np.random.default_rng(6), []
    for _ in range(60):
        band = make_band(1, rng)
        power = TECHNOLOGIES["radar"](0.0, band, rng)[0][0].steady[:, 100]
        shares.append((power > 1e-3 * power.max()).mean() if power.any() else 0.0)
    assert 0.1 < np.mean(shares) < 0.6


def test_a_seed_must_not_be_negative():
    with pytest.raises(ParameterError, match="seed"):
        technology_spectra(Purpose.TRAINING, -1, 1)
