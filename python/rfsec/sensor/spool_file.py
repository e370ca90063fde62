# SPDX-License-Identifier: GPL-3.0-or-later
"""The file of a spool: one SQLite database of one process, whose space is taken when it is made."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import OutputError
from ..sqlite_file import connect, pragma, transaction

PAGE_BYTES = 4096
_APPLICATION_ID, _VERSION = int.from_bytes(b"rfSp", "big"), 1
_RESERVED_AT_ONCE = 1 << 20  # bytes; SQLite's log of changes gets about that size too
_LOG_PAGES = 64  # after which the log is begun anew: with the longest transaction it stays within that size
_SCHEMA = (
    "CREATE TABLE state (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID",
    "CREATE TABLE consumer (name TEXT PRIMARY KEY, acknowledged INTEGER NOT NULL) STRICT, WITHOUT ROWID",
    "CREATE TABLE decision (sequence INTEGER PRIMARY KEY, record TEXT NOT NULL) STRICT",
)
_REASONS = {
    "SQLITE_NOTADB": "this is no spool. Name another file",
    "SQLITE_CORRUPT": "this spool is damaged. Move it away; the sensor makes a new one",
    "SQLITE_BUSY": "another sensor has this spool. Give each sensor a spool of its own",
    "SQLITE_READONLY": "this spool can't be written. Check the permissions of the file and its folder",
    "SQLITE_CANTOPEN": "this spool can't be opened. Check that its folder exists, and the permissions of both",
    "SQLITE_FULL": "there is no space left for this spool. Free some, or set a smaller max_bytes",
    "SQLITE_IOERR": "this spool can't be read or written. Free some space, or check the disk",
}


class SpoolFile:
    """The connection of one process to a spool's file; a second process is refused.

    Parameters
    ----------
    path : Path
        Made where it is missing, with mode 0600.
    max_bytes : int
        Size of the database. So many bytes are written when it is made, so that a disk that fills up later can't take them.

    Raises
    ------
    OutputError
        The file is no spool, is damaged, is in use, or can't be written. So for every method.
    """

    def __init__(self, path: Path, max_bytes: int) -> None:
        self.path = path
        with self._one_line():
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
            self._db = connect(path, timeout=0)
            try:
                self._refuse_another()
                for setting in (f"page_size = {PAGE_BYTES}", "locking_mode = EXCLUSIVE", "journal_mode = WAL",
                                "synchronous = FULL", f"wal_autocheckpoint = {_LOG_PAGES}"):
                    self._db.execute(f"PRAGMA {setting}")
                self._open()
                self._reserve(max_bytes // PAGE_BYTES)
            except BaseException:
                self._db.close()
                raise

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    @contextmanager
    def changing(self) -> Iterator[sqlite3.Connection]:
        """What the block does is on the disk once it ends; nothing of it is done where it raises."""
        with self._one_line(), transaction(self._db) as db:
            yield db

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Raises OutputError where the file fails."""
        with self._one_line():
            yield self._db

    def free_bytes(self, max_bytes: int) -> int:
        """How many of `max_bytes` hold nothing; below 0 where the file holds more."""
        with self._one_line():
            return max_bytes - (pragma(self._db, "page_count") - pragma(self._db, "freelist_count")) * PAGE_BYTES

    def _refuse_another(self) -> None:
        """Before anything is changed: refuse a file that is neither a spool nor empty."""
        empty = not pragma(self._db, "application_id") and not self._db.execute("SELECT 1 FROM sqlite_schema").fetchone()
        if not empty and (pragma(self._db, "application_id"), pragma(self._db, "user_version")) != (_APPLICATION_ID, _VERSION):
            raise OutputError(f"{self.path}: {_REASONS['SQLITE_NOTADB']}.")

    def _open(self) -> None:
        """Make the tables in a new file; refuse a damaged spool."""
        if not pragma(self._db, "application_id"):
            with self.changing() as db:
                for statement in _SCHEMA:
                    db.execute(statement)
                db.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
                db.execute(f"PRAGMA user_version = {_VERSION}")
        self._forget_reserved()  # where its maker was killed
        made = {row[0] for row in self._db.execute("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL")}
        if made != set(_SCHEMA) or pragma(self._db, "integrity_check(1)") != "ok":
            raise OutputError(f"{self.path}: {_REASONS['SQLITE_CORRUPT']}.")

    def _reserve(self, pages: int) -> None:
        """Take the space by writing zeros and forgetting them: SQLite keeps the pages that it has, and uses them again.

        The log of changes, which SQLite removes when a spool is closed, is written along. Raises OutputError, before anything is written,
        where the disk has no such space: it would be full afterwards.
        """
        disk = os.statvfs(self.path)
        if (pages - pragma(self._db, "page_count")) * PAGE_BYTES > disk.f_bavail * disk.f_frsize:
            raise OutputError(f"{self.path}: {_REASONS['SQLITE_FULL']}.")
        with self.changing() as db:
            db.execute("CREATE TABLE IF NOT EXISTS reserved (zeros BLOB)")
        try:
            at_once = min(_RESERVED_AT_ONCE, (pages - pragma(self._db, "page_count") + pragma(self._db, "freelist_count")) * PAGE_BYTES)
            while at_once > PAGE_BYTES:
                with self.changing() as db:
                    db.execute("INSERT INTO reserved VALUES (zeroblob(?))", (at_once - PAGE_BYTES,))
                at_once = min(_RESERVED_AT_ONCE, (pages - pragma(self._db, "page_count")) * PAGE_BYTES)
        finally:
            self._forget_reserved()

    def _forget_reserved(self) -> None:
        with self.changing() as db:
            db.execute("DROP TABLE IF EXISTS reserved")

    @contextmanager
    def _one_line(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise OutputError(f"{self.path}: this spool can't be made: {error.strerror}. Check its folder.") from None
        except sqlite3.Error as error:
            code = "_".join(getattr(error, "sqlite_errorname", "").split("_")[:2])
            raise OutputError(f"{self.path}: {_REASONS.get(code, f'this spool fails: {error}')}.") from None
