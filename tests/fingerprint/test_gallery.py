# SPDX-License-Identifier: GPL-3.0-or-later
"""What a gallery remembers, and what it refuses."""

import re
from datetime import datetime, timedelta, timezone

import numpy as np
import pytest
from gnuradio.rfsec.errors import ParameterError
from gnuradio.rfsec.fingerprint.gallery import Gallery
from small_gallery import SIZE, contents, encoder_id, examples, filled, refusal

WEIGHTED = {"metric": "weighted_l1", "weights": (0.1, 1.0, 1 / 3, 0.0)}


@pytest.fixture
def gallery(tmp_path):
    with filled(tmp_path / "gallery.db") as gallery:
        yield gallery


def known(gallery):
    return [(one.name, one.examples, one.note) for one in gallery.emitters()]


@pytest.mark.parametrize("how", [{}, WEIGHTED, {"unit_length": True}])
def test_what_was_enrolled_is_there_when_it_is_opened_again(tmp_path, how):
    """By an encoder that may be named or not; the enrolment's time is now, in UTC."""
    encoder, rows = encoder_id(**how), np.eye(3, SIZE, dtype=np.float32)
    path = tmp_path / "a ?#%25\udcff gallery"  # no UTF-8 either, as from a disk written elsewhere
    with Gallery(path, encoder, create=True) as made:
        made.enrol("Funkgerät 7", rows, "left door")
        assert made.encoder == encoder
    for named in (encoder, None):
        with Gallery(path, named) as again:
            enrolled = again.enrolled()
            assert again.encoder == encoder and known(again) == [("Funkgerät 7", 3, "left door")]
            np.testing.assert_array_equal(enrolled.embeddings, rows)
            when = datetime.strptime(enrolled.emitters[0].enrolled, "%Y-%m-%dT%H:%M:%S%z")
            assert abs(datetime.now(timezone.utc) - when) < timedelta(minutes=2)


def test_examples_can_be_added(gallery):
    gallery.add_examples("one", examples(2, 3))
    assert known(gallery) == [("one", 5, "by the window"), ("two", 1, "")]
    np.testing.assert_array_equal(gallery.enrolled().embeddings, np.concatenate((examples(3), examples(2, 3), examples(1, 2))))


def test_a_revoked_emitter_is_forgotten_and_its_name_is_free(gallery):
    gallery.revoke("one")
    assert known(gallery) == [("two", 1, "")] and gallery.enrolled().embeddings.shape == (1, SIZE)
    gallery.enrol("one", examples(1, 4))
    assert dict((name, count) for name, count, _ in known(gallery)) == {"one": 1, "two": 1}


def test_an_emitter_is_renamed(gallery):
    gallery.rename("one", "three")
    assert known(gallery) == [("three", 3, "by the window"), ("two", 1, "")]


def test_two_emitters_become_one(gallery):
    gallery.merge("two", "one")
    assert known(gallery) == [("two", 4, "")]
    assert {tuple(row) for row in gallery.enrolled().embeddings} == {tuple(row) for row in np.concatenate((examples(3), examples(1, 2)))}


REFUSED = {
    "a name that exists": (lambda g: g.enrol("one", examples(1)), "'one' is enrolled already. Add examples"),
    "a new name that exists": (lambda g: g.rename("one", "two"), "'two' is enrolled already"),
    "no new name": (lambda g: g.rename("one", "one"), "'one' is enrolled already"),
    "examples of a stranger": (lambda g: g.add_examples("three", examples(1)), "no emitter 'three' is enrolled"),
    "revoking a stranger": (lambda g: g.revoke("three"), "no emitter 'three' is enrolled"),
    "renaming a stranger": (lambda g: g.rename("three", "four"), "no emitter 'three' is enrolled"),
    "merging a stranger": (lambda g: g.merge("one", "three"), "no emitter 'three' is enrolled"),
    "merging into a stranger": (lambda g: g.merge("three", "one"), "no emitter 'three' is enrolled"),
    "merging with itself": (lambda g: g.merge("one", "one"), "name two emitters"),
    "no examples": (lambda g: g.enrol("three", examples(0)), "at least one fingerprint"),
    "no more examples": (lambda g: g.add_examples("one", examples(0)), "at least one fingerprint"),
    "another size": (lambda g: g.enrol("three", examples(1, size=5)), r"rows of 4 real numbers. Got float32 of the shape \(1, 5\)"),
    "one row": (lambda g: g.enrol("three", examples(1)[0]), r"shape \(4,\)"),
    "complex numbers": (lambda g: g.enrol("three", 1j * examples(1)), "Got complex64"),
    "no numbers": (lambda g: g.enrol("three", [["a", "b", "c", "d"]]), "rows of 4 real numbers"),
    "NaN": (lambda g: g.enrol("three", examples(2) * [[1], [np.nan]]), "finite numbers"),
    "infinite": (lambda g: g.add_examples("one", np.full((1, 4), 1e300)), "finite numbers"),
    "too large to be squared": (lambda g: g.add_examples("one", np.full((1, 4), 1e30)), "finite numbers of at most 1e[+]09"),
    "no name": (lambda g: g.enrol("", examples(1)), "1 to 64 printable"),
    "a long name": (lambda g: g.enrol(65 * "x", examples(1)), "1 to 64 printable"),
    "a name of two lines": (lambda g: g.enrol("a\nb", examples(1)), "1 to 64 printable"),
    "a name that turns the text round": (lambda g: g.rename("one", "a\u202eb"), "1 to 64 printable"),
    "half a character": (lambda g: g.enrol("a\ud800", examples(1)), "1 to 64 printable"),
    "a name that ends in a space": (lambda g: g.enrol("one ", examples(1)), "without spaces around"),
    "a name that is none": (lambda g: g.enrol(7, examples(1)), "Got 7 instead"),
    "a long note": (lambda g: g.enrol("three", examples(1), 201 * "x"), "up to 200 printable"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_refused_leaves_the_gallery_as_it_was(gallery, what):
    act, says = REFUSED[what]
    before = contents(gallery)
    message = refusal(lambda: act(gallery))
    with Gallery(gallery.path) as again:
        assert contents(gallery) == contents(again) == before
    assert re.search(says, message), message


def test_only_unit_vectors_where_the_encoder_makes_no_others(tmp_path):
    with Gallery(tmp_path / "gallery.db", encoder_id(unit_length=True), create=True) as gallery:
        assert "must have length 1" in refusal(lambda: gallery.enrol("one", np.zeros((1, SIZE))))
        assert known(gallery) == []


def test_a_gallery_that_is_not_there_is_not_made_by_looking(tmp_path):
    assert "there is no such gallery" in refusal(lambda: Gallery(tmp_path / "gallery.db", encoder_id()))
    with pytest.raises(ParameterError, match="needs the 'encoder'"):
        Gallery(tmp_path / "gallery.db", create=True)
    assert "folder exists" in refusal(lambda: Gallery(tmp_path / "nowhere" / "gallery.db", encoder_id(), create=True))
    assert "folder exists" in refusal(lambda: Gallery(tmp_path, encoder_id()))
    too_long = tmp_path / ("x" * 300)
    assert "there is no such gallery" in refusal(lambda: Gallery(too_long, encoder_id()))
    assert "folder exists" in refusal(lambda: Gallery(too_long, encoder_id(), create=True))


@pytest.mark.parametrize("other", [encoder_id(digit="b"), encoder_id(name="other", digit="b"), encoder_id(unit_length=True),
                                   encoder_id(**WEIGHTED)])
@pytest.mark.parametrize("create", [False, True])
def test_a_gallery_of_another_encoder_is_refused(gallery, other, create):
    message = refusal(lambda: Gallery(gallery.path, other, create=create))
    assert f"made with the encoder 'small' (sha256 {12 * 'a'}…), not with '{other.name}' (sha256 {other.sha256[:12]}…)" in message
    assert known(gallery) == [("one", 3, "by the window"), ("two", 1, "")]


@pytest.mark.parametrize("weight", [float("nan"), float("inf"), -0.1])
def test_weights_that_make_no_distance_are_refused(weight):
    with pytest.raises(ParameterError, match="'weights' of an encoder must be finite and at least 0"):
        encoder_id(metric="weighted_l1", weights=(0.1, 1.0, weight, 0.0))
