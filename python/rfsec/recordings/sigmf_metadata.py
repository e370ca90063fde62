# SPDX-License-Identifier: GPL-3.0-or-later
"""SigMF metadata: read by the sigmf library, checked against its schema, and turned into a layout."""

import json
import os
import re
from pathlib import Path

import sigmf
from jsonschema import ValidationError
from sigmf.sigmffile import SigMFFile, dtype_info

from ..errors import RecordingError
from .encoding import Encoding, integer_encoding
from .files import MappedFile, quoted
from .layout import Capture, Layout, whole_samples
from .times import time_ns

# A million annotations fit. A larger claim is no metadata, and JSON takes ten times its size in memory.
MOST_METADATA_BYTES = 1 << 28

# The library's own pattern is open at the end and would let "cf32_lexyz" pass.
_DATATYPE = re.compile(r"[cr](?:[iu]8|(?:f32|f64|i16|i32|u16|u32)_(?:le|be))")


def refused(path: str | os.PathLike, what: str, way_out: str) -> RecordingError:
    """Return the error for a SigMF recording that breaks a rule."""
    return RecordingError(f"The SigMF recording {quoted(path)} {what}; {way_out}.")


def read_json(file: MappedFile) -> bytes:
    """Return the bytes of a metadata file, refusing one beyond ``MOST_METADATA_BYTES``."""
    if file.size > MOST_METADATA_BYTES:
        raise refused(file.path, f"has {file.size} bytes of metadata", f"at most {MOST_METADATA_BYTES} are read")
    return file.head(0, file.size)


def parse_object(text: bytes, path: Path) -> dict:
    """Return the JSON object in `text`; NaN, Infinity and anything that is no object raise RecordingError."""

    def no_number(name: str):
        raise ValueError(f"{name} is no JSON number")

    try:
        metadata = json.loads(text, parse_constant=no_number)
    except (ValueError, RecursionError) as error:
        raise refused(path, f"has metadata that is no valid JSON ({_one_line(error)})", "mend or rewrite it") from None
    if not isinstance(metadata, dict):
        raise refused(path, f"has metadata that is a JSON {type(metadata).__name__}, not an object", "rewrite it")
    return metadata


def parse_metadata(text: bytes, path: Path) -> SigMFFile:
    """Return the validated metadata of one recording.

    Raises
    ------
    RecordingError
        The metadata breaks the SigMF schema, or describes something that cannot be read as one complex stream.
    """
    metadata = parse_object(text, path)
    try:
        sigmf.validate.validate(metadata, sigmf.schema.get_schema())
    except (ValidationError, RecursionError) as error:
        where = getattr(error, "json_path", "$")
        what = _one_line(getattr(error, "message", error))
        raise refused(path, f"has invalid metadata: {what} (at {where})", "mend it; sigmf_validate shows all") from None
    meta = SigMFFile(metadata=metadata)
    datatype = meta.get_global_field(sigmf.DATATYPE_KEY)
    if not _DATATYPE.fullmatch(datatype):
        what = f"has the unknown core:datatype {_one_line(datatype)!r}"
        raise refused(path, what, "use for example cf32_le or ci16_le")
    for extension in meta.get_global_field(sigmf.EXTENSIONS_KEY) or ():
        if not extension["optional"]:  # its dataset may hold something else than samples, such as spectra
            raise refused(
                path,
                f"needs the extension {_one_line(extension['name'])!r} to be read (core:extensions), which is not known here",
                "pass --format to read its dataset as raw, or mark the extension as optional where samples are plain",
            )
    channels = meta.get_global_field(sigmf.NUM_CHANNELS_KEY)
    if channels != 1:
        raise refused(path, f"interleaves {channels} channels (core:num_channels)", "write one channel to each file")
    dataset = meta.get_global_field(sigmf.DATASET_KEY)
    if dataset is not None and (Path(dataset).name != dataset or dataset == ".."):
        raise refused(path, f"names a dataset outside of its folder, {_one_line(dataset)!r}", "do not trust this file")
    if meta.get_global_field(sigmf.METADATA_ONLY_KEY):
        raise refused(path, "is distributed without samples (core:metadata_only)", "get its dataset")
    return meta


def metadata_layout(meta: SigMFFile, path: Path, data_path: Path, offset: int, size: int) -> Layout:
    """Return the layout of the dataset at bytes ``[offset, offset + size)`` of `data_path`.

    Capture positions become counts from the first sample of the file (``core:offset`` is subtracted).

    Raises
    ------
    RecordingError
        The dataset is shorter than its header, captures or annotations claim, or its last sample is truncated.
    """
    datatype = meta.get_global_field(sigmf.DATATYPE_KEY)
    encoding = _encoding(datatype)
    header = [int(capture.get(sigmf.HEADER_BYTES_KEY, 0)) for capture in meta.get_captures()]
    if any(header[1:]):
        raise refused(path, "has header bytes between its captures", "write it as a conforming dataset without them")
    skipped = sum(header) + int(meta.get_global_field(sigmf.TRAILING_BYTES_KEY, 0))
    if skipped > size:
        raise refused(path, f"claims {skipped} header and trailing bytes in a dataset of {size}", "mend its metadata")
    count = whole_samples(data_path, size - skipped, encoding, datatype, "Copy it again or mend its metadata.")
    first = int(meta.get_global_field(sigmf.OFFSET_KEY))
    _refuse_claims_beyond(meta, path, first, count)
    captures = tuple(_capture(capture, first, path) for capture in meta.get_captures())
    rate = meta.get_global_field(sigmf.SAMPLE_RATE_KEY)
    words = _one_line(meta.get_global_field(sigmf.DESCRIPTION_KEY, ""))
    arrangement = "" if encoding.is_complex else ", a real IF made analytic"
    return Layout(
        sample_format="sigmf",
        description=f"SigMF {datatype}{arrangement}" + (f": {words}" if words else ""),
        data_path=data_path,
        encoding=encoding,
        byte_offset=offset + sum(header),
        sample_count=count,
        sample_rate_hz=None if rate is None else float(rate),
        captures=captures or (Capture(0, None, None),),
        checksum=meta.get_global_field(sigmf.SHA512_KEY),
        checksum_range=(offset, size),
        metadata={"global": dict(meta.get_global_info()), "captures": meta.get_captures(),
                  "annotations": meta.get_annotations()},
        is_dataset=data_path != path,  # an archive holds both
    )


def _encoding(datatype: str) -> Encoding:
    info = dtype_info(datatype)
    component = info["component_dtype"].str
    if info["is_fixedpoint"]:
        return integer_encoding(component, info["is_complex"])
    return Encoding(component, info["is_complex"])


def _capture(capture: dict, first: int, path: Path) -> Capture:
    start = int(capture[sigmf.SAMPLE_START_KEY]) - first
    if start < 0:
        raise refused(path, f"has a capture {-start} samples before its core:offset", "mend its metadata")
    frequency = capture.get(sigmf.FREQUENCY_KEY)
    when = capture.get(sigmf.DATETIME_KEY)
    try:
        time_ns(when)
    except ValueError:
        raise refused(path, f"has the core:datetime {_one_line(when)!r}", "write it in ISO 8601") from None
    return Capture(start, None if frequency is None else float(frequency), when)


def _refuse_claims_beyond(meta: SigMFFile, path: Path, first: int, count: int) -> None:
    for section, items in (("a capture", meta.get_captures()), ("an annotation", meta.get_annotations())):
        for item in items:
            end = int(item[sigmf.SAMPLE_START_KEY]) + int(item.get(sigmf.SAMPLE_COUNT_KEY, 0)) - first
            if end > count:
                raise refused(
                    path,
                    f"is truncated: {section} reaches sample {end} and there are {count}",
                    "copy its dataset again or mend its metadata",
                )


def _one_line(text: object) -> str:
    line = " ".join(str(text).split())
    return line if len(line) <= 160 else line[:157] + "..."
