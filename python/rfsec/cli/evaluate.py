# SPDX-License-Identifier: GPL-3.0-or-later
"""``rfsec evaluate``: how often a model is right on anyone's labelled windows or recordings."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import Progress
from rich.table import Column, Table

from ..errors import DatasetError, ModelError, ParameterError
from .evaluate_manifest import evaluate_manifest
from .plain import plain_console


def evaluate(
    windows: Annotated[Path | None, typer.Option(
        help="Labelled windows: an .npz with x (complex64, windows x samples), label and snr_db, or a published RadioML file.")] = None,
    windows_per_cell: Annotated[int | None, typer.Option(
        help="The first of each label at each SNR: RadioML 2018.01A, 21 GB, is then read no further. All, if not given.")] = None,
    manifest: Annotated[Path | None, typer.Option(
        help="Labelled recordings: JSON whose files have a name, sample_format, sample_rate and class.")] = None,
    model: Annotated[str | None, typer.Option(
        help="Name of a shipped model, or an .onnx file; by default 'default', and 'field' for recordings.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of tables.")] = False,
    threads: Annotated[int, typer.Option(help="Threads that the model may use.")] = 1,
) -> None:
    """Run labelled windows, or the bursts of labelled recordings, through a model, and compare what it says with their labels."""
    if (windows is None) == (manifest is None):
        raise ParameterError("Name what to evaluate on: labelled windows by --windows, or labelled recordings by --manifest.")
    if manifest is not None and windows_per_cell is not None:
        raise ParameterError("--windows-per-cell belongs to --windows. Leave it out.")
    if manifest is not None:
        return evaluate_manifest(manifest, model or "field", as_json, threads)
    from ..datasets.opening import open_windows
    from ..inference.catalog import find_model
    from ..inference.evaluation import evaluate as evaluate_windows
    from ..inference.session import ModelSession

    session = ModelSession(find_model(model or "default"), threads=threads)
    data, labels = open_windows(windows, windows_per_cell)
    with Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task(session.card.name, total=len(data))
        try:
            found = evaluate_windows(session, data, labels, lambda done: progress.update(task, completed=done))
        except (DatasetError, ModelError) as error:
            raise DatasetError(f"{windows}: {error}") from None
    if as_json:
        print(json.dumps(_as_json(found, session.card.name), indent=2, ensure_ascii=False))
    else:
        _print_tables(found, session.card.name if len(session.card.heads) == 1 else f"{session.card.name}, {found.head}")


def _as_json(found, model: str) -> dict:
    counts = {true: dict(zip(found.labels, row)) for true, row in zip(found.labels, found.confusion.tolist())}
    return {"model": model, "head": found.head, "windows": len(found.truth), "accuracy": round(found.accuracy, 6),
            "accuracy_by_snr": {snr: round(share, 6) for snr, share in found.accuracy_by_snr.items()},
            "f1": round(found.macro_f1, 6), "recall": round(found.macro_recall, 6), "confusion": counts}


def _print_tables(found, model: str) -> None:
    console = plain_console()
    console.print(f"{model}: {found.accuracy:.1%} of {len(found.truth):,} windows are right "
                  f"(macro F1 {found.macro_f1:.3f}, macro recall {found.macro_recall:.3f}).", highlight=False)
    by_snr = Table(*(Column(name, justify="right") for name in ("SNR / dB", "windows", "right")), box=SIMPLE_HEAD)
    for snr, confusion in found.confusion_by_snr.items():
        by_snr.add_row(snr, f"{confusion.sum():,}", f"{found.accuracy_by_snr[snr]:.1%}")
    console.print(by_snr)
    matrix = Table(Column("true, and called in %", no_wrap=True),
                   *(Column(name, justify="right", overflow="fold") for name in found.labels),
                   box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    for name, row in zip(found.labels, found.confusion):
        if row.sum():
            matrix.add_row(name, *("" if not count else f"{count / row.sum():.0%}".rstrip("%") for count in row))
    console.print(matrix)
