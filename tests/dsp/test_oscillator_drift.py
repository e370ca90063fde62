# SPDX-License-Identifier: GPL-3.0-or-later
"""Random walks of oscillators, against GNU Radio's cfo_model."""

import numpy as np
import pytest
from gnuradio import blocks, channels, gr

from gnuradio.rfsec.dsp.oscillator_drift import bounded_random_walk, clock_walk_delay, frequency_walk_phase


def test_walk_stays_inside_its_bound_and_reaches_it():
    walk = bounded_random_walk(20_000, 1.0, 30.0, np.random.default_rng(1))
    assert np.abs(walk).max() == pytest.approx(30.0, abs=1.0)
    assert np.abs(walk).max() <= 30.0
    assert np.std(np.diff(walk)) == pytest.approx(1.0, rel=0.05)


def test_phase_spreads_as_in_gnuradio():
    length, rate, step = 4000, 4000.0, 0.02
    theirs = []
    for seed in range(80):
        graph, sink = gr.top_block(), blocks.vector_sink_c()
        source = blocks.vector_source_c([1 + 0j] * length)
        model = channels.cfo_model(rate, step, 500.0, 3 * seed + 1)
        graph.connect(source, model, sink)
        graph.run()
        theirs.append(np.unwrap(np.angle(sink.data()))[-1])
    ours = [frequency_walk_phase(length, rate, step, 500.0, np.random.default_rng(seed))[-1] for seed in range(2000)]
    assert np.std(ours) == pytest.approx(np.std(theirs), rel=0.3)


def test_clock_delay_is_the_walk_integrated():
    delay = clock_walk_delay(1000, 200e3, 0.5, 50.0, np.random.default_rng(4))
    walk = bounded_random_walk(1000, 0.5, 50.0, np.random.default_rng(4))
    assert delay[-1] == pytest.approx(walk.sum() / 200e3)
