# SPDX-License-Identifier: GPL-3.0-or-later
"""Galleries as text: all comes back, and a file that is anything else imports nothing."""

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from gnuradio.rfsec.errors import OutputError
from gnuradio.rfsec.fingerprint.enrolled import Emitter, Enrolled
from gnuradio.rfsec.fingerprint.gallery import Gallery
from gnuradio.rfsec.fingerprint.gallery_export import read_export, write_export
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from small_gallery import SIZE, contents, encoder_id, examples, filled, refusal

ROWS = arrays(np.float32, st.tuples(st.integers(1, 4), st.just(SIZE)), elements=st.floats(-1e9, 1e9, width=32))
NAMES = st.text(min_size=1, max_size=64).filter(lambda name: name.isprintable() and name == name.strip())


@pytest.fixture
def full(tmp_path):
    with filled(tmp_path / "full.db") as gallery:
        yield gallery


@pytest.fixture
def other(tmp_path):
    with Gallery(tmp_path / "other.db", encoder_id(), create=True) as gallery:
        gallery.enrol("three", examples(2, 5))
        yield gallery


@pytest.mark.parametrize("weights", [None, (0.1, 1 / 3, 1e-30, 0.0)])
def test_a_gallery_moves_to_another_file(tmp_path, weights):
    encoder = encoder_id() if weights is None else encoder_id(metric="weighted_l1", weights=weights)
    with filled(tmp_path / "full.db", encoder) as full, Gallery(tmp_path / "new.db", encoder, create=True) as new:
        full.add_examples("one", examples(300, 9))
        assert full.export_to(tmp_path / "full.jsonl") == new.import_from(tmp_path / "full.jsonl") == 2
        assert contents(new) == contents(full)


@settings(max_examples=40)
@given(st.dictionaries(NAMES, ROWS, max_size=4), st.text(max_size=200).filter(str.isprintable))
def test_any_emitters_come_back_as_they_were(tmp_path_factory, emitters, note):
    path = tmp_path_factory.getbasetemp() / "any.jsonl"
    rows = np.concatenate([np.empty((0, SIZE), np.float32), *emitters.values()])
    enrolled = Enrolled([Emitter(name, len(rows), "2026-01-31T23:59:59Z", note) for name, rows in emitters.items()], rows)
    write_export(path, encoder_id(), enrolled)
    encoder, found = read_export(path)
    assert encoder == encoder_id() and list(found.emitters) == enrolled.emitters
    np.testing.assert_array_equal(found.embeddings, rows)


def test_an_import_adds_to_what_is_there(full, other, tmp_path):
    full.export_to(tmp_path / "full.jsonl")
    other.import_from(tmp_path / "full.jsonl")
    assert [one.name for one in other.emitters()] == ["three", "one", "two"]
    np.testing.assert_array_equal(other.enrolled().embeddings[2:], full.enrolled().embeddings)


def test_a_name_that_exists_imports_nothing(full, other, tmp_path):
    """The last of the file: what stands before it is not imported either."""
    full.export_to(tmp_path / "full.jsonl")
    other.rename("three", "two")
    before = contents(other)
    assert "'two' is enrolled already" in refusal(lambda: other.import_from(tmp_path / "full.jsonl"))
    with Gallery(other.path) as again:
        assert contents(other) == contents(again) == before


def test_fingerprints_of_another_encoder_are_not_imported(full, tmp_path):
    full.export_to(tmp_path / "full.jsonl")
    with Gallery(tmp_path / "new.db", encoder_id("another", "b"), create=True) as new:
        message = refusal(lambda: new.import_from(tmp_path / "full.jsonl"))
        assert "of the encoder 'small' (sha256 aaaaaaaaaaaa…)" in message and "'another' (sha256 bbbbbbbbbbbb…)" in message
        assert new.emitters() == []


HEAD = {"rfsec_gallery": 1, "encoder": {"name": "small", "sha256": 64 * "a", "size": 4, "metric": "euclidean", "weights": None,
                                        "unit_length": False}, "emitters": 1}
EMITTER = {"name": "one", "examples": 1, "enrolled": "2026-01-31T12:00:00Z", "note": ""}
ROW = [1, 2.5, -3e-3, 0]
WRONG = {
    "no lines": ([], "it ends too early"),
    "no object": ([7, EMITTER, ROW], "line 1: .*object with the keys rfsec_gallery"),
    "another version": ([HEAD | {"rfsec_gallery": 2}, EMITTER, ROW], "version must be 1. Got 2"),
    "true for a version": ([HEAD | {"rfsec_gallery": True}, EMITTER, ROW], "'rfsec_gallery' is of the wrong kind"),
    "one key more": ([HEAD | {"more": 1}, EMITTER, ROW], "object with the keys"),
    "another metric": ([HEAD | {"encoder": HEAD["encoder"] | {"metric": "cosine"}}, EMITTER, ROW], "one of euclidean, weighted_l1"),
    "no size": ([HEAD | {"encoder": HEAD["encoder"] | {"size": 0}}, EMITTER, ROW], "'size' of an encoder must be 1 to 4096"),
    "a large size": ([HEAD | {"encoder": HEAD["encoder"] | {"size": 10**400}}, EMITTER, ROW], "'size' of an encoder must be 1 to 4096"),
    "weights of another size": ([HEAD | {"encoder": HEAD["encoder"] | {"weights": [1]}}, EMITTER, ROW], "a list of 4 numbers"),
    "weights that are none": ([HEAD | {"encoder": HEAD["encoder"] | {"weights": "1234"}}, EMITTER, ROW], "a list of 4 numbers"),
    "weights without their metric": ([HEAD | {"encoder": HEAD["encoder"] | {"weights": ROW}}, EMITTER, ROW], "belong to the metric"),
    "fewer than none": ([HEAD | {"emitters": -1}], "at least 0. Got -1"),
    "fewer than it says": ([HEAD | {"emitters": 2}, EMITTER, ROW], "line 4: .*ends too early"),
    "more than it says": ([HEAD, EMITTER, ROW, ROW], "more follows than it says"),
    "the same twice": ([HEAD | {"emitters": 2}, EMITTER, ROW, EMITTER, ROW], "line 4: .*'one' is there twice"),
    "no name": ([HEAD, EMITTER | {"name": ""}, ROW], "line 2: .*1 to 64 printable"),
    "half a character": ([HEAD, EMITTER | {"name": "\ud800"}, ROW], "1 to 64 printable"),
    "a note of two lines": ([HEAD, EMITTER | {"note": "a\nb"}, ROW], "up to 200 printable"),
    "no time": ([HEAD, EMITTER | {"enrolled": "yesterday"}, ROW], "must be one in UTC"),
    "no examples": ([HEAD, EMITTER | {"examples": 0}], "at least 1. Got 0"),
    "too few examples": ([HEAD, EMITTER | {"examples": 10**12}, ROW], "ends too early"),
    "a short example": ([HEAD, EMITTER, ROW[:3]], "line 3: .*a list of 4 numbers"),
    "an example that is none": ([HEAD, EMITTER, {}], "a list of 4 numbers"),
    "true for a number": ([HEAD, EMITTER, [True, 2, 3, 4]], "a list of 4 numbers"),
    "NaN": ([HEAD, EMITTER, [float("nan"), 2, 3, 4]], "finite numbers"),
    "infinite": ([HEAD, EMITTER, [1e300, 2, 3, 4]], "finite numbers"),
    "beyond a float": ([HEAD, EMITTER, [10**400, 2, 3, 4]], "line 3: .*too large"),
    "more digits than are read": ([HEAD, EMITTER, "[" + "1" * 5000 + ", 2, 3, 4]"], "line 3: "),
    "deep": ([HEAD, EMITTER, "[" * 100_000], "line 3: .*recursion"),
    "a long line": ([HEAD, EMITTER, "[" + " " * (1 << 20) + "]"], "line 3: .*too long"),
    "no text": ([HEAD, "\udcff"], "line 2: .*utf-8"),
    "no JSON": (["{"], "line 1: "),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_file_that_is_no_export_imports_nothing(other, tmp_path, what):
    documents, says = WRONG[what]
    lines = [one if isinstance(one, str) else json.dumps(one) for one in documents]
    (tmp_path / "wrong.jsonl").write_text("".join(f"{line}\n" for line in lines), errors="surrogateescape")
    before = contents(other)
    message = refusal(lambda: other.import_from(tmp_path / "wrong.jsonl"))
    assert re.search(says, message) and str(tmp_path / "wrong.jsonl") in message, message
    assert contents(other) == before


def test_what_the_wrong_files_vary_is_right(other, tmp_path):
    (tmp_path / "right.jsonl").write_text("".join(f"{json.dumps(one)}\n" for one in (HEAD, EMITTER, ROW)))
    assert other.import_from(tmp_path / "right.jsonl") == 1
    assert other.enrolled().emitters[1] == Emitter("one", 1, EMITTER["enrolled"])
    np.testing.assert_array_equal(other.enrolled().embeddings[2], np.float32(ROW))


def test_an_export_that_was_cut_short_imports_nothing(full, other, tmp_path):
    full.export_to(tmp_path / "full.jsonl")
    whole, before = (tmp_path / "full.jsonl").read_bytes(), contents(other)
    for end in range(0, len(whole), 7):
        (tmp_path / "cut.jsonl").write_bytes(whole[:end])
        refusal(lambda: other.import_from(tmp_path / "cut.jsonl"))
    assert contents(other) == before


@given(st.binary(max_size=200))
def test_bytes_that_are_no_export_are_refused(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "bytes.jsonl"
    path.write_bytes(content)
    refusal(lambda: read_export(path))


def test_files_that_cannot_be_read_or_written(full, tmp_path):
    assert "can't be read: No such file" in refusal(lambda: full.import_from(tmp_path / "nothing"))
    assert "can't be read: Is a directory" in refusal(lambda: full.import_from(tmp_path))
    (tmp_path / "kept.jsonl").mkdir()
    for target in (tmp_path / "nowhere" / "out.jsonl", tmp_path / "kept.jsonl", tmp_path / ("x" * 300)):
        assert "cannot be written" in refusal(lambda: full.export_to(target), OutputError)
    for target in (Path("."), Path(""), Path("/")):
        assert "has no name" in refusal(lambda: full.export_to(target), OutputError)
    assert not list(tmp_path.rglob("*.part"))


def test_an_export_leaves_what_another_process_writes_beside_it(full, tmp_path):
    (tmp_path / "full.jsonl.part").write_text("another's")
    full.export_to(tmp_path / "full.jsonl")
    assert (tmp_path / "full.jsonl.part").read_text() == "another's"


def test_an_export_that_fails_leaves_the_last_one(full, tmp_path):
    full.export_to(tmp_path / "full.jsonl")
    before = (tmp_path / "full.jsonl").read_bytes()
    damaged = replace(full.enrolled(), embeddings=np.full((4, SIZE), None))
    with pytest.raises(TypeError):
        write_export(tmp_path / "full.jsonl", full.encoder, damaged)
    assert (tmp_path / "full.jsonl").read_bytes() == before and not list(tmp_path.rglob("*.part"))
