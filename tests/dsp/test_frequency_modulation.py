# SPDX-License-Identifier: GPL-3.0-or-later
"""Frequency modulators, against the textbook's figures and GNU Radio's own GFSK modulator."""

import numpy as np
import pytest
from gnuradio import blocks, digital, gr

from gnuradio.rfsec.dsp.frequency_modulation import cpfsk_deviation, fsk_phase, gfsk_deviation, modulate_frequency, preemphasis


def test_cpfsk_turns_a_quarter_per_symbol_at_index_one_half():
    bits = np.array([[1, 1, 0, 1, 0, 0]], np.int8)
    samples = modulate_frequency(cpfsk_deviation(bits, 8, 0.5), np.zeros(1, np.float32))[0]
    turns = np.angle(samples[15::8] / samples[7:-8:8])
    np.testing.assert_allclose(turns, np.pi / 2 * (2 * bits[0, 1:] - 1), atol=1e-5)
    np.testing.assert_allclose(np.abs(samples), 1, atol=1e-6)


def test_multilevel_fsk_turns_by_its_levels_and_begins_anywhere():
    levels = np.array([[7, -5, 1, 3, -7, -1]], np.int8)
    whole = fsk_phase(levels, 8, 0.5, np.zeros(1), 48)
    turns = np.angle(np.exp(1j * (whole[0, 8::8] - whole[0, :-8:8])))
    np.testing.assert_allclose(np.exp(1j * turns), np.exp(1j * np.pi / 2 * levels[0, :-1]), atol=1e-5)
    assert whole.dtype == np.float32 and 0 <= whole.min() and whole.max() < 2 * np.pi + 1e-6
    later = fsk_phase(levels, 8, 0.5, np.array([3.0]), 40)
    np.testing.assert_allclose(np.exp(1j * later[0]), np.exp(1j * whole[0, 3:43]), atol=1e-5)
    between = np.unwrap(fsk_phase(levels, 8, 0.5, np.array([2.5]), 5)[0])
    np.testing.assert_allclose(between, np.pi / 2 * 7 / 8 * np.arange(2.5, 7), atol=1e-5)


def test_two_levels_are_cpfsk():
    bits = np.random.default_rng(6).integers(0, 2, (2, 20), np.int8)
    ours = np.exp(1j * fsk_phase(2 * bits - 1, 8, 0.5, np.ones(2), 159))
    theirs = modulate_frequency(cpfsk_deviation(bits, 8, 0.5), np.zeros(2, np.float32))[:, :-1]
    np.testing.assert_allclose(ours, theirs, atol=1e-4)


def test_gfsk_matches_gnuradio():
    rng = np.random.default_rng(3)
    packed = rng.integers(0, 256, 8).astype(np.uint8)
    bits = np.unpackbits(packed)[None].astype(np.int8)
    graph, sink = gr.top_block(), blocks.vector_sink_c()
    source = blocks.vector_source_b(packed.tolist(), True)
    head = blocks.head(gr.sizeof_gr_complex, 2000)
    modulator = digital.gfsk_mod(8, 0.1, 0.35)
    graph.connect(source, modulator, head, sink)
    graph.run()
    theirs = np.angle(np.array(sink.data())[1:] / np.array(sink.data())[:-1])[600:1112]
    ours = gfsk_deviation(bits, 8, 0.1, 0.35)[0]
    shifts = [np.max(np.abs(np.roll(ours, shift) - theirs)) for shift in range(512)]
    assert min(shifts) < 0.004  # of 0.1 rad: their Gaussian is cut after four symbols


def test_phase_of_long_signals_does_not_drift():
    steps = np.full((1, 400_000), np.pi / 4, np.float32)
    samples = modulate_frequency(steps, np.zeros(1, np.float32))[0]
    expected = np.exp(1j * ((np.arange(400_000) + 1) % 8) * float(np.float32(np.pi / 4)))
    assert np.max(np.abs(samples - expected)) < 0.02  # float32's pi/4 is off by 2e-8 a step


def test_preemphasis_gains():
    rate, time = 220.5e3, np.arange(22050) / 220.5e3
    gains = {}
    for tone in (100.0, 2122.0, 10_000.0):
        audio = np.sin(2 * np.pi * tone * time).astype(np.float32)
        gains[tone] = np.std(preemphasis(audio, rate, 75e-6)[2000:]) / np.std(audio[2000:])
    assert gains[100.0] == pytest.approx(1.0, abs=0.02)
    assert gains[2122.0] == pytest.approx(np.sqrt(2), abs=0.03)
    assert gains[10_000.0] == pytest.approx(np.sqrt(1 + (2 * np.pi * 1e4 * 75e-6) ** 2), rel=0.03)
