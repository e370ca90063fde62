# SPDX-License-Identifier: GPL-3.0-or-later
"""Raw interleaved I and Q without a header."""

from ..errors import RecordingError
from .detect import refuse_foreign_header
from .encoding import Encoding, integer_encoding
from .files import MappedFile, quoted
from .layout import Layout, whole_samples

RAW_ENCODINGS = {
    "cu8": integer_encoding("u1", True),
    "cs8": integer_encoding("i1", True),
    "cs16_le": integer_encoding("<i2", True),
    "cf32_le": Encoding("<f4", True),
}


def raw_layout(file: MappedFile, sample_format: str, skip_bytes: int) -> Layout:
    """Return the layout of a raw file whose first `skip_bytes` bytes are a header to pass over.

    Raises
    ------
    RecordingError
        `skip_bytes` is negative or leaves nothing, the last sample is truncated, or (with no bytes skipped) the
        file begins with the header of another format.
    """
    encoding = RAW_ENCODINGS[sample_format]
    if skip_bytes < 0:
        raise RecordingError(f"--skip-bytes of {quoted(file.path)} must be at least 0. Got {skip_bytes} instead.")
    if skip_bytes >= file.size:
        raise RecordingError(
            f"--skip-bytes of {quoted(file.path)} must be less than its {file.size} bytes. Got {skip_bytes} instead."
        )
    if skip_bytes == 0:
        refuse_foreign_header(file, sample_format)
    kept = file.size - skip_bytes
    whole = file.size - kept % encoding.sample_bytes
    count = whole_samples(
        file.path,
        kept,
        encoding,
        sample_format,
        f"Check --format, pass --skip-bytes if it begins with a header, or trim it to {whole} bytes (truncate -s).",
    )
    return Layout(sample_format, f"raw {sample_format}", file.path, encoding, skip_bytes, count)
