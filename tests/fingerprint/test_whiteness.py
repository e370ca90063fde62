# SPDX-License-Identifier: GPL-3.0-or-later
"""Windows of noise are told from windows that hold a signal."""

import numpy as np
import pytest
from flowgraphs import complex_noise
from fsk_scene import fsk_burst
from gnuradio.rfsec.fingerprint.whiteness import is_white

LENGTH = 128


@pytest.mark.parametrize("count", [1, 4, 64])
def test_noise_is_white_but_for_one_set_in_a_thousand(count):
    sets = complex_noise(300 * count * LENGTH).reshape(300, count, LENGTH)
    assert sum(not is_white(one) for one in sets) <= 3


def test_noise_of_changing_power_is_white():
    windows = complex_noise(64 * LENGTH, 3).reshape(64, LENGTH) * np.geomspace(1, 1e4, 64)[:, None].astype(np.float32)
    assert is_white(windows) and is_white(np.zeros((4, LENGTH), np.complex64))


@pytest.mark.parametrize("snr_db", [0, 30])
def test_a_signal_is_not(snr_db):
    signal = fsk_burst(0, 1)[: 16 * LENGTH].reshape(16, LENGTH)
    noise = 10 ** (-snr_db / 20) * complex_noise(signal.size).reshape(signal.shape)
    assert not is_white(signal + noise)


def test_a_band_that_ofdm_fills_to_four_fifths_is_not():
    rng = np.random.default_rng(1)
    carriers = np.zeros((12, 64), np.complex64)
    carriers[:, np.r_[1:27, 38:64]] = rng.choice([1, -1, 1j, -1j], (12, 52))
    assert not is_white(np.fft.ifft(carriers).reshape(-1, LENGTH).astype(np.complex64))
