# SPDX-License-Identifier: GPL-3.0-or-later
"""The points of a constellation from its samples: in place in spite of clock, carrier and noise."""

import numpy as np
import pytest
from gnuradio.rfsec.dsp.pulse_shaping import shape_raised_cosine
from gnuradio.rfsec.dsp.symbol_points import symbol_points

SYMBOLS, PER_SYMBOL = 400, 3
SIDE = np.array([-3, -1, 1, 3])
IDEAL = {"BPSK": (2, np.array([-1, 1])), "QPSK": (4, np.exp(1j * np.pi / 4 * np.array([1, 3, 5, 7]))),
         "8PSK": (8, np.exp(1j * np.pi / 4 * np.arange(8))), "16QAM": (4, (SIDE[:, None] + 1j * SIDE).ravel() / np.sqrt(10))}


@pytest.mark.parametrize("name", IDEAL)
@pytest.mark.parametrize("seed", range(3))
def test_points_are_those_that_were_sent(name, seed):
    folds, ideal = IDEAL[name]
    rng = np.random.default_rng(seed)
    sent = rng.choice(ideal, (1, SYMBOLS)).astype(np.complex64)
    samples = shape_raised_cosine(sent, PER_SYMBOL, np.array([0.35]), rng.uniform(0, PER_SYMBOL, 1))[0]
    samples = samples * np.exp(1j * (rng.uniform(-0.03, 0.03) * np.arange(samples.size) + rng.uniform(0, 6)))
    samples += 0.01 * np.exp(2j * np.pi * rng.random(samples.size))
    points = symbol_points(samples.astype(np.complex64), PER_SYMBOL * 1.004, folds)
    assert abs(points.size - SYMBOLS) <= 2
    nearest = np.abs(points[:, None] - ideal).min(axis=1)
    assert np.sqrt(np.mean(nearest[20:-20] ** 2)) < 0.1  # of unit power; guesses miss by 0.2 to 0.4


def test_silence_has_no_points():
    assert symbol_points(np.zeros(100, np.complex64), 2.0, 4).size == 0


@pytest.mark.parametrize("count", [1, 2, 3, 5])
@pytest.mark.parametrize("seed", range(8))
def test_fewer_samples_than_a_symbol_has_are_one_point_or_none(count, seed):
    samples = np.random.default_rng(seed).normal(size=2 * count).astype(np.float32).view(np.complex64)
    points = symbol_points(samples, 8.0, 4)
    assert points.size <= 1 and np.isfinite(points).all()
