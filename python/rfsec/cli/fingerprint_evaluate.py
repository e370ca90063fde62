# SPDX-License-Identifier: GPL-3.0-or-later
"""``rfsec fingerprint evaluate``: how well the emitters of a folder of recordings are told apart."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress
from rich.table import Column, Table

from .plain import plain_console


def evaluate(
    manifest: Annotated[Path, typer.Option(
        help="JSON whose files have a name, sample_format, sample_rate, emitter and session; each holds one burst.")],
    model: Annotated[str, typer.Option(
        help="Name of a shipped encoder, or an .onnx file; auto takes rffi-80211 for 802.11 frames, else rffi-fsk.")] = "auto",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of a table.")] = False,
) -> None:
    """Measure identification from 1, 2, 5 and 10 enrolled bursts, in one session and across, and how strangers are told."""
    from ..inference.emitter_evaluation import evaluate_emitters

    with Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task("")
        scores = evaluate_emitters(manifest, model, lambda done, total, name: progress.update(
            task, completed=done, total=total, description=escape(name)))
    if as_json:
        print(json.dumps(_as_json(scores), indent=2, ensure_ascii=False))
    else:
        _print_table(scores)


def _as_json(scores) -> dict:
    rates = scores.rates
    return {"model": scores.model, "bursts": scores.bursts, "emitters": scores.emitters, "sessions": scores.sessions,
            "identification": _rates(rates.identification), "cross_session": _rates(rates.cross_session),
            "open_set_eer": None if rates.open_set_eer is None else round(rates.open_set_eer, 6),
            "open_set_enrolled": rates.open_set_enrolled,
            "skipped": [{"name": name, "reason": reason} for name, reason in scores.skipped]}


def _rates(rates: dict[int, float]) -> dict[str, float]:
    return {str(enrolled): round(rate, 6) for enrolled, rate in rates.items()}


def _print_table(scores) -> None:
    console, rates = plain_console(), scores.rates
    names = "enrolled bursts", "identified", "in another session"
    table = Table(*(Column(name, justify="right") for name in names), box=SIMPLE_HEAD)
    for enrolled in sorted({*rates.identification, *rates.cross_session}):
        table.add_row(str(enrolled), *(f"{one[enrolled]:.1%}" if enrolled in one else "" for one in
                                       (rates.identification, rates.cross_session)))
    console.print(table)
    strangers = "there are too few bursts for it"
    if rates.open_set_eer is not None:
        strangers = f"{rates.open_set_eer:.1%}, from {rates.open_set_enrolled} enrolled"
    console.print(f"{scores.model}: {scores.bursts:,} bursts of {scores.emitters} emitters in {scores.sessions} sessions. "
                  f"Equal error rate with strangers: {strangers}.", highlight=False)
    for name, reason in scores.skipped:
        console.print(f"left out: {name}: {reason}", highlight=False, soft_wrap=True)
