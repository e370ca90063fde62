# SPDX-License-Identifier: GPL-3.0-or-later
"""Shaping: power, no intersymbol interference (root: after the matched filter), and delays of the raised cosine."""

import numpy as np
import pytest
from scipy import fft

from gnuradio.rfsec.dsp.pulse_shaping import root_raised_cosine_spectrum, shape_raised_cosine, shape_symbols
from gnuradio.rfsec.errors import ParameterError


def test_matched_filter_gives_the_symbols_back():
    rng = np.random.default_rng(1)
    symbols = (rng.standard_normal((3, 32)) + 1j * rng.standard_normal((3, 32))).astype(np.complex64)
    samples = shape_symbols(symbols, 8, 0.35)
    matched = fft.ifft(fft.fft(samples) * root_raised_cosine_spectrum(256, 8, 0.35))
    assert samples.shape == (3, 256) and samples.dtype == np.complex64
    np.testing.assert_allclose(matched[:, ::8], symbols, atol=1e-5)


def test_power_of_symbols_is_kept():
    symbols = np.random.default_rng(2).choice(np.array([-1, 1], np.complex64), (200, 64))
    assert np.mean(np.abs(shape_symbols(symbols, 8, 0.35)) ** 2) == pytest.approx(1.0, rel=0.02)


@pytest.mark.parametrize(
    ("sps", "rolloff", "name"), [(1, 0.35, "samples_per_symbol"), (8, 0.0, "rolloff"), (8, 1.1, "rolloff")]
)
def test_bad_parameters(sps, rolloff, name):
    with pytest.raises(ParameterError, match=f"The '{name}' of a pulse must be"):
        shape_symbols(np.ones((1, 4), np.complex64), sps, rolloff)


def test_raised_cosine_passes_through_every_symbol_and_is_the_roots_square():
    rng = np.random.default_rng(3)
    symbols = (rng.standard_normal((3, 32)) + 1j * rng.standard_normal((3, 32))).astype(np.complex64)
    rolloffs = np.array([0.2, 0.7, 1.0])
    samples = shape_raised_cosine(symbols, 8, rolloffs, np.zeros(3))
    assert samples.shape == (3, 256) and samples.dtype == np.complex64
    np.testing.assert_allclose(samples[:, ::8], symbols, atol=1e-5)
    for row, rolloff in enumerate(rolloffs):
        root = root_raised_cosine_spectrum(256, 8, rolloff)
        twice = fft.ifft(fft.fft(shape_symbols(symbols[row : row + 1], 8, rolloff)) * root)[0]
        np.testing.assert_allclose(samples[row], twice, atol=1e-5)


def test_raised_cosine_delays_by_parts_of_a_sample():
    symbols = np.random.default_rng(4).choice(np.array([-1, 1], np.complex64), (2, 32))
    plain, late = (shape_raised_cosine(symbols, 8, np.full(2, 0.5), np.array(delays)) for delays in ((0, 0), (3, 2.5)))
    np.testing.assert_allclose(late[0], np.roll(plain[0], 3), atol=1e-5)
    half_early = fft.ifft(fft.fft(plain[1]) * np.exp(1j * np.pi * fft.fftfreq(256)))
    np.testing.assert_allclose(late[1], np.roll(half_early, 3), atol=1e-5)
