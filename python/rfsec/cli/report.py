# SPDX-License-Identifier: GPL-3.0-or-later
"""``rfsec report``: a page that shows the bursts of a recording, and what a model says they are."""

import time
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from ..errors import OutputError, RecordingError
from .classify import FALSE_ALARMS, MAX_DURATION_S
from .live import gathered_signals
from .out_files import refuse_own
from .plain import plain_console, say


def report(
    source: Annotated[Path, typer.Argument(metavar="FILE", help="Recording: SigMF, WAV, or raw samples.")],
    out: Annotated[Path | None, typer.Option(
        help="Write the page here; by default in the current folder, under the recording's name with .html.")] = None,
    model: Annotated[str, typer.Option(help="Name of a shipped model of bursts, or an .onnx file.")] = "field",
    sample_format: Annotated[str | None, typer.Option(
        "--format", help="cu8, cs8, cs16_le, cf32_le, wav or sigmf; by default from the name or content.")] = None,
    rate: Annotated[float | None, typer.Option(help="Sample rate in Hz, where the recording does not tell it.")] = None,
    skip_bytes: Annotated[int, typer.Option(help="Bytes before the first sample of a raw recording.")] = 0,
    false_alarms: Annotated[float, typer.Option(help="Bursts a second that noise alone may give.")] = FALSE_ALARMS,
    max_duration: Annotated[float, typer.Option(help="Seconds after which a burst is cut.")] = MAX_DURATION_S,
    threads: Annotated[int, typer.Option(help="Threads that the model may use.")] = 1,
) -> None:
    """Find the bursts of a recording, and show them on one page with a spectrogram, a table and a picture of each."""
    from ..inference.burst_classifier import BurstClassifier
    from ..recordings.recording import open_recording
    from ..report.page import page
    from ..report.survey import Survey
    from ..report.write import page_file

    out = out or Path(f"{source.stem}.html")
    with open_recording(source, sample_format=sample_format, sample_rate_hz=rate, skip_bytes=skip_bytes) as recording:
        if recording.owns(out):
            raise OutputError(f"{out}: this is the recording; choose another --out.")
        refuse_own(out, "model", model, "another --out")
        survey = Survey(recording, BurstClassifier(model, threads=threads), false_alarms_per_s=false_alarms,
                        max_duration_s=max_duration)
        with gathered_signals() as received, page_file(out) as file:
            broken = _run(survey, recording.sample_count, received)
            file.write(page(survey))
    looked_at = f" in the first {survey.samples:,} samples" if survey.samples < recording.sample_count else ""
    say(f"{len(survey.decided):,} bursts{looked_at}. Written: {out}")
    if broken is not None:
        raise broken
    if received:
        raise typer.Exit(128 + received[0])


def _run(survey, total: int, received: list[int]) -> RecordingError | None:
    """Look at the whole recording, or at as much of it as the first signal that is received allows, or an error, which is returned."""
    broken, console = None, plain_console(stderr=True)
    columns = (BarColumn(), TaskProgressColumn(), TimeRemainingColumn(), TextColumn("{task.description}"))
    began = time.monotonic()
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("", total=total)
        try:
            for _ in survey.steps():
                speed = survey.samples / 1e6 / max(1e-9, time.monotonic() - began)
                progress.update(task, completed=survey.samples, description=f"{speed:.2f} MS/s  {len(survey.decided):,} bursts")
                if received:
                    break
        except RecordingError as error:  # what was found before stays
            broken = error
        survey.finish()
    return broken
