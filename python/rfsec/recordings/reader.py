# SPDX-License-Identifier: GPL-3.0-or-later
"""An open recording: what is known about it, and complex samples from any place in it."""

import operator
import os
from pathlib import Path

import numpy as np
from sigmf.hashing import calculate_sha512

from ..errors import ParameterError, RecordingError
from .analytic import AnalyticReader
from .files import MappedFile, quoted
from .layout import Capture, Layout

SIGMF_DATATYPES = {"cu8": "cu8", "cs8": "ci8", "cs16_le": "ci16_le", "cf32_le": "cf32_le"}


class Recording:
    """An open recording. Made by :func:`open_recording`; a context manager; for one reader at a time.

    Attributes
    ----------
    path : Path
        The file that was named.
    sample_format : str
        cu8, cs8, cs16_le, cf32_le, wav or sigmf.
    sample_count : int
        Complex samples in the recording.
    sample_rate_hz : float or None
        None where neither the file nor the caller gave it.
    frequency_hz, start_time : float or None, str or None
        Centre frequency, and time in ISO 8601, of sample 0, where the file gives them.
    captures : list of Capture
        Stretches of one tuning in order, as (sample_start, frequency_hz, datetime). More than one only in SigMF.
    description : str
        The storage in words, and what the file says of itself.
    """

    def __init__(self, path: Path, layout: Layout, sample_rate_hz: float | None):
        self.path = path
        self.sample_format = layout.sample_format
        self.sample_count = layout.sample_count
        self.sample_rate_hz = sample_rate_hz
        self.description = layout.description
        self.captures: list[Capture] = list(layout.captures)
        at_zero = [capture for capture in self.captures if capture.sample_start == 0]
        self.frequency_hz = at_zero[-1].frequency_hz if at_zero else None
        self.start_time = at_zero[-1].datetime if at_zero else None
        self._layout = layout
        self._file = MappedFile(layout.data_path)
        self._analytic = None if layout.encoding.is_complex else AnalyticReader(self._stored, self.sample_count)

    def read(self, start: int, count: int) -> np.ndarray:
        """Return samples ``[start, start + count)`` as complex64, full scale at 1.

        Fewer come back at the end of the recording, none beyond it. The same samples have the same bytes however the
        reads are cut. NaN and Inf in the file pass through.

        Raises
        ------
        ParameterError
            `start` or `count` is negative.
        RecordingError
            The recording is closed, or its file was cut short in the meantime.
        """
        start, count = operator.index(start), operator.index(count)
        if start < 0 or count < 0:
            raise ParameterError(
                f"The 'start' and 'count' of a read must be at least 0. Got {start} and {count} instead."
            )
        count = max(0, min(count, self.sample_count - start))
        if count == 0:
            return np.empty(0, np.complex64)
        return self._stored(start, count) if self._analytic is None else self._analytic.read(start, count)

    def _stored(self, start: int, count: int) -> np.ndarray:
        encoding = self._layout.encoding
        offset = self._layout.byte_offset + start * encoding.sample_bytes
        return encoding.decode(self._file.view(offset, count * encoding.sample_bytes))

    def sigmf_metadata(self) -> dict | None:
        """SigMF metadata that describes the dataset: the file's own, or made for a raw one; None for WAV."""
        if self._layout.metadata is not None:
            return self._layout.metadata
        datatype = SIGMF_DATATYPES.get(self.sample_format)
        if datatype is None:
            return None
        rate = {} if self.sample_rate_hz is None else {"core:sample_rate": self.sample_rate_hz}
        header = {"core:header_bytes": self._layout.byte_offset} if self._layout.byte_offset else {}
        return {"global": {"core:datatype": datatype, **rate}, "captures": [{"core:sample_start": 0, **header}],
                "annotations": []}

    @property
    def data_path(self) -> Path:
        """The file that holds the samples: for a SigMF pair its dataset, for an archive the archive."""
        return self._layout.data_path

    @property
    def is_dataset(self) -> bool:
        """Whether SigMF metadata may name `data_path` as their dataset: no for WAV files and archives."""
        return self._layout.is_dataset

    def owns(self, path: str | os.PathLike) -> bool:
        """Whether `path` is a part of this recording: its file, its dataset, or what stands beside them as a SigMF pair."""
        parts = {own.with_suffix(suffix) for own in (self.path, self.data_path)
                 for suffix in (own.suffix, ".sigmf-data", ".sigmf-meta")}
        # os.path, for Path.exists raises where a folder may not be looked into: opening the file names the reason.
        return os.path.exists(path) and any(os.path.exists(part) and os.path.samefile(part, path) for part in parts)

    def verify_checksum(self) -> None:
        """Read the whole dataset and compare it with the SHA-512 in its SigMF metadata (opening does not).

        Raises
        ------
        RecordingError
            The checksums differ, or the recording carries none.
        """
        if self._layout.checksum is None:
            raise RecordingError(f"The recording {quoted(self.path)} carries no checksum to verify.")
        offset, size = self._layout.checksum_range
        found = calculate_sha512(filename=self._layout.data_path, offset=offset, size=size)
        if found != self._layout.checksum.lower():
            raise RecordingError(
                f"The samples of {quoted(self.path)} do not match the checksum in its metadata (core:sha512); "
                "copy it again."
            )

    def close(self) -> None:
        """Close the file; a second call does nothing. Arrays already read stay valid."""
        self._file.close()

    def __enter__(self) -> "Recording":
        return self

    def __exit__(self, *_exception) -> None:
        self.close()
