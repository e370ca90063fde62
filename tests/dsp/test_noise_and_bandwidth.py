# SPDX-License-Identifier: GPL-3.0-or-later
"""Noise power and whiteness; occupied bandwidth of a known band."""

import numpy as np
import pytest
from scipy import fft

from gnuradio.rfsec.dsp.noise import complex_noise
from gnuradio.rfsec.dsp.occupied_bandwidth import occupied_band


def test_noise_has_unit_power_and_is_circular():
    noise = complex_noise((100, 1000), np.random.default_rng(1))
    assert noise.shape == (100, 1000) and noise.dtype == np.complex64
    assert np.mean(np.abs(noise) ** 2) == pytest.approx(1.0, rel=0.02)
    assert abs(np.mean(noise**2)) < 0.02
    assert abs(np.mean(noise[:, 1:] * noise[:, :-1].conj())) < 0.02


def test_occupied_band_of_filtered_noise():
    spectrum = fft.fft(complex_noise((100_000,), np.random.default_rng(2)))
    frequency = fft.fftfreq(100_000, 1 / 200e3)
    spectrum[(frequency < -20e3) | (frequency > 5e3)] = 0
    low, high = occupied_band(fft.ifft(spectrum), 200e3, share=0.99)
    assert low == pytest.approx(-20e3 + 0.005 * 25e3, abs=400)
    assert high == pytest.approx(5e3 - 0.005 * 25e3, abs=400)
