# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose a fingerprint is: what a plain search over all examples says, whatever the numbers."""

import numpy as np
import pytest
from gnuradio.rfsec.errors import ClaimError, GalleryError, ParameterError
from gnuradio.rfsec.fingerprint.gallery import Gallery
from gnuradio.rfsec.fingerprint.matching import Identification, Matcher
from hypothesis import given, settings
from hypothesis import strategies as st
from small_gallery import SIZE, encoder_id, examples, refusal

WEIGHTS = (0.5, 2.0, 0.0, 1.0)
HOW = {"euclidean": {}, "weighted_l1": {"metric": "weighted_l1", "weights": WEIGHTS}}


@pytest.fixture
def gallery(tmp_path):
    with Gallery(tmp_path / "gallery.db", encoder_id(), create=True) as gallery:
        gallery.enrol("origin", np.zeros((1, SIZE)))
        gallery.enrol("far", np.full((1, SIZE), 5))
        yield gallery


def distance_to(rows, query, k, metric) -> float:
    """As `Matcher` defines it, in float64 and one by one."""
    difference = rows.astype(np.float64) - query
    each = np.sqrt((difference**2).sum(axis=1)) if metric == "euclidean" else (abs(difference) * WEIGHTS).sum(axis=1)
    return float(np.sort(each)[:k].mean())


@pytest.mark.parametrize("metric", HOW)
@settings(max_examples=30, deadline=None)
@given(counts=st.lists(st.integers(1, 6), min_size=1, max_size=8), k=st.integers(1, 7), seed=st.integers(0, 1000), repeated=st.booleans())
def test_the_nearest_emitter_is_that_of_a_plain_search(tmp_path_factory, metric, counts, k, seed, repeated):
    """Emitters of different numbers of examples, some of them equal; each query alone, and all together, bit for bit."""
    path = tmp_path_factory.mktemp("gallery") / "gallery.db"
    rows = [examples(count, seed + number) for number, count in enumerate(counts)]
    if repeated:
        rows = [np.repeat(one, 2, axis=0) for one in rows]
    queries = np.concatenate((examples(3, seed + 100), rows[0][:1]))
    with Gallery(path, encoder_id(**HOW[metric]), create=True) as gallery:
        for number, one in enumerate(rows):
            gallery.enrol(f"emitter {number}", one)
        matcher = Matcher(gallery)
        found = matcher.identify_all(queries, 1.0, k)
        assert found == [matcher.identify(query, 1.0, k) for query in queries]
    for query, one in zip(queries, found):
        expected = [distance_to(row, query, k, metric) for row in rows]
        assert one.distance == pytest.approx(min(expected), rel=1e-5, abs=1e-6)
        assert one.nearest == f"emitter {int(np.argmin(expected))}"
        assert one.score == pytest.approx(1 / (1 + one.distance))
        accepted = one.distance <= 1
        assert (one.emitter, one.verdict) == ((one.nearest, "accepted") if accepted else (None, "unknown"))


def test_an_example_itself_is_at_distance_0_however_large_it_is(gallery):
    """And differences that are small beside the numbers are not lost."""
    large = np.array([3e5, -2e5, 1e5, 4e5], np.float32)
    gallery.enrol("large", large[None])
    matcher = Matcher(gallery)
    assert matcher.identify(large, 0.0) == Identification("large", "large", 0.0, 1.0, "accepted")
    assert matcher.identify(large + np.float32([0.25, 0, 0, 0]), 1.0).distance == 0.25


@pytest.mark.parametrize("k", [1, 3])
def test_what_all_fingerprints_have_in_common_hides_no_difference(tmp_path, k):
    """As of an encoder whose last layer adds a constant."""
    rng = np.random.default_rng(5)
    rows = [(1e4 + rng.normal(size=(1, SIZE)) + 0.1 * rng.normal(size=(3, SIZE))).astype(np.float32) for _ in range(20)]
    queries = np.concatenate(rows) + np.float32([0.03125, 0, 0, 0])
    with Gallery(tmp_path / "constant.db", encoder_id(), create=True) as gallery:
        for number, one in enumerate(rows):
            gallery.enrol(f"emitter {number}", one)
        found = Matcher(gallery).identify_all(queries, 1.0, k)
    for query, one in zip(queries, found):
        expected = [distance_to(row, query, k, "euclidean") for row in rows]
        assert one.distance == pytest.approx(min(expected), rel=1e-4) and one.nearest == f"emitter {int(np.argmin(expected))}"


def test_exactly_at_the_threshold_is_accepted(gallery):
    query, matcher = [1, 0, 0, 0], Matcher(gallery)
    assert matcher.identify(query, 1.0) == Identification("origin", "origin", 1.0, 0.5, "accepted")
    assert matcher.identify(query, np.nextafter(1.0, 0)) == Identification(None, "origin", 1.0, 0.5, "unknown")
    matcher.verify(query, "origin", 1.0)
    assert "not 'origin': its distance is 1, and at most 0.5" in refusal(lambda: matcher.verify(query, "origin", 0.5), ClaimError)


def test_where_nobody_is_enrolled_everybody_is_unknown(tmp_path):
    with Gallery(tmp_path / "gallery.db", encoder_id(), create=True) as gallery:
        assert Matcher(gallery).identify_all(examples(2), 1e9, k=3) == 2 * [Identification(None, None, float("inf"), 0.0, "unknown")]


def test_no_queries_have_no_answers(gallery):
    assert Matcher(gallery).identify_all(examples(0), 1.0) == []


def test_a_claim_needs_its_own_emitter(gallery):
    """That another one is near does not help, and k counts there, too."""
    gallery.add_examples("far", [[0, 0, 0, 1]])
    query, matcher = [0, 0, 0, 0.75], Matcher(gallery)
    matcher.verify(query, "far", 1.0)
    assert "is not 'far'" in refusal(lambda: matcher.verify(query, "far", 1.0, k=2), ClaimError)
    assert "no emitter 'nobody' is enrolled" in refusal(lambda: matcher.verify(np.zeros(SIZE), "nobody", 1.0))


@pytest.mark.parametrize("metric", HOW)
def test_a_claim_fails_where_another_emitter_is_nearer(tmp_path, metric):
    """However near the claimed one is; k decides which is nearer."""
    with Gallery(tmp_path / "gallery.db", encoder_id(**HOW[metric]), create=True) as gallery:
        gallery.enrol("mine", [[1, 0, 0, 0], [1, 0, 0, 0]])
        gallery.enrol("theirs", [[2, 0, 0, 0], [9, 0, 0, 0]])
        matcher = Matcher(gallery)
        matcher.verify([1.25, 0, 0, 0], "mine", 5.0)
        error = refusal(lambda: matcher.verify([1.75, 0, 0, 0], "mine", 5.0), ClaimError)
        assert "not 'mine': 'theirs' is nearer" in error and "only for the nearest emitter" in error
        matcher.verify([1.75, 0, 0, 0], "theirs", 5.0)
        matcher.verify([1.75, 0, 0, 0], "mine", 5.0, k=2)
        assert "'mine' is nearer" in refusal(lambda: matcher.verify([1.75, 0, 0, 0], "theirs", 5.0, k=2), ClaimError)


def test_a_change_by_another_process_counts_at_once(gallery):
    """Another connection: to SQLite that is another process."""
    matcher, query = Matcher(gallery), np.full(SIZE, 5)
    assert matcher.identify(query, 1.0).emitter == "far"
    with Gallery(gallery.path) as another:
        another.revoke("far")
        assert matcher.identify(query, 1.0) == Identification(None, "origin", 10.0, 1 / 11, "unknown")
        another.enrol("newcomer", query[None])
        assert matcher.identify(query, 1.0).emitter == "newcomer"
    gallery.rename("newcomer", "resident")
    matcher.verify(query, "resident", 1.0)


def test_many_queries_are_compared_in_parts(gallery, monkeypatch):
    monkeypatch.setattr("gnuradio.rfsec.fingerprint.matching._AT_ONCE", 5)
    queries, matcher = examples(7), Matcher(gallery)
    assert matcher.identify_all(queries, 1.0) == [matcher.identify(query, 1.0) for query in queries]


@pytest.mark.parametrize("query, threshold, k, error, says", [
    (np.zeros(SIZE), -1.0, 1, ParameterError, "'threshold' of a match must be a distance"),
    (np.zeros(SIZE), float("nan"), 1, ParameterError, "'threshold'"), (np.zeros(SIZE), float("inf"), 1, ParameterError, "'threshold'"),
    (np.zeros(SIZE), 1.0, 0, ParameterError, "'k' of a match must be a whole number"), (np.zeros(SIZE), 1.0, 1.5, ParameterError, "'k'"),
    (np.zeros(5), 1.0, 1, GalleryError, "rows of 4 real numbers"), (np.full(SIZE, np.nan), 1.0, 1, GalleryError, "finite numbers")])
def test_what_cannot_be_matched_is_refused(gallery, query, threshold, k, error, says):
    matcher = Matcher(gallery)
    assert says in refusal(lambda: matcher.identify(query, threshold, k), error)
    assert says in refusal(lambda: matcher.verify(query, "origin", threshold, k), error)
