# SPDX-License-Identifier: GPL-3.0-or-later
"""The front door of this room: open a recording of any known format."""

import math
import operator
import os

from ..errors import ParameterError, RecordingError
from .detect import FORMATS, detect_format
from .files import MappedFile, quoted
from .layout import Layout
from .raw import raw_layout
from .reader import Recording
from .sigmf_file import sigmf_layout
from .wav import wav_layout


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
            f"The recording {quoted(file.path)} states a sample rate of {stated:.12g} Hz, but --rate says "
            f"{given:.12g} Hz; leave --rate out or mend the file."
        )
    return stated
