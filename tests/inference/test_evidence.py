# SPDX-License-Identifier: GPL-3.0-or-later
"""Evidence for one decision: however fingerprints come, every few of them become one mean."""

import numpy as np
import pytest
from gnuradio.rfsec.inference.evidence import Evidence
from hypothesis import given
from hypothesis import strategies as st

VALUES = np.random.default_rng(1).normal(size=(40, 5)).astype(np.float32)


@given(st.lists(st.integers(0, 40), max_size=6), st.integers(1, 9), st.booleans())
def test_the_cut_does_not_matter(cuts, count, unit_length):
    whole = Evidence(count, unit_length).add(list(range(40)), VALUES)
    places, cut = sorted({0, 40, *cuts}), Evidence(count, unit_length)
    parts = [one for first, last in zip(places, places[1:]) for one in cut.add(list(range(first, last)), VALUES[first:last])]
    assert [one[:2] for one in parts] == [one[:2] for one in whole] == [(n * count, n * count + count - 1) for n in range(40 // count)]
    for one, other in zip(parts, whole):
        assert np.array_equal(one.embedding, other.embedding)


def test_the_mean_of_unit_vectors_has_length_one_again():
    vectors = np.array([[1, 0], [0, 1]], np.float32)
    [one] = Evidence(2, True).add([0, 1], vectors)
    assert one.embedding == pytest.approx([np.sqrt(0.5)] * 2)
    [one] = Evidence(2, False).add([0, 1], vectors)
    assert one.embedding == pytest.approx([0.5, 0.5])


def test_what_is_cleared_does_not_count():
    evidence = Evidence(2, False)
    assert evidence.add(["old"], VALUES[:1]) == []
    evidence.clear()
    [one] = evidence.add(["new", "newer"], VALUES[1:3])
    assert (one.first, one.last) == ("new", "newer") and np.allclose(one.embedding, VALUES[1:3].mean(axis=0))
