# SPDX-License-Identifier: GPL-3.0-or-later
"""The front door of this room: open a recording of any known format and read complex samples from any place."""

import math
import operator
import os
from pathlib import Path

import numpy as np
from sigmf.hashing import calculate_sha512

from ..errors import ParameterError, RecordingError
from .analytic import AnalyticReader
from .detect import FORMATS, detect_format
from .files import MappedFile, quoted
from .layout import Capture, Layout
from .raw import raw_layout
from .sigmf_file import sigmf_layout
from .wav import wav_layout


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
                f"The samples of {quoted(self.path)} do not match the checksum in its metadata (core:sha512); copy it again."
            )

    def close(self) -> None:
        """Close the file; a second call does nothing. Arrays already read stay valid."""
        self._file.close()

    def __enter__(self) -> "Recording":
        return self

    def __exit__(self, *_exception) -> None:
        self.close()


def open_recording(
    path: str | os.PathLike,
    *,
    sample_format: str | None = None,
    sample_rate_hz: float | None = None,
    skip_bytes: int = 0,
) -> Recording:
    """Open a recording and check everything that can be checked without reading its samples.

    Parameters
    ----------
    path : path-like
        A raw or WAV file; for SigMF the .sigmf-meta, .sigmf-data, .sigmf (archive) or .sigmf-collection file.
    sample_format : str, optional
        One of cu8, cs8, cs16_le, cf32_le, wav, sigmf. From the file's extension or WAVE header where not given.
    sample_rate_hz : float, optional
        Sample rate in Hz, above 0. Must agree with the file where the file gives one (within 1 part in 10^6).
    skip_bytes : int
        Bytes of a header to pass over; raw formats only.

    Returns
    -------
    Recording
        Real-valued files (mono WAV, SigMF r* types) are read as their analytic signal; see
        :class:`.analytic.AnalyticReader`.

    Raises
    ------
    RecordingError
        The file is missing, empty, truncated, mislabelled, of an unknown format, or contradicts `sample_rate_hz`.
    ParameterError
        `sample_rate_hz` is not finite or not above 0.

    Example
    -------
    >>> with open_recording("capture.cu8", sample_rate_hz=2e6) as recording:   # doctest: +SKIP
    ...     first_second = recording.read(0, 2_000_000)
    """
    if sample_format is not None and sample_format not in FORMATS:
        raise RecordingError(
            f"The format {sample_format!r} is unknown; pass --format with one of {', '.join(FORMATS)}."
        )
    if sample_rate_hz is not None and not (math.isfinite(sample_rate_hz) and sample_rate_hz > 0):
        raise ParameterError(
            f"The 'sample_rate_hz' of a recording must be finite and above 0. Got {sample_rate_hz} instead."
        )
    with MappedFile(path) as file:
        sample_format = sample_format or detect_format(file)
        layout = _layout(file, sample_format, skip_bytes)
        return Recording(file.path, layout, _agreed_rate(file, layout, sample_rate_hz))


def _layout(file: MappedFile, sample_format: str, skip_bytes: int) -> Layout:
    if sample_format not in ("wav", "sigmf"):
        return raw_layout(file, sample_format, operator.index(skip_bytes))
    if skip_bytes:
        raise RecordingError(
            f"--skip-bytes is for raw formats; {quoted(file.path)} is {sample_format}, which says itself where its "
            "samples begin. Leave it at 0, or pass a raw --format."
        )
    return wav_layout(file) if sample_format == "wav" else sigmf_layout(file)


def _agreed_rate(file: MappedFile, layout: Layout, given: float | None) -> float | None:
    stated = layout.sample_rate_hz
    if stated is None:
        return None if given is None else float(given)
    if given is not None and not math.isclose(given, stated, rel_tol=1e-6):
        raise RecordingError(
            f"The recording {quoted(file.path)} states a sample rate of {stated:.12g} Hz, but --rate says {given:.12g} Hz; "
            "leave --rate out or mend the file."
        )
    return stated
