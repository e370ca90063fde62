# SPDX-License-Identifier: GPL-3.0-or-later
"""What the commands of ``rfsec fingerprint`` share: their options, and the bursts of a recording."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from ..errors import ParameterError, RecordingError

GalleryFile = Annotated[Path, typer.Argument(metavar="GALLERY", help="The file that holds the enrolled emitters.")]
Format = Annotated[str | None, typer.Option(
    "--format", help="cu8, cs8, cs16_le, cf32_le, wav or sigmf; by default from the name or content.")]
Rate = Annotated[float | None, typer.Option(help="Sample rate in Hz, where the recording does not tell it.")]
SkipBytes = Annotated[int, typer.Option(help="Bytes before the first sample of a raw recording.")]
Bursts = Annotated[list[int] | None, typer.Option(
    help="Number of a burst, from 1, as identify lists them; repeat for more. All bursts by default.")]
Model = Annotated[str | None, typer.Option(help="Name of a shipped encoder, or an .onnx file; the gallery's by default.")]
FalseAccepts = Annotated[float, typer.Option(
    help="Share of strangers that are accepted; one for which the encoder has a threshold.")]
LowestScore = Annotated[float | None, typer.Option("--threshold", help="Lowest score that is accepted, 0 to 1, instead.")]
Nearest = Annotated[int, typer.Option("-k", help="Examples of an emitter, the nearest ones, that count for its distance.")]


@contextmanager
def opened(path: Path, sample_format: str | None, rate: float | None, skip_bytes: int) -> Iterator[tuple]:
    """A recording and its sample rate in Hz. Raises RecordingError where it cannot be opened or does not tell its rate."""
    from ..recordings.recording import open_recording

    with open_recording(path, sample_format=sample_format, sample_rate_hz=rate, skip_bytes=skip_bytes) as recording:
        if recording.sample_rate_hz is None:
            raise RecordingError(f"{path}: its sample rate is not known; name it with --rate, in Hz.")
        yield recording, recording.sample_rate_hz


def checked_numbers(bursts: list[int] | None, recordings: int = 1) -> list[int]:
    """The numbers of --burst. Raises ParameterError for one below 1, or where there is more than one recording."""
    numbers = bursts or []
    if numbers and min(numbers) < 1:
        raise ParameterError(f"--burst counts from 1. Got {min(numbers)} instead.")
    if numbers and recordings > 1:
        raise ParameterError("--burst chooses bursts of one recording; name one.")
    return numbers
