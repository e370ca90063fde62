# SPDX-License-Identifier: GPL-3.0-or-later
"""``rfsec classify``: a recording or a radio through a model, live."""

import signal
import threading
import time
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.console import Console, Group
from rich.live import Live
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn
from rich.table import Table

from ..errors import ParameterError
from ..records import iso_time
from .stretches import Stretches

POLL_S = 0.1
ROWS_WHILE_RUNNING = 8


def classify(
    source: Annotated[str | None, typer.Argument(help="Recording: SigMF, WAV, or raw samples.")] = None,
    usrp: Annotated[str | None, typer.Option(help="UHD device address instead of a recording, e.g. type=b200.")] = None,
    model: Annotated[str, typer.Option(help="Name of a shipped model, or an .onnx file.")] = "default",
    length: Annotated[int | None, typer.Option(help="Samples in a window; the shortest that the model allows by default.")] = None,
    sample_format: Annotated[str | None, typer.Option(
        "--format", help="cu8, cs8, cs16_le, cf32_le, wav or sigmf; by default from the name or content.")] = None,
    rate: Annotated[float | None, typer.Option(help="Sample rate in Hz, where the recording does not tell it.")] = None,
    skip_bytes: Annotated[int, typer.Option(help="Bytes before the first sample of a raw recording.")] = 0,
    freq: Annotated[float | None, typer.Option(help="Centre frequency in Hz (radio).")] = None,
    gain: Annotated[float | None, typer.Option(help="Receive gain in dB (radio).")] = None,
    duration: Annotated[float | None, typer.Option(help="Seconds to listen (radio); endless by default.")] = None,
    jsonl: Annotated[str, typer.Option(help="Write one JSON line a decision here; - is standard output.")] = "",
    sigmf: Annotated[str, typer.Option(help="Write SigMF annotations here.")] = "",
    zmq: Annotated[str, typer.Option(help="Publish decisions from a ZMQ PUB socket bound here.")] = "",
) -> None:
    """Classify a recording, or what a USRP receives, window by window."""
    _check(source, usrp, freq, rate, gain, duration, skip_bytes, sample_format)
    from ..blocks import classify_flowgraph as flowgraphs
    from ..blocks.decision_sink import decision_sink

    if usrp is None:
        block, total = flowgraphs.recording(source, sample_format=sample_format, sample_rate_hz=rate, skip_bytes=skip_bytes)
    else:
        block, total = flowgraphs.radio(usrp, freq_hz=freq, rate_hz=rate, gain_db=gain, duration_s=duration)
    sink = decision_sink(jsonl, sigmf, zmq, recording=source or "", sample_format=sample_format or "", skip_bytes=skip_bytes)
    stretches = Stretches()
    sink.add_output(stretches)
    flowgraph = flowgraphs.ClassifyFlowgraph(block, total=total, model=model, length=length, sink=sink,
                                             on_overload="wait" if usrp is None else "skip")
    console = Console(stderr=jsonl == "-")
    stopped_by = _run(flowgraph, stretches, console)
    _report(flowgraph, stretches, console)
    if flowgraph.error:
        raise flowgraph.error
    if stopped_by:
        raise typer.Exit(128 + stopped_by)


def _check(source, usrp, freq, rate, gain, duration, skip_bytes, sample_format) -> None:
    if (source is None) == (usrp is None):
        raise ParameterError("Name one source: a recording, or a radio by --usrp (with --freq, --rate and --gain).")
    if usrp is None:
        for name, value in (("--freq", freq), ("--gain", gain), ("--duration", duration)):
            if value is not None:
                raise ParameterError(f"{name} belongs to --usrp; a recording has none.")
        return
    for name, value in (("--freq", freq), ("--rate", rate), ("--gain", gain)):
        if value is None:
            raise ParameterError(f"--usrp needs {name}.")
    if skip_bytes or sample_format:
        raise ParameterError("--format and --skip-bytes belong to a recording; a radio has none.")


def _run(flowgraph, stretches, console) -> int:
    """Run to the end, to an error or to a signal; return the number of the signal, or 0."""
    with _signals() as received:
        display = _Display(flowgraph, stretches)
        flowgraph.start()
        waiter = threading.Thread(target=flowgraph.wait, daemon=True)
        waiter.start()
        with Live(display.render(), console=console, refresh_per_second=8, transient=True) as live:
            finishing = False
            while waiter.is_alive():
                waiter.join(POLL_S)
                if console.is_terminal:
                    live.update(display.render())
                if (received or flowgraph.error) and not finishing:
                    finishing = True
                    flowgraph.finish()
                if len(received) > 1:  # asked twice: now
                    flowgraph.stop()
    return received[0] if received else 0


@contextmanager
def _signals():
    """The SIGINT and SIGTERM that arrive, gathered instead of raised."""
    received: list[int] = []
    previous = {number: signal.signal(number, lambda number, frame: received.append(number))
                for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield received
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


class _Display:
    """The table of what was found lately, above a bar with the rates."""

    def __init__(self, flowgraph, stretches):
        self._flowgraph, self._stretches, self._started = flowgraph, stretches, time.monotonic()
        total = flowgraph.total
        self._bar = Progress(SpinnerColumn(), BarColumn(), TextColumn("{task.description}"), auto_refresh=False)
        self._task = self._bar.add_task("", total=total)

    def render(self):
        now, seconds = self._flowgraph.progress(), max(1e-9, time.monotonic() - self._started)
        windows = now.classified + now.skipped + now.invalid
        text = f"{now.samples / seconds / 1e6:.2f} MS/s  {windows / seconds:,.0f} windows/s  skipped {now.skipped:,}"
        if now.discontinuities:
            text += f"  gaps {now.discontinuities:,}"
        self._bar.update(self._task, completed=now.samples, description=f"{text}  {now.label}")
        return Group(_table(list(self._stretches.found)[-ROWS_WHILE_RUNNING:]), self._bar)


def _table(stretches) -> Table:
    table = Table("start", "length", "label", "agreeing", "confidence")
    for one in stretches:
        samples = one.sample_end - one.sample_start
        start = iso_time(one.time_ns)[11:23] if one.time_ns is not None else (
            f"{one.sample_start / one.rate_hz:.3f} s" if one.rate_hz else f"sample {one.sample_start:,}")
        length = f"{samples / one.rate_hz * 1e3:,.1f} ms" if one.rate_hz else f"{samples:,}"
        confidence = f"{one.confidence_sum / one.agreeing:.2f}" if one.confidence_sum else ""
        table.add_row(start, length, one.label, f"{one.agreeing / one.windows:.0%} of {one.windows:,}", confidence)
    return table


def _report(flowgraph, stretches, console) -> None:
    now = flowgraph.progress()
    if stretches.total > len(stretches.found):
        console.print(f"The last {len(stretches.found)} of {stretches.total:,} stretches:")
    console.print(_table(stretches.found))
    counts = ", ".join(f"{label} {count:,}" for label, count in stretches.windows.most_common())
    console.print(f"{now.classified:,} windows classified, {now.skipped:,} skipped, {now.invalid:,} not finite"
                  f"{f', {now.discontinuities:,} gaps in the stream' if now.discontinuities else ''}. {counts}", highlight=False)
