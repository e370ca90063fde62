# SPDX-License-Identifier: GPL-3.0-or-later
"""Root-raised-cosine shaping: power, and no intersymbol interference after the matched filter."""

import numpy as np
import pytest
from scipy import fft

from gnuradio.rfsec.dsp.pulse_shaping import root_raised_cosine_spectrum, shape_symbols
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


@pytest.mark.parametrize(("sps", "rolloff", "name"), [(1, 0.35, "samples_per_symbol"), (8, 0.0, "rolloff"), (8, 1.1, "rolloff")])
def test_bad_parameters(sps, rolloff, name):
    with pytest.raises(ParameterError, match=f"The '{name}' of a pulse must be"):
        shape_symbols(np.ones((1, 4), np.complex64), sps, rolloff)
