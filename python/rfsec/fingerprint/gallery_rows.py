# SPDX-License-Identifier: GPL-3.0-or-later
"""The rows of a gallery: emitters and their examples, written, and checked when they are read."""

import sqlite3
import zlib

import numpy as np

from ..errors import GalleryError
from .encoder_id import EncoderId
from .enrolled import Emitter, Enrolled, check_name, check_note, check_time, checked_embeddings


def insert_emitter(db: sqlite3.Connection, emitter: Emitter, embeddings: np.ndarray, encoder: EncoderId) -> None:
    """Add an emitter with its examples, checked embeddings of `encoder`."""
    added = db.execute("INSERT INTO emitter (name, enrolled, note) VALUES (?, ?, ?)", (emitter.name, emitter.enrolled, emitter.note))
    insert_examples(db, added.lastrowid, embeddings, encoder)


def insert_examples(db: sqlite3.Connection, emitter: int, embeddings: np.ndarray, encoder: EncoderId) -> None:
    """Add examples, checked embeddings of `encoder`, to the emitter with that key."""
    values = (row.tobytes() for row in embeddings.astype("<f4"))
    db.executemany("INSERT INTO example (emitter, encoder, crc32, embedding) VALUES (?, ?, ?, ?)",
                   ((emitter, encoder.sha256, zlib.crc32(one), one) for one in values))


def read_emitters(db: sqlite3.Connection) -> list[Emitter]:
    """Return every emitter, in the order of enrolment. Raises GalleryError where one could not have been enrolled so."""
    emitters = [Emitter(*row) for row in db.execute(
        "SELECT emitter.name, count(example.id), emitter.enrolled, emitter.note FROM emitter "
        "LEFT JOIN example ON example.emitter = emitter.id GROUP BY emitter.id ORDER BY emitter.id")]
    for one in emitters:  # another may have made the file: nothing in it may command the terminal that shows it
        check_name(one.name)
        check_note(one.note)
        check_time(one.enrolled)
    return emitters


def read_enrolled(db: sqlite3.Connection, encoder: EncoderId) -> Enrolled:
    """Return every emitter with its examples. Raises GalleryError, with a clause, where they are not what was enrolled."""
    emitters = read_emitters(db)
    rows = db.execute("SELECT crc32, embedding FROM example ORDER BY emitter, id").fetchall()
    if any(len(one) != 4 * encoder.size or zlib.crc32(one) != crc for crc, one in rows):
        raise GalleryError("an example is not what was enrolled")
    if not all(one.examples for one in emitters):
        raise GalleryError("an emitter has no examples")
    values = np.frombuffer(b"".join(one for _, one in rows), "<f4")
    return Enrolled(emitters, checked_embeddings(values.reshape(-1, encoder.size), encoder))
