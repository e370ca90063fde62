# SPDX-License-Identifier: GPL-3.0-or-later
"""What the SQLite files of all rooms have in common: how they are opened, and changed in whole transactions."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

_SMALLEST = 512  # bytes of a database


def connect(path: Path | None, mode: str = "rw", **options: object) -> sqlite3.Connection:
    """Open a database, whatever characters its path has, that begins no transaction by itself, and trusts no function that its schema names.

    Parameters
    ----------
    path : Path or None
        None is a database in memory.
    mode : str
        "rw", or "rwc" to make the file where it is missing.
    **options
        Of ``sqlite3.connect``.

    Raises
    ------
    sqlite3.Error
        The file can't be opened, or is too small to be a database, which SQLite would take for a new one and write into.
    """
    if path is not None and os.path.isfile(path) and 0 < os.path.getsize(path) < _SMALLEST:
        error = sqlite3.DatabaseError("file is not a database")
        error.sqlite_errorname = "SQLITE_NOTADB"
        raise error
    address = ":memory:" if path is None else f"file:{quote(os.fsencode(path.absolute()))}?mode={mode}"
    db = sqlite3.connect(address, uri=True, isolation_level=None, **options)
    db.execute("PRAGMA trusted_schema = OFF")
    return db


@contextmanager
def transaction(db: sqlite3.Connection, kind: str = "IMMEDIATE") -> Iterator[sqlite3.Connection]:
    """What the block does is done once it ends; nothing of it is done where it raises. A `kind` "DEFERRED" is for reading."""
    db.execute(f"BEGIN {kind}")
    try:
        yield db
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def pragma(db: sqlite3.Connection, name: str) -> object:
    """The value of a pragma."""
    return db.execute(f"PRAGMA {name}").fetchone()[0]
