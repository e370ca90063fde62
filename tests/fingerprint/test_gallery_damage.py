# SPDX-License-Identifier: GPL-3.0-or-later
"""Galleries that are damaged, or are something else, are refused and left as they are; no crash loses what was confirmed."""

import signal
import sqlite3
import subprocess
import sys

import numpy as np
import pytest
from gnuradio.rfsec.errors import GalleryError
from gnuradio.rfsec.fingerprint.gallery import Gallery
from small_gallery import SIZE, contents, encoder_id, examples, filled, refusal

ENROL = """
import sys, numpy as np
sys.path[:0] = {path!r}
from gnuradio.rfsec.fingerprint.gallery import Gallery
from gnuradio.rfsec.fingerprint.encoder_id import EncoderId
with Gallery(sys.argv[1], EncoderId("small", 64 * "a", 4), create=True) as gallery:
    for number in range(int(sys.argv[3])):
        gallery.enrol(f"{{sys.argv[2]}}{{number}}", np.full((1, 4), number))
        print(f"{{sys.argv[2]}}{{number}}", flush=True)
""".format(path=sys.path)


def enrolling(path, name, count):
    """A process that enrols `count` emitters, and prints the name of each once it is told that it is enrolled."""
    return subprocess.Popen([sys.executable, "-c", ENROL, path, name, str(count)], stdout=subprocess.PIPE, text=True)


@pytest.fixture
def path(tmp_path):
    filled(tmp_path / "gallery.db").close()
    return tmp_path / "gallery.db"


@pytest.mark.parametrize("after", [1, 200])
def test_a_killed_process_loses_nothing_that_was_confirmed(tmp_path, after):
    path = tmp_path / "gallery.db"
    with enrolling(path, "emitter ", 1000) as process:
        confirmed = [process.stdout.readline().strip() for _ in range(after)]
        process.send_signal(signal.SIGKILL)
        confirmed += process.stdout.read().split("\n")[:-1]
    assert len(confirmed) < 1000
    with Gallery(path, encoder_id()) as gallery:
        enrolled = gallery.enrolled()
        names = [one.name for one in enrolled.emitters]
        assert names[:len(confirmed)] == confirmed and len(names) <= len(confirmed) + 1
        np.testing.assert_array_equal(enrolled.embeddings[:, 0], np.arange(len(names)))
    with sqlite3.connect(path) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_two_processes_make_one_gallery_and_enrol_at_the_same_time(tmp_path):
    both = [enrolling(tmp_path / "gallery.db", name, 30) for name in "ab"]
    assert [len(one.communicate()[0].split()) for one in both] == [30, 30]
    with Gallery(tmp_path / "gallery.db") as gallery:
        assert {one.name for one in gallery.emitters()} == {f"{name}{number}" for name in "ab" for number in range(30)}


def test_what_one_process_takes_no_other_gets(tmp_path):
    """Both enrol the same names; whoever comes second is refused."""
    both = [subprocess.Popen([sys.executable, "-c", ENROL, tmp_path / "gallery.db", "x", "20"], stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, text=True) for _ in range(2)]
    outputs = [one.communicate() for one in both]
    with Gallery(tmp_path / "gallery.db") as gallery:
        assert sorted(name for out, _ in outputs for name in out.split()) == sorted(one.name for one in gallery.emitters())
    assert sum("is enrolled already" in error for _, error in outputs) == 1


OTHERS = {"nothing": b"", "text": b"not a gallery\n" * 100, "few bytes": b"\0", "noise": np.random.default_rng(1).bytes(20_000)}


@pytest.mark.parametrize("what", OTHERS)
def test_another_file_is_no_gallery(tmp_path, what):
    path = tmp_path / "gallery.db"
    path.write_bytes(OTHERS[what])
    assert "this is no gallery" in refusal(lambda: Gallery(path, encoder_id()))
    assert path.read_bytes() == OTHERS[what]
    if what != "nothing":  # which a gallery is for a moment, when it is made
        assert "this is no gallery" in refusal(lambda: Gallery(path, encoder_id(), create=True))
        assert path.read_bytes() == OTHERS[what]


def test_the_database_of_another_program_is_no_gallery(tmp_path):
    path = tmp_path / "history.sqlite"
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE visits (url TEXT)")
    before = path.read_bytes()
    for create in (False, True):
        assert "this is no gallery" in refusal(lambda: Gallery(path, encoder_id(), create=create))
    assert path.read_bytes() == before


CHANGES = {
    "a newer version": ("PRAGMA user_version = 2", "has version 2"),
    "a trigger": ("CREATE TRIGGER t AFTER INSERT ON emitter BEGIN DELETE FROM example; END", "is damaged"),
    "another table": ("CREATE TABLE more (x)", "is damaged"),
    "two encoders": ("INSERT INTO encoder SELECT 'b', name, size, metric, weights, unit_length FROM encoder", "is damaged"),
    "no encoder": ("DELETE FROM encoder", "is damaged"),
    "a size of nothing": ("UPDATE encoder SET size = 0", "is damaged"),
    "half a weight": ("UPDATE encoder SET metric = 'weighted_l1', weights = x'00'", "is damaged"),
    "an example of nobody": ("UPDATE example SET emitter = 7 WHERE id = 1", "is damaged"),
    "an example of another encoder": ("UPDATE example SET encoder = 'b' WHERE id = 1", "is damaged"),
    "an example that was altered": ("UPDATE example SET embedding = zeroblob(16) WHERE id = 1", "an example is not what was enrolled"),
    "an example that was cut": ("UPDATE example SET embedding = x'00', crc32 = 3523407757 WHERE id = 1", "not what was enrolled"),
    "an example of NaN": ("UPDATE example SET embedding = x'0000c07f0000c07f0000c07f0000c07f', crc32 = 2239375899 WHERE id = 1", "finite numbers"),
    "a name that commands a terminal": ("UPDATE emitter SET name = 'x' || char(27) || '[2J' WHERE id = 1", r"is damaged: The name of an emitter"),
    "a name of two lines": ("UPDATE emitter SET name = 'one' || char(10) || 'more' WHERE id = 1", r"Got 'one\nmore' instead. Restore it"),
    "a note that commands a terminal": ("UPDATE emitter SET note = char(155) || '31m' WHERE id = 2", "is damaged: The note of an emitter"),
    "a note without an end": ("UPDATE emitter SET note = hex(zeroblob(1000)) WHERE id = 2", "is damaged: The note of an emitter"),
    "a time that commands a terminal": ("UPDATE emitter SET enrolled = char(27) || 'c' WHERE id = 1", "is damaged: A time of enrolment"),
    "a time that is none": ("UPDATE emitter SET enrolled = '2026-02-30T12:00:00Z' WHERE id = 1", "is damaged: A time of enrolment"),
    "a time of half a second": ("UPDATE emitter SET enrolled = '2026-02-03T12:00:00.5Z' WHERE id = 1", "is damaged: A time of enrolment"),
    "a name of no characters": ("UPDATE emitter SET name = CAST(x'1b5b324aff' AS TEXT) WHERE id = 1", "this gallery fails"),
    "an encoder that commands a terminal": ("UPDATE encoder SET name = char(27) || '[2J'", "is damaged"),
    "a hash that commands a terminal": ("PRAGMA foreign_keys = OFF; UPDATE encoder SET sha256 = char(27) || substr(sha256, 2); "
                                        "UPDATE example SET encoder = (SELECT sha256 FROM encoder)", "is damaged"),
    "an emitter without examples": ("DELETE FROM example WHERE emitter = 2", "an emitter has no examples"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_gallery_that_something_else_has_changed_is_refused(path, what):
    statement, says = CHANGES[what]
    with sqlite3.connect(path) as db:
        db.executescript(statement)
    db.close()
    before = path.read_bytes()
    error = refusal(lambda: contents(Gallery(path, encoder_id())))
    assert says in error and error.isprintable()
    assert path.read_bytes() == before


@pytest.mark.parametrize("what", [what for what in CHANGES if "commands a terminal" in what or "characters" in what])
def test_what_another_has_put_into_a_gallery_is_not_listed(path, what):
    """To list a gallery needs none of its examples."""
    with sqlite3.connect(path) as db:
        db.executescript(CHANGES[what][0])
    db.close()
    assert refusal(lambda: Gallery(path).emitters()).isprintable()


def test_damage_anywhere_is_refused_or_does_no_harm(path):
    """150 galleries: bytes overwritten at any place, or the end cut off; what can be read is what was enrolled."""
    with Gallery(path) as gallery:
        for number in range(30):
            gallery.enrol(f"emitter {number}", examples(4, number))
        expected = gallery.enrolled()
    sound, rng, refused = path.read_bytes(), np.random.default_rng(3), 0
    for _ in range(150):
        damaged = bytearray(sound)
        at = int(rng.integers(len(sound)))
        if rng.random() < 0.2:
            del damaged[at:]
        else:
            damaged[at : at + int(rng.choice([1, 8, 600]))] = rng.bytes(int(rng.choice([1, 8, 600])))
        damaged = bytes(damaged[: len(sound)])
        path.write_bytes(damaged)
        try:
            with Gallery(path, encoder_id()) as gallery:
                found = gallery.enrolled()
        except GalleryError as error:
            refused += 1
            assert "\n" not in str(error)
        else:
            assert [one.name for one in found.emitters] == [one.name for one in expected.emitters]
            np.testing.assert_array_equal(found.embeddings, expected.embeddings)
    assert refused > 75


def test_a_name_that_was_altered_in_one_place_is_refused(path):
    """Each name stands in the file twice, and both must agree."""
    sound = path.read_bytes()
    assert sound.count(b"one") == 2
    path.write_bytes(sound.replace(b"one", b"own", 1))
    assert "is damaged" in refusal(lambda: Gallery(path, encoder_id()))


def test_a_gallery_that_is_closed_says_so(path):
    gallery = Gallery(path)
    gallery.close()
    assert "closed" in refusal(lambda: gallery.enrol("three", np.ones((1, SIZE))))
