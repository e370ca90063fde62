# SPDX-License-Identifier: GPL-3.0-or-later
"""Distances between words against counting them one by one."""

import itertools
import math

import numpy as np
import pytest
from gnuradio.rfsec.keygen.guard_band import quantize
from gnuradio.rfsec.keygen.words import bits_apart, distances, quarter_turns
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays


@given(levels=st.sampled_from([2, 4, 8]), data=st.data())
def test_shares_are_counted_over_what_both_have(levels, data):
    words, others = (data.draw(arrays(np.int8, (rows, 9), elements=st.integers(-1, levels - 1))) for rows in (3, 4))
    share, common = distances(words, others, levels)
    for row, one in enumerate(words):
        for column, other in enumerate(others):
            both = (one >= 0) & (other >= 0)
            assert common[row, column] == both.sum()
            assert share[row, column] == pytest.approx((one != other)[both].mean() if both.any() else 0)


@pytest.mark.parametrize("levels, length", [(2, 12), (4, 6), (8, 4)])
def test_bits_are_the_logarithm_of_all_words_as_near(levels, length):
    word = np.zeros((1, length), np.int8)
    sizes = np.array([sum(symbol != 0 for symbol in other) for other in itertools.product(range(levels), repeat=length)])
    for distance in range(length + 1):
        other = word.copy()
        other[0, :distance] = levels - 1
        assert bits_apart(word, other, levels)[0, 0] == pytest.approx(math.log2((sizes <= distance).sum()))


def test_up_to_a_twelfth_is_no_distance_however_long_words_are():
    word = np.zeros((1, 240), np.int8)
    other = np.tile(word, (3, 1))
    other[0, :19] = other[1, :20] = other[2, :240] = 1
    assert bits_apart(word, other, 2).ravel() == pytest.approx([0, math.log2(13), 12])
    assert bits_apart(word, np.full((1, 240), -1, np.int8), 2)[0, 0] == 0


@pytest.mark.parametrize("levels, epsilon", [(2, 0.1), (4, 0.03), (8, 0.0)])
def test_turned_words_are_those_of_turned_responses(levels, epsilon):
    rng = np.random.default_rng(1)
    responses = rng.normal(size=(20, 64)) + 1j * rng.normal(size=(20, 64))
    # With the negative beside them, features have no mean of their own, so that turning does not move the bounds.
    responses = np.concatenate((responses, -responses), axis=1)
    words = [quantize(np.concatenate((turned.real, turned.imag), axis=1), levels, epsilon) for turned in (responses * 1j**k for k in range(4))]
    np.testing.assert_array_equal(quarter_turns(words[0], levels), words)
