# SPDX-License-Identifier: GPL-3.0-or-later
"""Responses without what two radios cannot share: it is gone, whatever it was, and nothing else is."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gnuradio.rfsec.errors import ParameterError
from gnuradio.rfsec.ofdm.preamble import CARRIERS
from gnuradio.rfsec.ofdm.sanitise import sanitise


def two_paths(carriers, rng):
    strong = np.exp(2j * np.pi * (rng.uniform() - rng.uniform(0, 4) * carriers / 64))
    return (strong + 0.4 * np.exp(2j * np.pi * (rng.uniform() - rng.uniform(6, 14) * carriers / 64)))[None].astype(np.complex64)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), gain_db=st.floats(-60, 60), phase=st.floats(0, 1), delay=st.floats(-1, 1), gap=st.booleans(),
       given_=st.booleans())
def test_gain_phase_and_delay_make_no_difference(seed, gain_db, phase, delay, gap, given_):
    carriers = CARRIERS if gap else np.arange(64)
    cfr = two_paths(carriers, np.random.default_rng(seed))
    moved = cfr * 10 ** (gain_db / 20) * np.exp(2j * np.pi * (phase - delay * carriers / 64))
    on = (carriers,) if given_ else ()
    np.testing.assert_allclose(sanitise(moved, *on), sanitise(cfr, *on), atol=5e-3)


def test_a_single_path_becomes_one():
    cfr = 3 * np.exp(2j * np.pi * (0.3 - 5.37 * np.arange(64) / 64))[None]
    np.testing.assert_allclose(sanitise(cfr), np.ones((1, 64)), atol=5e-3)


def test_the_shape_of_the_response_stays():
    cfr = two_paths(np.arange(64), np.random.default_rng(2))
    power = np.abs(cfr) ** 2
    np.testing.assert_allclose(np.abs(sanitise(cfr)) ** 2, power / power.mean(), rtol=1e-4)


@pytest.mark.filterwarnings("error")
def test_rows_of_nothing_and_rows_that_are_not_finite_are_zeros():
    cfr = np.repeat(two_paths(np.arange(64), np.random.default_rng(3)), 4, axis=0)
    expected = sanitise(cfr[:1])
    cfr[1], cfr[2, 5], cfr[3, 0] = 0, np.nan, np.inf
    found = sanitise(cfr)
    np.testing.assert_array_equal(found[0], expected[0])
    assert not found[1:].any()


@pytest.mark.parametrize("cfr, carriers, rule", [
    (np.zeros((2, 4)), None, "rows of at least 2 complex numbers"),
    (np.zeros(4, complex), None, "rows of at least 2 complex numbers"),
    (np.zeros((2, 4), complex), [0, 1, 1, 2], "4 rising whole numbers"),
    (np.zeros((2, 4), complex), np.array([3, 2, 1, 0], np.uint16), "4 rising whole numbers"),
    (np.zeros((2, 4), complex), [0, 1, 2], "4 rising whole numbers"),
])
def test_what_is_no_response_is_refused(cfr, carriers, rule):
    with pytest.raises(ParameterError, match=rule):
        sanitise(cfr, carriers)
