# SPDX-License-Identifier: GPL-3.0-or-later
"""Fading against GNU Radio's selective_fading_model: the same profile of power over delay, the same Doppler."""

import numpy as np
import pytest
from gnuradio import blocks, channels, gr

from gnuradio.rfsec.dsp.multipath import MultipathProfile, multipath_response, path_gains
from gnuradio.rfsec.errors import ParameterError

PROFILE = MultipathProfile((0.0, 0.9, 1.7), (1.0, 0.8, 0.3), 8, 1.0, 8, 4.0)
SEEDS = 300


def gnuradio_fading(samples, doppler, seed):
    graph, sink = gr.top_block(), blocks.vector_sink_c()
    source = blocks.vector_source_c(samples.tolist())
    fader = channels.selective_fading_model(8, doppler, True, 4, seed, PROFILE.delays, PROFILE.magnitudes, 8)
    graph.connect(source, fader, sink)
    graph.run()
    return np.array(sink.data())


def test_power_over_delay_meets_gnuradio():
    impulse = np.zeros(64, np.complex64)
    impulse[32] = 1
    theirs = np.mean([np.abs(gnuradio_fading(impulse, 1e-6, 7 * seed)) ** 2 for seed in range(SEEDS)], axis=0)
    gains = path_gains(PROFILE, 20_000, np.zeros(20_000), np.random.default_rng(1))
    ours = np.mean(np.abs(np.fft.ifft(multipath_response(PROFILE, gains, 8))) ** 2, axis=0)
    # Their filter runs against time: the taps come out mirrored.
    theirs = np.sort(theirs)[::-1][:8]
    np.testing.assert_allclose(np.sort(ours)[::-1], theirs, atol=0.12)
    assert ours.sum() == pytest.approx(theirs.sum(), rel=0.1)


def test_doppler_meets_gnuradio():
    steps, doppler = 400, 1 / 400
    lags = (1, 20, 80)
    theirs = [gnuradio_fading(np.ones(steps, np.complex64), doppler, 7 * seed)[20:] for seed in range(100)]
    times = np.arange(20, steps) / 400
    ours = [path_gains(PROFILE, 1, times, np.random.default_rng(seed)).sum(axis=1) for seed in range(1000)]

    def correlation(rows, lag):
        rows = np.array(rows)
        return np.mean(rows[:, lag:] * rows[:, :-lag].conj()).real / np.mean(np.abs(rows) ** 2)

    for lag in lags:
        assert correlation(ours, lag) == pytest.approx(correlation(theirs, lag), abs=0.15)


def test_one_realisation_is_one_function_of_time():
    times = np.array([0.0, 1.0, 0.0])
    gains = path_gains(PROFILE, 1, times, np.random.default_rng(5))
    np.testing.assert_array_equal(gains[0], gains[2])
    assert np.abs(gains[0] - gains[1]).max() > 0.1


def test_profile_of_uneven_lists():
    with pytest.raises(ParameterError, match="must be as many as its delays"):
        MultipathProfile((0.0, 1.0), (1.0,), 8, 1.0, 8, 4.0)
