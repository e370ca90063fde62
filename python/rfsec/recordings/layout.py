# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the samples of a recording lie and what is known about them: what every format's opener hands over."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from ..errors import RecordingError
from .encoding import Encoding
from .files import quoted


class Capture(NamedTuple):
    """A stretch of a recording made at one tuning, from `sample_start` to the next capture.

    `sample_start` counts from the first sample in the file; `frequency_hz` and `datetime` (ISO 8601) are None where
    the file does not say.
    """

    sample_start: int
    frequency_hz: float | None
    datetime: str | None


@dataclass(frozen=True)
class Layout:
    """Samples at ``[byte_offset, byte_offset + sample_count * encoding.sample_bytes)`` of `data_path`.

    `checksum` is the declared SHA-512 of the bytes ``checksum_range`` (offset, size) of `data_path`, or None.
    `metadata` is the SigMF metadata as an object with global, captures and annotations, or None. `is_dataset` tells whether
    SigMF metadata may name `data_path` as their dataset: a WAV file or an archive holds the samples among other things.
    """

    sample_format: str
    description: str
    data_path: Path
    encoding: Encoding
    byte_offset: int
    sample_count: int
    sample_rate_hz: float | None = None
    captures: tuple[Capture, ...] = (Capture(0, None, None),)
    checksum: str | None = None
    checksum_range: tuple[int, int] = (0, 0)
    metadata: dict | None = None
    is_dataset: bool = True


def whole_samples(path: str | os.PathLike, byte_count: int, encoding: Encoding, kind: str, way_out: str) -> int:
    """Return how many samples `byte_count` bytes hold.

    Raises
    ------
    RecordingError
        There is none, or the last one is cut off; the message ends with `way_out`.
    """
    count, left_over = divmod(byte_count, encoding.sample_bytes)
    if left_over:
        raise RecordingError(
            f"The recording {quoted(path)} holds {byte_count} bytes of samples, which is no multiple of the "
            f"{encoding.sample_bytes} bytes of a {kind} sample ({left_over} left over): it is truncated or of another "
            f"format. {way_out}"
        )
    if count == 0:
        raise RecordingError(f"The recording {quoted(path)} holds no samples. {way_out}")
    return count
