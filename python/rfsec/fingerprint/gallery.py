# SPDX-License-Identifier: GPL-3.0-or-later
"""A gallery: the fingerprints that emitters were enrolled with, in one file."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path

import numpy as np

from ..errors import GalleryError
from .encoder_id import EncoderId
from .enrolled import UTC, Emitter, Enrolled, check_name, check_note, checked_embeddings, shown
from .gallery_export import read_export, write_export
from .gallery_file import GalleryFile, described
from .gallery_rows import insert_emitter, insert_examples, read_emitters, read_enrolled


class Gallery:
    """Enrolled emitters. Every change is one transaction, is on the disk when its method returns, and is seen by all processes.

    Parameters
    ----------
    path : str or Path
    encoder : EncoderId or None
        What the fingerprints are of; None opens the gallery of any encoder.
    create : bool
        Make the gallery, for `encoder`, if it does not exist.

    Attributes
    ----------
    path : Path
    encoder : EncoderId

    Raises
    ------
    GalleryError
        There is no such file, or it is no gallery, damaged, or of another encoder. So for every method that finds the file
        damaged, or cannot write it, or gets a name or fingerprints that break the rules. The gallery is then as it was.
    """

    def __init__(self, path: str | Path, encoder: EncoderId | None = None, *, create: bool = False) -> None:
        self.path = Path(path)
        self._file = GalleryFile(self.path, encoder, create)
        self.encoder = self._file.encoder

    def __enter__(self) -> "Gallery":
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def enrol(self, name: str, embeddings: np.ndarray, note: str = "") -> None:
        """Enrol a new emitter from at least one example, float32 [n, size]. Raises GalleryError if it is enrolled already."""
        check_note(note)
        examples = self._examples(embeddings)
        now = datetime.now(timezone.utc).strftime(UTC)
        with self._file.changing() as db:
            insert_emitter(db, Emitter(self._free(db, name), len(examples), now, note), examples, self.encoder)

    def add_examples(self, name: str, embeddings: np.ndarray) -> None:
        """Add examples, float32 [n, size], to an enrolled emitter. Raises GalleryError if it is not enrolled."""
        examples = self._examples(embeddings)
        with self._file.changing() as db:
            insert_examples(db, self._key(db, name), examples, self.encoder)

    def revoke(self, name: str) -> None:
        """Forget an emitter with all its examples. Raises GalleryError if it is not enrolled."""
        with self._file.changing() as db:
            db.execute("DELETE FROM emitter WHERE id = ?", (self._key(db, name),))

    def rename(self, name: str, to: str) -> None:
        """Give an emitter another name. Raises GalleryError if it is not enrolled, or some emitter has that name."""
        with self._file.changing() as db:
            db.execute("UPDATE emitter SET name = ? WHERE id = ?", (self._free(db, to), self._key(db, name)))

    def merge(self, into: str, name: str) -> None:
        """Give the examples of the emitter `name` to the emitter `into`, and forget `name`: both turned out to be one.

        Raises GalleryError if one is not enrolled, or they are the same.
        """
        with self._file.changing() as db:
            kept, gone = self._key(db, into), self._key(db, name)
            if kept == gone:
                raise GalleryError(f"{self.path}: {shown(name)} can't be merged into itself; name two emitters.")
            db.execute("UPDATE example SET emitter = ? WHERE emitter = ?", (kept, gone))
            db.execute("DELETE FROM emitter WHERE id = ?", (gone,))

    def emitters(self) -> list[Emitter]:
        """Return every emitter, in the order of enrolment."""
        with self._reading() as db:
            return read_emitters(db)

    def enrolled(self) -> Enrolled:
        """Return every emitter with its examples."""
        with self._reading() as db:
            return read_enrolled(db, self.encoder)

    def state(self) -> tuple[int, int]:
        """Return a mark that differs after any change, by this process or another."""
        return self._file.state()

    def export_to(self, path: str | Path) -> int:
        """Write the whole gallery to a text file, see `gallery_export`, and return the number of emitters.

        Raises OutputError where the file cannot be written; what was there before stays.
        """
        enrolled = self.enrolled()
        write_export(Path(path), self.encoder, enrolled)
        return len(enrolled.emitters)

    def import_from(self, path: str | Path) -> int:
        """Enrol all emitters of a file that `export_to` wrote, and return their number.

        Raises GalleryError where the file is no such file, is of another encoder, or names an emitter that is enrolled already;
        none is imported then.
        """
        encoder, enrolled = read_export(Path(path))
        if encoder != self.encoder:
            raise GalleryError(f"{path}: these fingerprints are of the encoder {described(encoder)}, and {self.path} is a gallery of "
                               f"{described(self.encoder)}. Import them into a gallery of their own.")
        first = 0
        with self._file.changing() as db:
            for one in enrolled.emitters:
                self._free(db, one.name)
                insert_emitter(db, one, enrolled.embeddings[first : first + one.examples], encoder)
                first += one.examples
        return len(enrolled.emitters)

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._file.reading() as db:
            try:
                yield db
            except GalleryError as error:
                reason = str(error).rstrip(".")
                raise GalleryError(f"{self.path}: this gallery is damaged: {reason}. Restore it from a copy or an export.") from None

    def _examples(self, embeddings: np.ndarray) -> np.ndarray:
        examples = checked_embeddings(embeddings, self.encoder)
        if not len(examples):
            raise GalleryError(f"{self.path}: an emitter is enrolled from at least one fingerprint. Got none.")
        return examples

    def _key(self, db: sqlite3.Connection, name: str) -> int:
        check_name(name)
        found = db.execute("SELECT id FROM emitter WHERE name = ?", (name,)).fetchone()
        if found is None:
            raise GalleryError(f"{self.path}: no emitter {shown(name)} is enrolled. List the gallery for those that are.")
        return found[0]

    def _free(self, db: sqlite3.Connection, name: str) -> str:
        check_name(name)
        if db.execute("SELECT 1 FROM emitter WHERE name = ?", (name,)).fetchone():
            raise GalleryError(f"{self.path}: an emitter {shown(name)} is enrolled already. Add examples to it, or choose another name.")
        return name
