# SPDX-License-Identifier: GPL-3.0-or-later
"""``rfsec bench``: how fast the blocks are beside what they could be compared with, as JSON."""

import json
import tempfile
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Annotated

import typer
from rich.console import Console

from ..errors import ParameterError
from ..inference.interleaved import alternate
from .bench_fingerprint import bench_fingerprint
from .bench_gallery import bench_gallery
from .bench_keygen import bench_keygen
from .bench_models import REFERENCE, bench_models
from .bench_rounds import check_seconds, ratio, rounded
from .bench_sensor import bench_sensor
from .bench_survey import bench_survey

app = typer.Typer(help="Measure speed.", no_args_is_help=True)
app.command("models")(bench_models)
app.command("fingerprint")(bench_fingerprint)
app.command("gallery")(bench_gallery)
app.command("survey")(bench_survey)
app.command("keygen")(bench_keygen)
app.command("sensor")(bench_sensor)
LENGTH, BATCH, THREADS = 128, 64, 1
OVERLOAD = 20


@app.callback()
def _group() -> None:
    """Measure speed."""


@app.command("stream")
def bench_stream(
    seconds: Annotated[float, typer.Option(help="Length of each timed run; every figure is the median of 7.")] = 2.0,
    skip_seconds: Annotated[float, typer.Option(help="Length of the run at 20 times the model's speed.")] = 60.0,
    model: Annotated[list[str], typer.Option(help="A model that has a recipe; repeat for more.")] = ["default", REFERENCE],
) -> None:
    """Measure the streaming blocks; each figure is a ratio of runs that alternate in this process. Prints JSON."""
    check_seconds(seconds=seconds, skip_seconds=skip_seconds)
    if find_spec("torch") is None:
        raise ParameterError("The comparison with eager PyTorch needs PyTorch, which is not installed. Run script/bootstrap --dev.")
    from ..inference.catalog import find_model

    paths = [find_model(name) for name in model]
    console = Console(stderr=True)
    with console.status("windower and amplitude-phase"), tempfile.TemporaryDirectory() as folder:
        report = {"windower_amp_phase": windower_amp_phase(seconds), "models": {}}
        for path in paths:
            console.print(f"{path.stem} …")
            report["models"][path.stem] = {
                "classifier_flowgraph": classifier_flowgraph(path, seconds, Path(folder)),
                "naive_block": naive_block(path, seconds, Path(folder)),
                "skip_mode": skip_mode(path, seconds, skip_seconds)}
    print(json.dumps(report, indent=2))


def windower_amp_phase(seconds: float) -> dict:
    """Windower and amplitude-phase beside GNU Radio's C++ blocks."""
    from ..blocks.bench_flowgraphs import amp_phase_rate, cpp_amp_phase_rate

    ours = int(seconds * amp_phase_rate(LENGTH, 1 << 22)) // LENGTH * LENGTH + LENGTH
    theirs = int(seconds * cpp_amp_phase_rate(LENGTH, 1 << 21)) // LENGTH * LENGTH + LENGTH
    rates = alternate({"rfsec": lambda: amp_phase_rate(LENGTH, ours), "cpp": lambda: cpp_amp_phase_rate(LENGTH, theirs)})
    return {"ratio": ratio(rates, "rfsec", "cpp"), "required": 1.0, "msamples_per_s": rounded(median(rates["rfsec"]) / 1e6),
            "cpp_msamples_per_s": rounded(median(rates["cpp"]) / 1e6), "window": LENGTH, "hop": LENGTH}


def classifier_flowgraph(path: Path, seconds: float, folder: Path) -> dict:
    """The classifier in a flowgraph beside a bare ONNX Runtime loop: same model, batch and threads."""
    from ..blocks.bench_flowgraphs import classifier_rate
    from ..inference.bare_loop import bare_windows_per_s

    batches, batch = _bare_run(path, seconds)
    length, windows = batch.shape[2], batches * BATCH
    rates = alternate({
        "bare": lambda: bare_windows_per_s(path, batch, batches, THREADS),
        "flowgraph": lambda: classifier_rate(path, length, windows, BATCH, THREADS),
        "with_sink": lambda: classifier_rate(path, length, windows, BATCH, THREADS, str(folder / "decisions.jsonl"))})
    return {"ratio": ratio(rates, "flowgraph", "bare"), "required": 0.95,
            "ratio_with_decision_sink": ratio(rates, "with_sink", "bare"),
            "windows_per_s": rounded(median(rates["flowgraph"])), "bare_windows_per_s": rounded(median(rates["bare"])),
            "batch": BATCH, "threads": THREADS}


def naive_block(path: Path, seconds: float, folder: Path) -> dict:
    """The classifier beside a block that calls the same network in eager PyTorch, one window a call."""
    from ..blocks.bench_flowgraphs import classifier_rate, naive_rate
    from ..inference.session import ModelSession
    from ..training.naive import naive_and_onnx

    card = ModelSession(path).card
    length, form, same = card.input.window_min, card.input.representation, folder / "same.onnx"
    naive = naive_and_onnx(card, same, THREADS)
    batches, _ = _bare_run(same, seconds)
    windows = max(1, int(seconds * naive_rate(naive, form, length, 32)))
    rates = alternate({
        "flowgraph": lambda: classifier_rate(same, length, batches * BATCH, BATCH, THREADS, str(folder / "decisions.jsonl")),
        "naive": lambda: naive_rate(naive, form, length, windows)})
    return {"ratio": ratio(rates, "flowgraph", "naive"), "required": 3.0, "decision_sink": True,
            "windows_per_s": rounded(median(rates["flowgraph"])), "naive_windows_per_s": rounded(median(rates["naive"])), "threads": THREADS}


def skip_mode(path: Path, seconds: float, skip_seconds: float) -> dict:
    """Skip mode with a source at 20 times the model's speed: its rate, the windows' fates, memory."""
    from ..blocks.bench_flowgraphs import skip_run
    from ..inference.bare_loop import bare_windows_per_s

    batches, batch = _bare_run(path, seconds)
    length = batch.shape[2]
    rate_hz = OVERLOAD * length * bare_windows_per_s(path, batch, batches, THREADS)
    alone = skip_run(path, length, rate_hz, min(skip_seconds, 10.0), BATCH, THREADS, classify=False)
    run = skip_run(path, length, rate_hz, skip_seconds, BATCH, THREADS)
    return {"source_rate_ratio": rounded(run.samples_per_s / alone.samples_per_s), "required": 0.98,
            "source_samples_per_s": rounded(run.samples_per_s), "offered": run.offered, "classified": run.classified,
            "skipped": run.skipped, "invalid": run.invalid,
            "unaccounted": run.offered - run.classified - run.skipped - run.invalid,
            "memory_growth_mib": rounded((run.memory_late_bytes - run.memory_early_bytes) / 2**20), "seconds": skip_seconds}


def _bare_run(path: Path, seconds: float):
    """How many batches a bare loop runs in ``seconds``, and one batch: float32 [BATCH, 2, length]."""
    from ..blocks.bench_flowgraphs import noise
    from ..inference.bare_loop import batches_in
    from ..inference.representations import represent
    from ..inference.session import ModelSession

    card = ModelSession(path).card
    length = card.input.window_min
    batch = represent(card.input.representation, noise(BATCH * length).reshape(BATCH, length))
    return batches_in(seconds, path, batch, THREADS), batch
