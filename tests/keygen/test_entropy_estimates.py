# SPDX-License-Identifier: GPL-3.0-or-later
"""Estimates of min-entropy against sources whose min-entropy is known: each sees its own weakness, and none claims much more than there is."""

import numpy as np
import pytest
from gnuradio.rfsec.keygen import entropy_estimates as estimates
from gnuradio.rfsec.keygen.guard_band import quantize
from scipy.linalg import hadamard

PROBES, SYMBOLS = 1000, 64


def guarded(words, share, seed=9):
    """The words with a share of guard bands that depend on nothing."""
    return np.where(np.random.default_rng(seed).random(words.shape) < share, np.int8(-1), words.astype(np.int8))


def mean_of_values(words, levels):
    return estimates.of_values(words, words, levels).mean()


def mean_of_neighbours(words, levels, chains):
    return estimates.of_neighbours(words, words, levels, chains).mean()


def markov(same, seed=1, probes=PROBES):
    rng = np.random.default_rng(seed)
    turns = rng.random((probes, SYMBOLS)) > same
    turns[:, 0] = rng.random(probes) < 0.5
    return (np.cumsum(turns, axis=1) % 2).astype(np.int8)


def carriers(taps, seed=1, probes=PROBES):
    """Features of responses of a few taps: smooth along the carriers."""
    rng = np.random.default_rng(seed)
    impulse = np.zeros((probes, 64), complex)
    impulse[:, :taps] = rng.normal(size=(probes, taps)) + 1j * rng.normal(size=(probes, taps))
    response = np.fft.fft(impulse)
    return np.concatenate((response.real, response.imag), axis=1)


@pytest.mark.parametrize("most", [0.5, 0.6, 0.9, 1.0])
def test_values_find_the_bias_of_independent_bits(most):
    words = np.random.default_rng(1).random((PROBES, SYMBOLS)) < most
    words[:, ::2] ^= True  # another value in every second place
    truth = -SYMBOLS * np.log2(most)
    assert 0.95 * truth - 0.01 <= mean_of_values(words.astype(np.int8), 2) <= truth


@pytest.mark.parametrize("same", [0.5, 0.74, 0.26, 0.99])
def test_neighbours_find_a_markov_chain(same):
    truth = 1 - (SYMBOLS - 1) * np.log2(max(same, 1 - same))
    found = mean_of_neighbours(markov(same), 2, 1)
    assert 0.9 * truth <= found <= truth
    assert mean_of_values(markov(same), 2) > found or same == 0.5  # which looks at one place at a time


@pytest.mark.parametrize("same", [0.9, 0.1])
def test_neighbours_know_how_many_guard_bands_lie_between(same):
    words = guarded(markov(same), 0.5)
    truth = [1 - np.log2(0.5 + 0.5 * abs(2 * same - 1) ** np.diff(np.flatnonzero(word >= 0))).sum() for word in words]
    found = estimates.of_neighbours(words, words, 2, 1)
    assert 0.85 * np.mean(truth) <= found.mean() <= 1.02 * np.mean(truth)
    assert np.corrcoef(truth, found)[0, 1] > 0.4  # gaps above 4 are one


def test_neighbours_count_the_chains_apart():
    words = np.concatenate((markov(0.9, 1), markov(0.9, 2)), axis=1)
    one = mean_of_neighbours(markov(0.9), 2, 1)
    assert mean_of_neighbours(words, 2, 2) == pytest.approx(2 * one, rel=0.03)


@pytest.mark.parametrize("levels", [2, 4, 8])
def test_all_estimates_agree_where_symbols_are_independent(levels):
    words = guarded(np.random.default_rng(1).integers(0, levels, (2000, 40)), 0.2)
    truth = (words >= 0).sum(axis=1).mean() * np.log2(levels)
    for found in (mean_of_values(words, levels), mean_of_neighbours(words, levels, 1)):
        assert 0.85 * truth <= found <= truth
    assert 0.75 * truth <= estimates.of_distances(words, levels) <= 1.1 * truth


@pytest.mark.parametrize("independent", [5, 10, 20])
def test_distances_find_bits_that_are_copies_of_others(independent):
    bits = np.random.default_rng(1).integers(0, 2, (PROBES, independent))
    order = np.random.default_rng(2).permutation(60)
    words = np.tile(bits, (1, 60 // independent))[:, order].astype(np.int8)
    assert estimates.of_distances(words, 2) == pytest.approx(independent, rel=0.1)


def test_words_that_are_all_equally_far_apart_hold_no_more_than_their_symbols():
    words = (hadamard(32)[1:] > 0).astype(np.int8)  # JSON has no infinity
    assert estimates.of_distances(words, 2) == 32


def test_distances_are_not_taken_from_words_of_hardly_any_symbols():
    words = np.random.default_rng(1).integers(0, 2, (PROBES, 40), np.int8)
    words[::10, 2:] = -1
    assert estimates.of_distances(words, 2) == pytest.approx(40, rel=0.1)


def test_public_guard_bands_tell_about_smooth_features():
    words = quantize(carriers(8))
    blind = np.where(words >= 0, words, np.random.default_rng(1).integers(0, 2, words.shape)).astype(np.int8)  # the same, had they been kept
    moved = np.where(np.random.default_rng(2).permuted(words < 0, axis=1), np.int8(-1), blind)
    assert mean_of_neighbours(words, 2, 2) < 0.3 * mean_of_neighbours(moved, 2, 2)


@pytest.mark.parametrize("patterns", [1, 2, 16, 64])
def test_patterns_are_worth_no_more_than_the_logarithm_of_their_number(patterns):
    rng = np.random.default_rng(1)
    places = rng.integers(0, 2, (patterns, SYMBOLS))
    words = guarded(places[rng.integers(0, patterns, PROBES)], 0.2)
    found = estimates.of_patterns(words, 2, 0.0)
    assert 0.75 * np.log2(patterns) - 0.01 <= found <= np.log2(patterns)


def test_patterns_that_differ_by_noise_are_one_where_that_is_tolerated():
    rng = np.random.default_rng(1)
    words = np.tile(rng.integers(0, 2, SYMBOLS), (PROBES, 1)) ^ (rng.random((PROBES, SYMBOLS)) < 0.03)
    assert estimates.of_patterns(words.astype(np.int8), 2, 0.15) < 0.1 < 2 < estimates.of_patterns(words.astype(np.int8), 2, 0.0)


def test_patterns_never_tell_more_than_the_number_of_probes():
    for probes in (16, 100, 1000):
        words = np.random.default_rng(1).integers(0, 2, (probes, 128), np.int8)
        assert estimates.of_patterns(words, 2, 0.05) < np.log2(probes)


def test_the_average_is_that_of_the_chances_to_guess():
    assert estimates.average(np.array([0.0, -10.0])) == pytest.approx(-np.log2((1 + 2**-10) / 2))
    assert estimates.average(np.array([-2000.0, -2000.0])) == pytest.approx(2000)
    assert estimates.average(np.zeros(0)) == 0


@pytest.mark.parametrize("words", [np.zeros((32, 40), np.int8), np.full((32, 40), -1, np.int8), np.tile(np.eye(2, dtype=np.int8)[0], (32, 20))])
def test_what_is_always_the_same_is_worth_nothing(words):
    assert mean_of_values(words, 2) == estimates.of_distances(words, 2) == estimates.of_patterns(words, 2, 0) == 0
