# SPDX-License-Identifier: GPL-3.0-or-later
"""The data set of field bursts: what a seed gives, and whether its truth is true."""

import numpy as np
import pytest
from scipy import signal

from gnuradio.rfsec.datasets.families import find_family
from gnuradio.rfsec.datasets.field import LABELS, SHAPE, SNRS_DB, generate
from gnuradio.rfsec.datasets.field_burst import field_burst
from gnuradio.rfsec.datasets.seeding import Purpose
from gnuradio.rfsec.errors import ParameterError

EMITTED = LABELS[:-1]


def bursts(label, snr_db, count, seed=1):
    rng = np.random.default_rng(seed)
    return [field_burst(label, snr_db, rng) for _ in range(count)]


def test_the_classes_of_the_field_model():
    assert LABELS == ("BPSK", "QPSK", "8PSK", "16QAM", "64QAM", "2-FSK", "4-FSK", "OOK", "4-ASK", "AM", "SSB", "FM", "OFDM",
                      "carrier", "noise")  # fmt: skip
    family = find_family("field")
    assert family.labels == LABELS and family.snrs_db == SNRS_DB == tuple(range(-4, 41, 4))
    assert family.shapes == (SHAPE,) and SHAPE.window == 1024 and SHAPE.samples_per_symbol is None


def test_a_seed_gives_its_windows_and_no_others():
    first = generate((0, 20), 2, 1)
    assert first.x.shape == (60, 1024) and first.x.dtype == np.complex64 and np.isfinite(first.x).all()
    np.testing.assert_array_equal(first.label, np.repeat(np.arange(15), 4))
    np.testing.assert_array_equal(first.snr_db, np.tile([0, 0, 20, 20], 15))
    assert (np.abs(first.x) > 0).any(axis=1).all()
    assert first.sha256() == find_family("field").generate(SHAPE, (0, 20), 2, 1).sha256()
    others = [generate((0, 20), 2, 2), generate((0, 20), 2, 1, Purpose.TRAINING), generate((0, 20), 2, 1, index=1)]
    contents = [{window.tobytes() for window in windows.x} for windows in (first, *others)]
    assert len(set.union(*contents)) == sum(map(len, contents)) == 240


def test_most_of_a_windows_power_is_in_its_middle_half():
    """Conditioning brings the occupied bandwidth to half of the rate, and the detector's errors leave it near there."""
    data = generate((24,), 20, 3)
    for index, label in enumerate(EMITTED):
        power = np.abs(np.fft.fft(data.x[data.label == index] * np.hanning(1024))) ** 2
        inside = power[:, np.abs(np.fft.fftfreq(1024)) < 0.27].sum(axis=1) / power.sum(axis=1)
        assert np.median(inside) > 0.93, label


@pytest.mark.parametrize("label", EMITTED)
def test_the_truth_is_true(label):
    """Centre, bandwidth and SNR against a periodogram of the burst and of the noise around it."""
    centre_misses, snr_misses, width_ratios = [], [], []
    for burst in bursts(label, 30.0, 60):
        inside = burst.samples[burst.start : burst.start + burst.count]
        frequency = np.fft.fftfreq(burst.count)
        offset = (frequency - burst.centre + 0.5) % 1 - 0.5
        power = np.abs(np.fft.fft(inside * signal.windows.hann(burst.count))) ** 2 / (0.375 * burst.count)
        near = np.abs(offset) < 0.65 * burst.bandwidth
        own = np.where(near, power - burst.noise_density, 0)
        order = np.argsort(offset)
        share = np.cumsum(own[order]) / own.sum()
        low, high = offset[order][np.searchsorted(share, (0.005, 0.995))]
        snr = own.sum() / burst.count / (burst.noise_density * burst.bandwidth)
        centre_misses.append(abs(low + high) / 2 / burst.bandwidth)
        width_ratios.append((high - low) / burst.bandwidth)
        snr_misses.append(10 * np.log10(snr) - 30)
        assert burst.samples.size >= burst.start + burst.count and 0 < burst.bandwidth <= 1 and abs(burst.centre) <= 0.5
    assert np.median(centre_misses) < 0.05
    assert abs(np.median(snr_misses)) < 1.0
    # A strong line leaves less of the plain power outside: there the band is wider than 99% of it.
    if label in ("OOK", "4-ASK", "AM", "carrier"):
        assert np.median(width_ratios) < 1.1
    else:
        assert np.median(width_ratios) == pytest.approx(1, abs=0.08)


def test_noise_surrounds_a_burst():
    outside, inside = [], []
    for burst in bursts("QPSK", 20.0, 40):
        margins = np.concatenate((burst.samples[: burst.start - 8], burst.samples[burst.start + burst.count + 8 :]))
        outside.append(np.mean(np.abs(margins) ** 2) / burst.noise_density)
        inside.append(np.mean(np.abs(burst.samples[burst.start : burst.start + burst.count]) ** 2) / burst.noise_density)
    assert np.median(outside) == pytest.approx(1, abs=0.1)
    assert np.median(inside) > 10


def test_bad_arguments():
    with pytest.raises(ParameterError, match="'label' of an emission must be one of BPSK, .*Got '32QAM' instead"):
        field_burst("32QAM", 10.0, np.random.default_rng(1))
    with pytest.raises(ParameterError, match="field needs at least one SNR and at least 1 window per cell"):
        generate((0,), 0, 1)
    with pytest.raises(ParameterError, match="'seed' of generated data must be at least 0"):
        generate((0,), 1, -1)
