# SPDX-License-Identifier: GPL-3.0-or-later
"""The generated spectra are those of the signals in time: noise, GSM's GMSK, TETRA's carriers, LTE's OFDM."""

import numpy as np
import pytest
from gnuradio.rfsec.datasets import technology_lte, technology_mobile, technology_others
from gnuradio.rfsec.datasets.technology_band import FFT_SIZE, FRAMES, RAW_BIN_HZ, SAMPLE_RATE_HZ, make_band, regridded
from gnuradio.rfsec.datasets.technology_sensor import observe, sensor
from gnuradio.rfsec.dsp.frequency_modulation import gfsk_deviation, modulate_frequency
from gnuradio.rfsec.dsp.pulse_shaping import shape_symbols
from scipy import signal

WINDOW = np.hanning(FFT_SIZE + 1)[:-1]
GSM_BAUD, TETRA_BAUD = 13e6 / 48, 18e3


def averages(samples):
    """Mean power spectra of five frames each of a stream at 2.4 MS/s, [n, 256] from the lowest frequency up."""
    frames = samples[: samples.size // (FRAMES * FFT_SIZE) * FRAMES * FFT_SIZE].reshape(-1, FRAMES, FFT_SIZE) * WINDOW
    return (np.abs(np.fft.fftshift(np.fft.fft(frames, axis=2), axes=2)) ** 2).mean(axis=1)


def decibels(power):
    return 10 * np.log10(power / power.max())


def generated(make, sweeps, seed=1):
    """Mean over sweeps of a noiseless emission's power in raw bins, smeared by the window as a sensor's bins are."""
    rng, total = np.random.default_rng(seed), 0.0
    for _ in range(sweeps):
        band = make_band(1, rng)
        emission = make(band, rng)
        total = total + (emission.random + emission.steady).mean(axis=0)
    return band.hz, np.convolve(total, np.array([1, 4, 1]) / 6, "same")  # powers of a Hann window's transform


def spread(rows):
    return np.mean([np.std(row / row.mean()) for row in rows])


def test_noise_fluctuates_as_averages_of_noise_in_time_do():
    rng = np.random.default_rng(1)
    noise = rng.standard_normal((2, 400 * FRAMES * FFT_SIZE)).T.copy().view(complex)[:, 0]
    time = [10 ** (regridded(row, 0.0).power_db[20:-20] / 10) for row in averages(noise)]
    ideal = {name: 0.0 for name in ("edge_db", "level_db", "slope_db_per_mhz")} | {"spur_db": -99.0, "wave_db": np.zeros(3)}
    one = type(sensor(1))(**{**vars(sensor(1)), **ideal})
    swept = [10 ** (observe([], make_band(1, rng), one, rng).power_db[5:-5] / 10) for _ in range(400)]
    assert spread(swept) == pytest.approx(spread(time), rel=0.03)
    for lag in (1, 2, 3):
        ours, theirs = (np.mean([np.corrcoef(row[lag:], row[:-lag])[0, 1] for row in rows]) for rows in (swept, time))
        assert ours == pytest.approx(theirs, abs=0.03)
    assert 10 * np.log10(np.mean(swept)) == pytest.approx(one.floor_db, abs=0.1)


def test_steps_do_not_reach_into_each_other():
    """Neighbouring bins share noise through the window's transform, but not those of two steps: each was measured at its own time."""
    rng, one = np.random.default_rng(7), sensor(1)
    steps = np.array([observe([], make_band(2, rng), one, rng).power_db for _ in range(1500)]).reshape(1500, 2, -1)
    steps = steps - steps.mean(axis=2, keepdims=True)  # each has a level of its own
    at_border, inside = (np.corrcoef(left, right)[0, 1] for left, right in ((steps[:, 0, -1], steps[:, 1, 0]), (steps[:, 0, -2], steps[:, 0, -1])))
    assert at_border < 0.1 < 0.3 < inside


def test_gsm_is_gmsk_in_time():
    rng = np.random.default_rng(2)
    bits = rng.integers(0, 2, (1, 40_000), dtype=np.int8)
    samples = modulate_frequency(gfsk_deviation(bits, 8, np.pi / 16, 0.3), np.zeros(1, np.float32))[0]
    hz, power = signal.welch(samples, 8 * GSM_BAUD, nperseg=2048, return_onesided=False, detrend=False)
    near = (hz >= 0) & (hz < 165e3)  # the main pulse alone has a zero beyond, which the others fill
    off = decibels(power)[near] - decibels(technology_mobile.gmsk_density(hz[near]))
    assert np.abs(off - off.mean()).max() < 1.5 and decibels(power)[near].min() < -25


def test_a_tetra_carrier_is_pi_4_dqpsk_in_time(monkeypatch):
    monkeypatch.setattr(technology_mobile, "chance", lambda rng, share: True)  # a carrier that is always on
    rng, held = np.random.default_rng(3), 133  # 2.394 MS/s
    turns = np.cumsum(rng.choice([1, 3, -1, -3], 6000)) * np.pi / 4
    samples = shape_symbols(np.exp(1j * turns).astype(np.complex64)[None], held, 0.35)[0]
    time = averages(samples).mean(axis=0)
    hz, power = generated(lambda band, rng: technology_mobile._tetra_carrier(0.0, band, rng), 3)
    at = np.fft.fftshift(np.fft.fftfreq(FFT_SIZE, 1 / (held * TETRA_BAUD)))
    near = np.abs(hz) < 16e3
    ours, theirs = decibels(power)[near], 10 * np.log10(np.interp(hz[near], at, time / time.max()))
    assert np.abs(ours - ours.max() - theirs + theirs.max()).max() < 2.5 and ours.min() < -3


def lte_in_time(symbols, pilots_only, rng):
    """LTE of 72 carriers at 2.4 MS/s: QPSK everywhere, or cell reference signals of two antennas alone."""
    grid = np.zeros((symbols, 128), complex)
    data = np.exp(1j * np.pi / 2 * rng.integers(0, 4, (symbols, 72)))
    if pilots_only:
        on = np.isin(np.arange(symbols) % 7, (0, 4))[:, None] & (np.arange(72) % 3 == 1)
        data = data * on
    grid[:, np.r_[-36:0, 1:37]] = data
    body = np.fft.ifft(grid, axis=1)
    stream = [np.r_[one[-(10 if number % 7 == 0 else 9) :], one] for number, one in enumerate(body)]
    return signal.resample_poly(np.concatenate(stream), 5, 4)


def lte_generated(monkeypatch, pilots_only, sweeps):
    monkeypatch.setattr(technology_lte, "fading", lambda hz, longest_s, rng: np.ones(hz.size))

    class Cell(technology_lte._Cell):
        def __init__(self, *arguments):
            super().__init__(*arguments)
            self.traffic = np.full_like(self.traffic, 0.0 if pilots_only else 1.0, dtype=float)
            self.control, self.sync, self.pilot, self.ports, self.first = (0.0 if pilots_only else 1.0), 1.0, 1.0, 2, 1
            if pilots_only:
                self.sync = 0.0

    monkeypatch.setattr(technology_lte, "_Cell", Cell)
    return generated(lambda band, rng: technology_lte.lte_carrier(0.0, 6, band, rng, 1.0, False), sweeps)


@pytest.mark.parametrize("pilots_only", [False, True])
def test_lte_is_ofdm_in_time(pilots_only, monkeypatch):
    time = averages(lte_in_time(14 * 300, pilots_only, np.random.default_rng(4))).mean(axis=0)
    hz, power = lte_generated(monkeypatch, pilots_only, 60)
    at = (np.arange(FFT_SIZE) - FFT_SIZE // 2) * RAW_BIN_HZ
    inside = np.abs(hz) < 500e3
    ours, theirs = 10 * np.log10(power[inside]), 10 * np.log10(np.interp(hz[inside], at, time))
    off = ours - ours.mean() - theirs + theirs.mean()
    middle = np.abs(hz[inside]) < 20e3
    assert np.abs(off[~middle]).max() < (3.0 if pilots_only else 0.7)
    assert (np.corrcoef(ours, theirs)[0, 1] > 0.95) if pilots_only else ours[middle].min() < ours[~middle].min() - 1


def test_single_carrier_fdma_begins_and_ends_at_once():
    rng, carriers = np.random.default_rng(5), 36
    grid = np.zeros((14 * 300, 160), complex)  # 15 kHz apart at 2.4 MS/s
    grid[:, np.arange(carriers) - carriers // 2] = np.fft.fft(np.exp(1j * np.pi / 2 * rng.integers(0, 4, (14 * 300, carriers))), axis=1)
    body = np.fft.ifft(grid, axis=1)
    time = averages(np.hstack((body[:, -12:], body)).ravel()).mean(axis=0)
    hz = (np.arange(FFT_SIZE) - FFT_SIZE // 2) * RAW_BIN_HZ + technology_lte.CARRIER_HZ / 2  # the carriers' middle is half a carrier down
    beyond = np.abs(hz) - carriers * technology_lte.CARRIER_HZ / 2
    theirs = 10 * np.log10(time / time[beyond < -50e3].mean())
    outside = (beyond > 25e3) & (np.abs(hz) < 1e6)
    assert np.abs(10 * np.log10(technology_others.symbol_tail(beyond[outside], technology_lte.CARRIER_HZ)) - theirs[outside]).max() < 3
