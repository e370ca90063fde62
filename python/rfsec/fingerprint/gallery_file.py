# SPDX-License-Identifier: GPL-3.0-or-later
"""The SQLite file of a gallery: made, checked when it is opened, and changed in whole transactions."""

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np

from ..errors import GalleryError, ParameterError
from ..sqlite_file import connect, pragma, transaction
from .encoder_id import EncoderId
from .enrolled import check_name, shown

_APPLICATION_ID, _VERSION = int.from_bytes(b"rfGa", "big"), 1
_WAIT_S = 30
#: Every example carries the hash of its encoder, and a CRC-32 of its float32 values: SQLite itself keeps none.
_SCHEMA = (
    "CREATE TABLE encoder (sha256 TEXT PRIMARY KEY, name TEXT NOT NULL, size INTEGER NOT NULL, metric TEXT NOT NULL, "
    "weights BLOB, unit_length INTEGER NOT NULL) STRICT",
    "CREATE TABLE emitter (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, enrolled TEXT NOT NULL, note TEXT NOT NULL) STRICT",
    "CREATE TABLE example (id INTEGER PRIMARY KEY, emitter INTEGER NOT NULL REFERENCES emitter (id) ON DELETE CASCADE, "
    "encoder TEXT NOT NULL REFERENCES encoder (sha256), crc32 INTEGER NOT NULL, embedding BLOB NOT NULL) STRICT",
    "CREATE INDEX example_emitter ON example (emitter)",
)
_REASONS = {
    "SQLITE_NOTADB": "this is no gallery. Name another file, or move this one away and enrol again",
    "SQLITE_CORRUPT": "this gallery is damaged. Restore it from a copy or an export",
    "SQLITE_BUSY": f"another process has been writing to this gallery for {_WAIT_S} s. Try again when it is done",
    "SQLITE_READONLY": "this gallery can't be written. Check the permissions of the file and its folder",
    "SQLITE_CANTOPEN": "this gallery can't be opened. Check that its folder exists, and the permissions of both",
    "SQLITE_FULL": "there is no space left for this gallery. Free some, and try again",
}


class GalleryFile:
    """One connection to a gallery's file, for use by any thread.

    Parameters
    ----------
    path : Path
    encoder : EncoderId or None
        What its fingerprints must be of; None for whatever they are of.
    create : bool
        Make the file if it does not exist; that needs an `encoder`.

    Attributes
    ----------
    encoder : EncoderId

    Raises
    ------
    GalleryError
        There is no such file, or it is no gallery, damaged, or of another encoder; it is left as it was.
    """

    def __init__(self, path: Path, encoder: EncoderId | None, create: bool) -> None:
        self.path, self._lock = path, threading.RLock()
        if not create and not os.path.exists(path):  # Path.exists raises where a folder may not be looked into
            raise GalleryError(f"{path}: there is no such gallery, or its folder may not be looked into. Enrol an emitter to make one, or name another.")
        with self._one_line():
            self._db = connect(path, "rwc" if create else "rw", timeout=_WAIT_S, check_same_thread=False)
            try:
                self._db.execute("PRAGMA foreign_keys = ON")
                if create and self._is_empty():
                    self._make(encoder)
                self.encoder = self._checked()
                self._refuse_another(encoder)
                self._db.execute("PRAGMA synchronous = FULL")
                with suppress(sqlite3.OperationalError):  # another process is just doing it, or this one may not write
                    self._db.execute("PRAGMA journal_mode = WAL")
            except BaseException:
                self._db.close()
                raise

    def close(self) -> None:
        """Close the connection; nothing can be asked of it any more."""
        self._db.close()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Every query in the block sees one and the same state. Raises GalleryError where the file fails."""
        with self._transaction("DEFERRED") as db:
            yield db

    @contextmanager
    def changing(self) -> Iterator[sqlite3.Connection]:
        """What the block does is done once it ends, and then survives a crash; nothing of it is done where it raises."""
        with self._transaction("IMMEDIATE") as db:
            yield db

    def state(self) -> tuple[int, int]:
        """A mark that differs after any change, by this process or another."""
        with self._lock, self._one_line():
            return self._db.execute("PRAGMA data_version").fetchone()[0], self._db.total_changes

    @contextmanager
    def _transaction(self, kind: str) -> Iterator[sqlite3.Connection]:
        with self._lock, self._one_line(), transaction(self._db, kind) as db:
            yield db

    @contextmanager
    def _one_line(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            code = "_".join(getattr(error, "sqlite_errorname", "").split("_")[:2])
            raise GalleryError(f"{self.path}: {_REASONS.get(code, f'this gallery fails: {shown(str(error))}')}.") from None

    def _is_empty(self) -> bool:
        """Whether this is a new file, or one that was being made when its process was killed."""
        return pragma(self._db, "application_id") == 0 and not self._db.execute("SELECT 1 FROM sqlite_schema").fetchone()

    def _make(self, encoder: EncoderId | None) -> None:
        if encoder is None:
            raise ParameterError(f"{self.path}: a new gallery needs the 'encoder' that its fingerprints are of.")
        with self._transaction("IMMEDIATE") as db:
            if not self._is_empty():
                return  # another process was faster
            for statement in _SCHEMA:
                db.execute(statement)
            weights = None if encoder.weights is None else np.array(encoder.weights, "<f8").tobytes()
            db.execute("INSERT INTO encoder VALUES (?, ?, ?, ?, ?, ?)",
                       (encoder.sha256, encoder.name, encoder.size, encoder.metric, weights, encoder.unit_length))
            db.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
            db.execute(f"PRAGMA user_version = {_VERSION}")

    def _checked(self) -> EncoderId:
        """The encoder of a file that is sound in every page."""
        if pragma(self._db, "application_id") != _APPLICATION_ID:
            raise GalleryError(f"{self.path}: {_REASONS['SQLITE_NOTADB']}.")
        if pragma(self._db, "user_version") != _VERSION:
            raise GalleryError(f"{self.path}: this gallery has version {pragma(self._db, 'user_version')}, and only version {_VERSION} can be read. "
                               "Use the gr-rfsec that wrote it.")
        made = tuple(row[0] for row in self._db.execute("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid"))
        sound = made == _SCHEMA and pragma(self._db, "integrity_check(1)") == "ok" and not self._db.execute("PRAGMA foreign_key_check").fetchone()
        encoders = self._db.execute("SELECT name, sha256, size, metric, weights, unit_length FROM encoder").fetchall() if sound else []
        try:
            (name, sha256, size, metric, weights, unit_length), = encoders
            check_name(name)
            return EncoderId(name, sha256, size, metric, None if weights is None else tuple(np.frombuffer(weights, "<f8").tolist()),
                             bool(unit_length))
        except (ValueError, ParameterError, GalleryError):
            raise GalleryError(f"{self.path}: {_REASONS['SQLITE_CORRUPT']}.") from None

    def _refuse_another(self, encoder: EncoderId | None) -> None:
        if encoder is not None and encoder != self.encoder:
            raise GalleryError(f"{self.path}: this gallery was made with the encoder {described(self.encoder)}, not with {described(encoder)}. "
                               "Use that model, or enrol into a gallery of its own.")


def described(encoder: EncoderId) -> str:
    """An encoder in an error."""
    return f"{encoder.name!r} (sha256 {encoder.sha256[:12]}…)"
