# SPDX-License-Identifier: GPL-3.0-or-later
"""Which probes are spent, in one SQLite file of mode 0600: a probe is never used twice, whatever became of its agreement.

The file keeps the symbols of spent probes too, because a new probe is worth only what the earlier ones don't tell. So it is as
secret as the keys are: who copies it, and recorded a session without X25519, can find that session's key.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from ..errors import KeyAgreementError
from ..sqlite_file import connect, pragma, transaction
from .secret_file import OWNER_ONLY, refuse_open_secret

_APPLICATION_ID, _VERSION = int.from_bytes(b"rfPr", "big"), 1
_WAIT_S = 30
_SCHEMA = "CREATE TABLE spent (probe INTEGER PRIMARY KEY, symbols BLOB NOT NULL) STRICT"


class ProbeStore:
    """The spent probes of one end. A change is on the disk when its method returns, and is seen by all processes.

    Parameters
    ----------
    path : str, Path or None
        Made, with mode 0600, where it is missing. None keeps the store in memory, for simulations.

    Raises
    ------
    KeyAgreementError
        The file is no such store, is damaged, can't be written, or others may read it. So for every method.
    """

    def __init__(self, path: str | Path | None) -> None:
        self.path = Path(path or "store in memory")
        with self._one_line():
            if path:
                _make_private(self.path)
            self._db = connect(self.path if path else None, timeout=_WAIT_S, check_same_thread=False)
            try:
                self._db.execute("PRAGMA synchronous = FULL")
                self._open()
            except BaseException:
                self._db.close()
                raise

    def __enter__(self) -> "ProbeStore":
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def unspent(self, probes: np.ndarray) -> np.ndarray:
        """The probes, int64 [n], that no agreement has used yet, in the same order."""
        if not len(probes):
            return probes
        bounds = int(probes.min()), int(probes.max())
        with self._one_line():
            spent = [row[0] for row in self._db.execute("SELECT probe FROM spent WHERE probe BETWEEN ? AND ?", bounds)]
        return probes[~np.isin(probes, np.array(spent, np.int64))]

    def remembered(self, count: int, levels: int) -> np.ndarray:
        """The symbols, int8 [m, count], of all spent probes that have `count` of them, each below `levels`, in the order of their numbers.

        Probes of more levels are another quantizer's: no statistics of these symbols could count them.
        """
        with self._one_line():
            rows = self._db.execute("SELECT symbols FROM spent WHERE length(symbols) = ? ORDER BY probe", (count,)).fetchall()
        words = np.frombuffer(b"".join(row[0] for row in rows), np.int8).reshape(-1, count)
        return words[(words < levels).all(axis=1)]

    def spend(self, probes: np.ndarray, symbols: np.ndarray, levels: int) -> np.ndarray:
        """Mark probes, int64 [n], as spent, remember their symbols, int8 [n, m], for good, and return those that were `remembered` before.

        No other process spends any in between. Raises KeyAgreementError, and spends none, where one of them is spent already.
        """
        with self._changing() as db:
            earlier = self.remembered(symbols.shape[1], levels)
            try:
                db.executemany("INSERT INTO spent VALUES (?, ?)", zip(probes.tolist(), map(bytes, symbols), strict=True))
            except sqlite3.IntegrityError:
                raise KeyAgreementError(f"{self.path}: another agreement has just used one of these probes. Start again.") from None
        return earlier

    def _open(self) -> None:
        """Make the table in a new file, and refuse any other file than such a store."""
        with self._changing() as db:
            if not db.execute("SELECT 1 FROM sqlite_schema").fetchone() and not pragma(self._db, "application_id"):
                db.execute(_SCHEMA)
                db.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
                db.execute(f"PRAGMA user_version = {_VERSION}")
        made = [row[0] for row in self._db.execute("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL")]
        if (pragma(self._db, "application_id"), pragma(self._db, "user_version"), made) != (_APPLICATION_ID, _VERSION, [_SCHEMA]):
            raise KeyAgreementError(f"{self.path}: this is no store of spent probes of this gr-rfsec. Name another file.")
        if pragma(self._db, "integrity_check(1)") != "ok":
            raise KeyAgreementError(f"{self.path}: this store of spent probes is damaged. Move it away, and use new probes only.")

    @contextmanager
    def _changing(self) -> Iterator[sqlite3.Connection]:
        with self._one_line(), transaction(self._db) as db:
            yield db

    @contextmanager
    def _one_line(self) -> Iterator[None]:
        try:
            yield
        except (OSError, sqlite3.Error) as error:
            raise KeyAgreementError(f"{self.path}: this store of spent probes fails: {getattr(error, 'strerror', None) or error}. "
                                    "Check the file, its folder and the space there.") from None


def _make_private(path: Path) -> None:
    """Make the file where it is missing; refuse one that others may read."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, OWNER_ONLY)
    try:
        refuse_open_secret(path, descriptor)
    finally:
        os.close(descriptor)
