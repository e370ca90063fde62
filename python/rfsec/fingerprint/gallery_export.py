# SPDX-License-Identifier: GPL-3.0-or-later
"""Galleries as text, to be kept or sent elsewhere.

JSON, one document a line. The first holds ``rfsec_gallery`` (the version, 1), ``encoder`` (what the fingerprints are of) and
``emitters`` (how many follow). Each emitter is a line with ``name``, ``enrolled``, ``note`` and ``examples``, then one line with
the numbers of each example.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import asdict
from itertools import count
from pathlib import Path
from typing import BinaryIO

import numpy as np

from ..errors import GalleryError, OutputError, ParameterError
from ..whole_file import written_whole
from .encoder_id import EncoderId
from .enrolled import Emitter, Enrolled, check_name, check_note, check_time, checked_embeddings, shown

_VERSION = 1
_MAX_LINE = 1 << 20  # bytes; weights or an example of 4096 numbers take a tenth
_MAX_SIZE = 4096


def write_export(path: Path, encoder: EncoderId, enrolled: Enrolled) -> None:
    """Write a gallery; whole or not at all. Raises OutputError where that fails."""
    if not path.name:
        raise OutputError(f"The export '{path}' cannot be written: it has no name. Choose another file.")
    try:
        with written_whole(path) as aside, aside.open("w", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in _lines(encoder, enrolled))
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise OutputError(f"The export '{path}' cannot be written: {error.strerror}. Choose another file.") from None


def read_export(path: Path) -> tuple[EncoderId, Enrolled]:
    """Return what `write_export` wrote. Raises GalleryError, naming the line, where the file is anything else."""
    lines = _Lines()
    try:
        with path.open("rb") as file:
            return lines.read(file)
    except OSError as error:
        raise GalleryError(f"{path}: this export can't be read: {error.strerror}.") from None
    except (GalleryError, ParameterError, ValueError, OverflowError, RecursionError) as error:
        reason = " ".join(str(error).split()).rstrip(".")
        raise GalleryError(f"{path}{lines.where}: this is no export of a gallery: {reason[:300]}.") from None


def _lines(encoder: EncoderId, enrolled: Enrolled) -> Iterator[str]:
    yield json.dumps({"rfsec_gallery": _VERSION, "encoder": asdict(encoder), "emitters": len(enrolled.emitters)})
    numbers = "[" + ", ".join(["%.9g"] * encoder.size) + "]"  # nine digits tell all float32 apart
    first = 0
    for emitter in enrolled.emitters:
        yield json.dumps(asdict(emitter), ensure_ascii=False)
        for row in enrolled.embeddings[first : first + emitter.examples]:
            yield numbers % tuple(row.tolist())
        first += emitter.examples


class _Lines:
    """The lines of a file that may hold anything. `where` is the place of an error, for its message."""

    where = ""

    def read(self, file: BinaryIO) -> tuple[EncoderId, Enrolled]:
        """All of the file. Raises GalleryError, ParameterError, ValueError, OverflowError or RecursionError, with a clause."""
        documents = self._documents(file)
        head = _object(next(documents), {"rfsec_gallery": int, "encoder": dict, "emitters": int})
        if head["rfsec_gallery"] != _VERSION:
            raise GalleryError(f"its version must be {_VERSION}. Got {shown(head['rfsec_gallery'])} instead")
        encoder = _encoder(head["encoder"])
        emitters, rows, names = [], [], set()
        for _ in range(_count(head["emitters"], 0)):
            emitters.append(_emitter(next(documents), names))
            rows += [np.array(_numbers(next(documents), encoder.size)) for _ in range(emitters[-1].examples)]
        if file.read(1):
            raise GalleryError("more follows than it says")
        self.where = ""
        return encoder, Enrolled(emitters, checked_embeddings(np.array(rows).reshape(-1, encoder.size), encoder))

    def _documents(self, file: BinaryIO) -> Iterator[object]:
        for number in count(1):
            self.where = f", line {number}"
            line = file.readline(_MAX_LINE)
            if not line.endswith(b"\n"):
                raise GalleryError("the line is too long" if len(line) == _MAX_LINE else "it ends too early")
            yield json.loads(line.decode("utf-8"))


def _emitter(document: object, names: set[str]) -> Emitter:
    """An emitter whose name is not among `names` yet."""
    emitter = Emitter(**_object(document, {"name": str, "examples": int, "enrolled": str, "note": str}))
    check_name(emitter.name)
    check_note(emitter.note)
    check_time(emitter.enrolled)
    _count(emitter.examples, 1)
    if emitter.name in names:
        raise GalleryError(f"the emitter {shown(emitter.name)} is there twice")
    names.add(emitter.name)
    return emitter


def _object(document: object, kinds: dict[str, type]) -> dict:
    """A JSON object with exactly the keys of `kinds`, each value of its kind."""
    if not isinstance(document, dict) or document.keys() != kinds.keys():
        raise GalleryError(f"it must be an object with the keys {', '.join(kinds)}")
    for key, kind in kinds.items():
        if type(document[key]) is not kind:
            raise GalleryError(f"the '{key}' is of the wrong kind: {shown(document[key])}")
    return document


def _encoder(document: dict) -> EncoderId:
    weights = document.get("weights")
    kinds = {"name": str, "sha256": str, "size": int, "metric": str, "weights": type(weights), "unit_length": bool}
    _object(document, kinds)
    check_name(document["name"])
    if not 1 <= document["size"] <= _MAX_SIZE:
        raise GalleryError(f"the 'size' of an encoder must be 1 to {_MAX_SIZE}. Got {shown(document['size'])} instead")
    return EncoderId(**document | {"weights": None if weights is None else tuple(_numbers(weights, document["size"]))})


def _numbers(values: object, size: int) -> list[float]:
    if not isinstance(values, list) or len(values) != size or not all(type(value) in (int, float) for value in values):
        raise GalleryError(f"it must be a list of {size} numbers")
    return [float(value) for value in values]


def _count(value: int, least: int) -> int:
    if value < least:
        raise GalleryError(f"a number of things must be at least {least}. Got {shown(value)} instead")
    return value
