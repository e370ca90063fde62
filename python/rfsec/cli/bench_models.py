# SPDX-License-Identifier: GPL-3.0-or-later
"""``rfsec bench models``: windows a second, multiply-adds and memory of the shipped models, as JSON."""

import json
from collections import Counter
from functools import partial
from pathlib import Path
from statistics import median
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Column, Table

from ..inference.interleaved import alternate
from .bench_rounds import check_seconds, ratio, rounded
from .plain import plain_console

BATCHES, THREADS, ROUNDS = (1, 16, 256), (1, 2), 5
REFERENCE = "lstm-amp-phase"
USUAL_WINDOW = 128


def bench_models(
    seconds: Annotated[float, typer.Option(help="Length of each timed run; every figure is the median of 5.")] = 1.0,
    model: Annotated[list[str] | None, typer.Option(help="Name or .onnx file; repeat for more. All shipped models if none.")] = None,
) -> None:
    """Measure models at batch 1, 16 and 256 with one and two threads; their runs alternate. Prints JSON.

    Memory is the peak growth of a process of its own that loads the model and runs one batch on one thread.
    """
    check_seconds(seconds=seconds)
    from ..inference.catalog import find_model, list_models

    reference = find_model(REFERENCE)
    paths = _named(list(map(find_model, model or list_models())), reference)
    console = plain_console(stderr=True)
    with console.status("") as status:
        report = {name: _facts(path, lambda what, name=name: status.update(escape(f"{name}: {what}"))) for name, path in paths.items()}
        timed = {**paths, REFERENCE: reference}
        for batch in BATCHES:
            for threads in THREADS:
                status.update(f"speed at batch {batch}, {threads} threads")
                rates = alternate({name: _run(path, batch, threads, seconds) for name, path in timed.items()}, ROUNDS)
                for name in paths:
                    report[name]["speed"].append({
                        "batch": batch, "threads": threads, "windows_per_s": rounded(median(rates[name])),
                        "ratio_to_reference": ratio(rates, name, REFERENCE)})
    console.print(_table(report))
    print(json.dumps({"reference": REFERENCE, "models": report}, indent=2))


def _named(paths: list[Path], reference: Path) -> dict[str, Path]:
    """Files by their names without .onnx; by their whole paths where others, or the reference, have the same."""
    alike = Counter(path.stem for path in {*paths, reference})
    return {path.stem if path == reference or alike[path.stem] == 1 else str(path): path for path in paths}


def _window(path) -> int:
    """Samples a window: 128 where the model's card allows it, else the nearest that it does."""
    from ..inference.session import ModelSession

    card = ModelSession(path).card
    return min(max(USUAL_WINDOW, card.input.window_min), card.input.window_max)


def _facts(path, tell) -> dict:
    from ..inference.memory import peak_memory_bytes
    from ..inference.multiply_adds import multiply_adds

    length = _window(path)
    tell("multiply-adds")
    work = multiply_adds(path, length)
    tell("memory")
    memory = {str(batch): rounded(peak_memory_bytes(path, batch, length, 1) / 2**20) for batch in BATCHES}
    return {"window": length, "file_bytes": path.stat().st_size, "multiply_adds": work.count,
            "uncounted_operators": list(work.uncounted), "memory_mib": memory, "speed": []}


def _run(path, batch: int, threads: int, seconds: float):
    """A function that runs the model for about ``seconds`` and gives its windows a second."""
    import numpy as np

    from ..inference.bare_loop import bare_windows_per_s, batches_in

    windows = np.random.default_rng(1).normal(size=(batch, 2, _window(path))).astype(np.float32)
    return partial(bare_windows_per_s, path, windows, batches_in(seconds, path, windows, threads), threads)


def _table(report: dict) -> Table:
    heads = ("M", "MiB", *(f"{batch}×{threads}" for batch in BATCHES for threads in THREADS), "ratio")
    table = Table(Column("model", no_wrap=True), *(Column(head, justify="right") for head in heads), box=None, padding=(0, 0, 0, 1),
                  title="M multiply-adds, MiB at batch 256, thousand windows/s at batch×threads;\n"
                        f"ratio to {REFERENCE} at 256×1")
    for name, facts in report.items():
        speed = [f"{run['windows_per_s'] / 1e3:.3g}" for run in facts["speed"]]
        last = next(run for run in facts["speed"] if (run["batch"], run["threads"]) == (BATCHES[-1], 1))
        work = f"{facts['multiply_adds'] / 1e6:.3g}" + ("+" if facts["uncounted_operators"] else "")
        table.add_row(name, work, f"{facts['memory_mib'][str(BATCHES[-1])]:.0f}", *speed, f"{last['ratio_to_reference']:.3g}")
    return table
