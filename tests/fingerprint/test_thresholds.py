# SPDX-License-Identifier: GPL-3.0-or-later
"""Thresholds by a share of false accepts."""

import numpy as np
import pytest
from gnuradio.rfsec.errors import ParameterError
from gnuradio.rfsec.fingerprint.thresholds import threshold_for
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

DISTANCES = st.lists(st.integers(1, 40), min_size=30, max_size=200).map(lambda values: np.array(values, np.float32) / 8)


@given(DISTANCES, st.floats(0.1, 0.9))
def test_it_is_the_largest_that_accepts_few_enough(distances, false_accepts):
    """With many equal distances: they are accepted together or not at all."""
    found = threshold_for(distances, false_accepts)
    accepted = (distances <= found.distance).sum()
    assert accepted <= false_accepts * len(distances) + 1e-9 and found.false_accepts == false_accepts
    assert (distances <= np.nextafter(np.float32(found.distance), np.float32(np.inf))).mean() > false_accepts


@given(DISTANCES)
def test_the_interval_is_that_of_another_implementation(distances):
    found = threshold_for(distances, 0.1)
    expected = binomtest(int((distances <= found.distance).sum()), len(distances)).proportion_ci(0.95, "exact")
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))


def test_strangers_are_accepted_as_often_as_the_interval_says():
    """19 of 20 intervals hold the true share; 200 draws."""
    rng = np.random.default_rng(1)
    found = [threshold_for(rng.random(2000), 0.05) for _ in range(200)]
    assert sum(one.low <= one.distance <= one.high for one in found) >= 180


@pytest.mark.parametrize("count, false_accepts, says", [
    (299, 0.01, "at least 300 distances of impostors. Got 299"), (0, 0.5, "at least 6"), (100, 0.0, "between 0 and 1"),
    (100, 1.0, "between 0 and 1"), (100, float("nan"), "between 0 and 1")])
def test_what_cannot_be_promised_is_refused(count, false_accepts, says):
    with pytest.raises(ParameterError, match=says):
        threshold_for(np.linspace(1, 2, count), false_accepts)


@pytest.mark.parametrize("distances, says", [
    ([1, np.nan] * 50, "must be numbers"), ([1, np.inf] * 50, "must be numbers"), ([1, -1] * 50, "at least 0"),
    ([0, 0, 1, 2] * 50, "at distance 0, so no threshold")])
def test_distances_that_are_none_are_refused(distances, says):
    with pytest.raises(ParameterError, match=says):
        threshold_for(np.array(distances), 0.1)
    assert threshold_for(np.linspace(1, 2, 300), 0.01).high < 0.05
