# SPDX-License-Identifier: GPL-3.0-or-later
"""Folders of labelled recordings: their manifest, and each recording opened as it says."""

import bz2
import json
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, create_model

from ..errors import DatasetError
from ..recordings.bounded_reads import BoundedReads
from ..recordings.reader import Recording
from ..recordings.recording import open_recording
from ..whole_file import is_pipe_or_device

MAX_MANIFEST_BYTES = 64 << 20
MAX_UNPACKED_BYTES = 4 << 30
_MOST_MEMBERS = 1000  # of an archive: a recording is one
_FORMATS = {"wav_real": "wav", "coco": "cf32_le"}  # a manifest's names that differ from ours


def _printable(text: str) -> str:
    if not text.isprintable():  # it is shown, and another may have made the manifest: nothing in it may command a terminal
        raise ValueError("it must be of printable characters")
    return text


_Shown = Annotated[str, AfterValidator(_printable)]


class RecordingEntry(BaseModel):
    """One recording of a manifest; what else its entry holds is not looked at."""

    model_config = ConfigDict(frozen=True, allow_inf_nan=False)

    name: _Shown = Field(min_length=1)
    sample_format: str | None = None
    sample_rate: float | None = Field(default=None, gt=0)
    sample_rate_assumed: float | None = Field(default=None, gt=0)
    header_bytes: int | None = Field(default=0, ge=0)


class Entry(RecordingEntry):
    """One recording whose modulation is known."""

    truth: _Shown | None = Field(default=None, alias="class")
    labels: dict = {}

    @property
    def symbol_rate_hz(self) -> float | None:
        """The symbol rate that its labels state, where they do."""
        rate, samples = _positive(self.labels.get("symbol_rate")), _positive(self.labels.get("samples_per_symbol"))
        known = self.sample_rate or self.sample_rate_assumed
        return rate or (known / samples if samples and known else None)


def _positive(value: object) -> float | None:
    """A number that a label states, where it makes sense."""
    return float(value) if type(value) in (int, float) and 1e-6 < value < 1e12 else None


AnyEntry = TypeVar("AnyEntry", bound=RecordingEntry)


def load_manifest(path: Path, kind: type[AnyEntry] = Entry) -> list[AnyEntry]:
    """Return the entries of a manifest: JSON with ``files``, each with ``name`` (relative to the manifest), ``sample_format``,
    ``sample_rate`` or ``sample_rate_assumed``, ``header_bytes`` and what ``kind`` adds, such as ``class``.

    Raises
    ------
    DatasetError
        The file cannot be read, is no such JSON, or names a file outside of its folder.
    """
    form = create_model("Manifest", files=(list[kind], Field(min_length=1)))
    document = read_json(path)
    try:
        entries = form.model_validate(document).files
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(map(str, first["loc"])) or "the manifest"
        raise DatasetError(f"{path}: the field '{field}' of the manifest is wrong: {first['msg'].removeprefix('Value error, ')}.") from None
    folder = path.resolve().parent
    for entry in entries:
        if not Path(os.path.realpath(folder / entry.name)).is_relative_to(folder):  # Path.resolve raises where a link leads to itself
            raise DatasetError(f"{path}: {entry.name!r} is outside of the manifest's folder; name files inside of it.")
    return entries


def read_json(path: Path):
    """Return what a JSON file holds. Raises DatasetError where it cannot be read or is none."""
    if is_pipe_or_device(path):
        raise DatasetError(f"{path}: it can't be read: it is a pipe or device. Name a file.")
    try:
        if path.stat().st_size > MAX_MANIFEST_BYTES:
            raise DatasetError(f"{path}: {path.stat().st_size:,} bytes are more than the {MAX_MANIFEST_BYTES:,} that may be read.")
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise DatasetError(f"{path}: it can't be read: {error.strerror}.") from None
    except (ValueError, RecursionError) as error:
        raise DatasetError(f"{path}: this is not JSON ({error}).") from None


@contextmanager
def opened(folder: Path, entry: RecordingEntry) -> Iterator[Recording]:
    """The recording of an entry. Raises RecordingError where it is damaged or missing, DatasetError for a bad archive."""
    sample_format = _FORMATS.get(entry.sample_format, entry.sample_format)
    rate = entry.sample_rate or entry.sample_rate_assumed
    with tempfile.TemporaryDirectory() as unpacked:
        path = folder / entry.name
        if entry.sample_format == "coco":
            path = _unpack(path, Path(unpacked))
        skip = (entry.header_bytes or 0) if sample_format not in ("sigmf", "wav") else 0
        with open_recording(path, sample_format=sample_format, sample_rate_hz=rate, skip_bytes=skip) as recording:
            yield recording


def _unpack(path: Path, folder: Path) -> Path:
    """The first file of a tar archive under bzip2, as a file of its own."""
    if is_pipe_or_device(path):
        raise DatasetError(f"{path}: it can't be unpacked: it is a pipe or device. Name a file.")
    target = folder / "samples"
    try:
        with bz2.open(path) as stream, tarfile.open(fileobj=BoundedReads(stream), mode="r:") as archive:
            for member in islice(archive, _MOST_MEMBERS):
                end = member.offset_data + member.size  # to go on behind it all of that is unpacked, too
                if end > MAX_UNPACKED_BYTES:
                    raise DatasetError(f"{path}: it unpacks to {end:,} bytes, more than {MAX_UNPACKED_BYTES:,}.")
                if member.isfile():
                    with open(target, "wb") as file:
                        shutil.copyfileobj(archive.extractfile(member), file)
                    return target
    # ValueError: a header with a number that is none; RecursionError: headers of headers
    except (OSError, EOFError, ValueError, RecursionError, tarfile.TarError) as error:
        if getattr(error, "errno", None):  # of the system: no such file, or no room for what is in it
            raise DatasetError(f"{path}: it can't be unpacked: {error.strerror}.") from None
        raise DatasetError(f"{path}: this is no bzip2 archive with a recording in it ({error}).") from None
    raise DatasetError(f"{path}: there is no file in this archive.")
