# SPDX-License-Identifier: GPL-3.0-or-later
"""``rfsec classify``: a recording or a radio through a model, live."""

from typing import Annotated

import typer

from ..errors import ParameterError
from .burst_view import Bursts, BurstView
from .live import run
from .out_files import refuse_own
from .plain import plain_console
from .stretches import StretchesByHead
from .window_view import WindowView

FALSE_ALARMS, MAX_DURATION_S = 0.1, 1.0


def classify(
    source: Annotated[str | None, typer.Argument(help="Recording: SigMF, WAV, or raw samples.")] = None,
    usrp: Annotated[str | None, typer.Option(help="UHD device address instead of a recording, e.g. type=b200.")] = None,
    model: Annotated[str | None, typer.Option(
        help="Name of a shipped model, or an .onnx file; by default field, and with --windows default.")] = None,
    false_alarms: Annotated[float | None, typer.Option(
        help=f"Bursts a second that noise alone may give; {FALSE_ALARMS} by default.")] = None,
    max_duration: Annotated[float | None, typer.Option(
        help=f"Seconds after which a burst is cut; {MAX_DURATION_S:g} by default.")] = None,
    windows: Annotated[bool, typer.Option("--windows", help="Decide about every window of the whole band instead of bursts.")] = False,
    length: Annotated[int | None, typer.Option(
        help="Samples in a window (--windows); the shortest that the model allows by default.")] = None,
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
    """Find the bursts in a recording, or in what a USRP receives, and say what each is."""
    _check(source, usrp, freq, rate, gain, duration, skip_bytes, sample_format)
    _check_mode(windows, length, false_alarms, max_duration)
    refuse_own(jsonl, "model", model, "another name for the JSON lines")
    from ..blocks import classify_flowgraph as flowgraphs
    from ..blocks.decision_sink import decision_sink

    if usrp is None:
        block, total = flowgraphs.recording(source, sample_format=sample_format, sample_rate_hz=rate, skip_bytes=skip_bytes)
    else:
        block, total = flowgraphs.radio(usrp, freq_hz=freq, rate_hz=rate, gain_db=gain, duration_s=duration)
    if not windows and usrp is None and not block.recording.sample_rate_hz:
        raise ParameterError(f"{source}: its sample rate is not known, and a burst has a bandwidth in Hz; name it with --rate.")
    sink = decision_sink(jsonl, sigmf, zmq, recording=source or "", sample_format=sample_format or "", skip_bytes=skip_bytes,
                         sample_rate=rate or 0)
    on_overload = "wait" if usrp is None else "skip"
    if windows:
        flowgraph = flowgraphs.ClassifyFlowgraph(block, total=total, model=model or "default", length=length, sink=sink,
                                                 on_overload=on_overload)
        stretches = StretchesByHead(head.name for head in flowgraph.classifier.card.heads)
        sink.add_output(stretches)
        view = WindowView(flowgraph, stretches)
    else:
        flowgraph = _bursts(block, total, model, sink, on_overload, false_alarms, max_duration)
        bursts = Bursts()
        sink.add_output(bursts)
        view = BurstView(flowgraph, bursts)
    console = plain_console(stderr=jsonl == "-")
    stopped_by = run(flowgraph, view, console)
    view.report(console)
    if flowgraph.error:
        raise flowgraph.error
    if stopped_by:
        raise typer.Exit(128 + stopped_by)


def _bursts(block, total, model, sink, on_overload, false_alarms, max_duration):
    from ..blocks.burst_flowgraph import BurstFlowgraph

    return BurstFlowgraph(block, total=total, sample_rate=0, model=model or "field", sink=sink, on_overload=on_overload,
                          false_alarm_rate=FALSE_ALARMS if false_alarms is None else false_alarms,
                          max_duration=MAX_DURATION_S if max_duration is None else max_duration)


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


def _check_mode(windows, length, false_alarms, max_duration) -> None:
    if length is not None and not windows:
        raise ParameterError("--length belongs to --windows; a burst gives windows of the length that its model takes.")
    for name, value in (("--false-alarms", false_alarms), ("--max-duration", max_duration)):
        if value is not None and windows:
            raise ParameterError(f"{name} belongs to bursts; leave out --windows.")
