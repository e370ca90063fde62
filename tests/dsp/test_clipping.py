# SPDX-License-Identifier: GPL-3.0-or-later
"""What counts as clipped, and what only looks like it: a level that many samples share is no flat top."""

import numpy as np
import pytest
from gnuradio.rfsec.dsp.clipping import MOST_CLIPPED, clipped_share, clips


def fsk(count=2000, noise=0.01):
    """Constant envelope of amplitude 1: I and Q stay longest at their extremes."""
    rng = np.random.default_rng(1)
    steps = np.repeat(rng.choice([-1, 1], -(-count // 20)), 20)[:count]
    return np.exp(0.3j * np.cumsum(steps)) + noise * (rng.normal(size=count) + 1j * rng.normal(size=count))


def ofdm(count=2000):
    rng = np.random.default_rng(2)
    return (rng.normal(size=count) + 1j * rng.normal(size=count)) / 3


def received(samples, full_scale, lowest=0):
    """As a converter of signed integers gives them."""
    rounded = np.round(full_scale * samples.view(float)).clip(-full_scale - lowest, full_scale)
    return (rounded / (full_scale + 1)).astype(np.float32).view(np.complex64)


@pytest.mark.parametrize("waveform", [fsk, ofdm])
@pytest.mark.parametrize("full_scale", [127, 2047, 32767])
@pytest.mark.parametrize("level", [0.02, 0.1, 0.5, 0.95])
def test_what_fits_into_the_converter_is_not_clipped(waveform, full_scale, level):
    samples = waveform()
    samples *= level / abs(samples.view(float)).max()
    stored = received(samples, full_scale)
    assert clipped_share(stored) <= MOST_CLIPPED and not clips(stored)


@pytest.mark.parametrize("waveform, share", [(fsk, 0.8), (ofdm, 0.2)])
@pytest.mark.parametrize("full_scale, lowest", [(127, 0), (127, 1), (32767, 1)])
def test_what_does_not_fit_is_clipped(waveform, share, full_scale, lowest):
    stored = received(2 * waveform(), full_scale, lowest)
    expected = (abs(2 * waveform().view(float)).reshape(-1, 2).max(axis=1) > 1).mean()
    assert clipped_share(stored) == pytest.approx(expected, abs=0.02) and expected > share
    assert clips(stored) and clipped_share(0.3 * stored) == clipped_share(stored)


def test_floats_that_were_cut_off_are_clipped():
    cut = ofdm().view(float).clip(-0.4, 0.4).astype(np.float32).view(np.complex64)
    assert clipped_share(cut) == pytest.approx((abs(ofdm().view(float)).reshape(-1, 2).max(axis=1) >= 0.4).mean(), abs=1e-6)


@pytest.mark.parametrize("samples", [[], [0, 0], [np.nan, np.inf]])
def test_nothing_is_not_clipped(samples):
    assert clipped_share(np.array(samples, np.complex64)) == 0


def test_samples_that_are_not_finite_do_not_count():
    stored = received(2 * ofdm(), 127)
    damaged = np.concatenate((stored, [np.nan, np.inf * 1j]))
    assert clipped_share(damaged) == clipped_share(stored) and clips(damaged)
