# SPDX-License-Identifier: GPL-3.0-or-later
"""What a gallery holds, and the rules for each part of it."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from ..errors import GalleryError
from .encoder_id import EncoderId

MAX_NAME, MAX_NOTE = 64, 200  # characters
UTC = "%Y-%m-%dT%H:%M:%SZ"
_TIME_LENGTH = 20  # characters of it
_LARGEST = 1e9  # the squares of larger values, summed, leave the range of float32
_LENGTH_ERROR = 1e-3


@dataclass(frozen=True, slots=True)
class Emitter:
    """An enrolled transmitter.

    Attributes
    ----------
    name : str
        1 to 64 printable characters.
    examples : int
        Fingerprints that it is known by, at least 1.
    enrolled : str
        When it was enrolled first, UTC, such as "2026-01-31T12:00:00Z".
    note : str
        Up to 200 printable characters.
    """

    name: str
    examples: int
    enrolled: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Enrolled:
    """All emitters of a gallery.

    Attributes
    ----------
    emitters : sequence of Emitter
    embeddings : float32 [n, size]
        The examples of the first emitter, then those of the second, and so on.
    """

    emitters: Sequence[Emitter]
    embeddings: np.ndarray


def check_name(name: str) -> None:
    """Raise GalleryError unless `name` is 1 to 64 printable characters, none of them a space at an end."""
    if not (isinstance(name, str) and 1 <= len(name) <= MAX_NAME and name.isprintable() and name == name.strip()):
        raise GalleryError(f"The name of an emitter must be 1 to {MAX_NAME} printable characters without spaces around them. Got {shown(name)} instead.")


def check_note(note: str) -> None:
    """Raise GalleryError unless `note` is up to 200 printable characters."""
    if not (isinstance(note, str) and len(note) <= MAX_NOTE and note.isprintable()):
        raise GalleryError(f"The note of an emitter must be up to {MAX_NOTE} printable characters. Got {shown(note)} instead.")


def check_time(enrolled: str) -> None:
    """Raise GalleryError unless `enrolled` is a time in UTC, such as "2026-01-31T12:00:00Z"."""
    with suppress(ValueError, TypeError):  # without `strptime`, which is slow: a gallery may hold 100,000
        if len(enrolled) == _TIME_LENGTH and f"{datetime.fromisoformat(enrolled[:-1]).isoformat()}Z" == enrolled:
            return
    raise GalleryError(f'A time of enrolment must be one in UTC, such as "2026-01-31T12:00:00Z". Got {shown(enrolled)} instead.')


def checked_embeddings(embeddings: np.ndarray, encoder: EncoderId) -> np.ndarray:
    """Return embeddings of `encoder` as float32 [n, size].

    Raises GalleryError where they are not of its size, not finite, or not of length 1 though its embeddings are.
    """
    given = np.asarray(embeddings)
    if given.dtype.kind not in "fiu" or given.ndim != 2 or given.shape[1] != encoder.size:
        raise GalleryError(f"Fingerprints of the encoder {encoder.name} must be rows of {encoder.size} real numbers. "
                           f"Got {given.dtype} of the shape {given.shape} instead; make them with that encoder.")
    with np.errstate(over="ignore"):
        found = np.ascontiguousarray(given, np.float32)
    if not (np.abs(found) <= _LARGEST).all():  # NaN is refused, too
        raise GalleryError(f"Fingerprints must be finite numbers of at most {_LARGEST:g}; leave out the bursts that gave none.")
    if encoder.unit_length and not (np.abs(np.linalg.norm(found, axis=1) - 1) <= _LENGTH_ERROR).all():
        raise GalleryError(f"Fingerprints of the encoder {encoder.name} must have length 1; leave out the bursts that gave none.")
    return found


def shown(value: object) -> str:
    """What was given, on one line that is not too long."""
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
