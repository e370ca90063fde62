# SPDX-License-Identifier: GPL-3.0-or-later
"""The spool: decisions numbered and kept until everyone who is to have them has acknowledged them, in a file of bounded size."""

import os
from pathlib import Path

from ..errors import OutputError
from .spool_file import PAGE_BYTES, SpoolFile

MIN_BYTES = 1 << 20
_MARGIN_BYTES = 32 * PAGE_BYTES  # for the inner pages of the tree, and the two other tables
_DROPPED_AT_ONCE = 64
_REMOVE_WHAT_ALL_HAVE = "DELETE FROM decision WHERE sequence <= (SELECT min(acknowledged) FROM consumer)"


class Spool:
    """Decisions on the disk, in the order of their sequence numbers 1, 2, 3, …, which are never given twice.

    A method that changes something has it on the disk when it returns.

    Parameters
    ----------
    path : str or Path
    max_bytes : int
        Size of the file, at least ``MIN_BYTES``. Where new decisions don't fit, the oldest are dropped and counted.
    consumers : list of str
        Who is to acknowledge. What an earlier one, who is no longer named, had not acknowledged is not kept for it.

    Attributes
    ----------
    identity : str
        32 hexadecimal digits, drawn when the file was made: sequence numbers count within it.
    last : int
        The highest sequence number given, 0 where there is none.
    dropped : int
        Decisions that were dropped before every consumer had acknowledged them, since the file was made.

    Raises
    ------
    OutputError
        The file is no spool, is damaged, is in use, or can't be written. So for every method; the spool is then as it was.
    """

    def __init__(self, path: str | Path, max_bytes: int, consumers: list[str]) -> None:
        self._file, self._max_bytes = SpoolFile(Path(path), max_bytes), max_bytes
        try:
            with self._file.changing() as db:
                new = (("identity", os.urandom(16).hex()), ("last", "0"), ("dropped", "0"), ("position", ""))
                db.executemany("INSERT OR IGNORE INTO state VALUES (?, ?)", new)
                state = dict(db.execute("SELECT key, value FROM state"))
                self.identity, self.last, self.dropped = state["identity"], int(state["last"]), int(state["dropped"])
                self.position = state["position"]
            self.set_consumers(consumers)
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> "Spool":
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def set_consumers(self, consumers: list[str]) -> None:
        """Name those who are to acknowledge; a new one is to get everything that is still there. What all of them have is removed."""
        with self._file.changing() as db:
            gone = [row for row in db.execute("SELECT name FROM consumer").fetchall() if row[0] not in consumers]
            db.executemany("DELETE FROM consumer WHERE name = ?", gone)
            db.executemany("INSERT OR IGNORE INTO consumer VALUES (?, 0)", [(name,) for name in consumers])
            db.execute(_REMOVE_WHAT_ALL_HAVE)
            acknowledged = dict(db.execute("SELECT name, acknowledged FROM consumer"))
        self._acknowledged = acknowledged

    def acknowledged(self, consumer: str) -> int:
        """The number through which a consumer has everything, 0 where it has nothing. Raises KeyError for one who isn't named."""
        return self._acknowledged[consumer]

    def append(self, records: list[str], position: str) -> None:
        """Store decisions, as JSON, with the position of the source after them, in one transaction; drop the oldest to make room."""
        last, dropped = self.last, self.dropped
        with self._file.changing() as db:
            dropped += self._make_room(sum(len(record) + 16 for record in records))
            db.executemany("INSERT INTO decision VALUES (?, ?)", enumerate(records, last + 1))
            last += len(records)
            db.executemany("UPDATE state SET value = ? WHERE key = ?", ((str(last), "last"), (str(dropped), "dropped"), (position, "position")))
        self.last, self.dropped, self.position = last, dropped, position

    def after(self, sequence: int, count: int) -> list[tuple[int, str]]:
        """At most `count` decisions with numbers above `sequence`, each with its number, in order."""
        with self._file.reading() as db:
            return db.execute("SELECT sequence, record FROM decision WHERE sequence > ? ORDER BY sequence LIMIT ?", (sequence, count)).fetchall()

    def acknowledge(self, consumer: str, sequence: int) -> None:
        """A consumer has everything through `sequence`; what all have is removed. An older number changes nothing.

        Raises KeyError for a consumer who isn't named, OutputError for a number that was never given.
        """
        if sequence > self.last:
            raise OutputError(f"{self._file.path}: {sequence} was acknowledged, and the spool ends with {self.last}.")
        if sequence <= self._acknowledged[consumer]:
            return
        with self._file.changing() as db:
            db.execute("UPDATE consumer SET acknowledged = ? WHERE name = ?", (sequence, consumer))
            db.execute(_REMOVE_WHAT_ALL_HAVE)
        self._acknowledged[consumer] = sequence

    @property
    def waiting(self) -> int:
        """Decisions that are kept."""
        with self._file.reading() as db:
            first, = db.execute("SELECT min(sequence) FROM decision").fetchone()
            return 0 if first is None else self.last - first + 1

    @property
    def used_bytes(self) -> int:
        """What the file holds."""
        return self._max_bytes - self._file.free_bytes(self._max_bytes)

    def _make_room(self, size: int) -> int:
        """Drop the oldest decisions until `size` bytes more will fit; return how many."""
        dropped = 0
        while self._file.free_bytes(self._max_bytes) < size + size // 4 + _MARGIN_BYTES:
            with self._file.reading() as db:
                gone = db.execute("DELETE FROM decision WHERE sequence IN (SELECT sequence FROM decision ORDER BY sequence LIMIT ?)",
                                  (_DROPPED_AT_ONCE,)).rowcount
            if not gone:
                raise OutputError(f"{self._file.path}: {size} bytes of decisions do not fit into {self._max_bytes}. Set a larger max_bytes.")
            dropped += gone
        return dropped
