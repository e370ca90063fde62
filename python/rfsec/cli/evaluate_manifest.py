# SPDX-License-Identifier: GPL-3.0-or-later
"""``rfsec evaluate --manifest``: how right bursts are found and named in a folder of labelled recordings."""

import json
import sys
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress
from rich.table import Column, Table

from ..errors import DatasetError
from .plain import plain_console


def evaluate_manifest(manifest: Path, model: str, as_json: bool, threads: int) -> None:
    """Score every recording of a manifest that has a class and samples, and print tables or JSON."""
    from ..inference.burst_classifier import BurstClassifier
    from ..inference.manifest import load_manifest
    from ..inference.manifest_scores import known_starts, score_file

    classifier = BurstClassifier(model, threads=threads)
    entries, starts = load_manifest(manifest), known_starts(manifest)
    labelled = [entry for entry in entries if entry.truth and entry.sample_format]
    if not labelled:
        raise DatasetError(f"{manifest}: no file in it has both a 'class' and a 'sample_format'; there is nothing to score.")
    scores = []
    with Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task("", total=len(labelled))
        for number, entry in enumerate(labelled):
            progress.update(task, completed=number, description=escape(entry.name))
            scores.append(score_file(manifest.parent, entry, classifier, starts.get(Path(entry.name).name, [])))
    skipped = [entry.name for entry in entries if not (entry.truth and entry.sample_format)]
    if as_json:
        print(json.dumps(_as_json(scores, skipped, classifier.card.name), indent=2, ensure_ascii=False))
    else:
        _print_tables(scores, skipped, classifier.card.name)


def _totals(scores) -> dict:
    accepted, right = sum(one.accepted for one in scores), sum(one.right for one in scores)
    files_right, starts = sum(one.is_right for one in scores), sum(one.starts for one in scores)
    met = sum(one.starts_met for one in scores)
    return {"files": len(scores), "files_right": files_right, "share_of_files_right": round(files_right / len(scores), 6),
            "bursts": sum(one.bursts for one in scores), "bursts_accepted": accepted, "bursts_right": right,
            "share_of_bursts_right": round(right / accepted, 6) if accepted else None,
            "starts": starts, "starts_met": met, "share_of_starts_met": round(met / starts, 6) if starts else None}


def _rate_error(one) -> float | None:
    if not one.symbol_rate_hz or not one.true_symbol_rate_hz:
        return None
    return round(one.symbol_rate_hz / one.true_symbol_rate_hz - 1, 6)


def _as_json(scores, skipped: list[str], model: str) -> dict:
    files = [{"name": one.name, "class": one.truth, "bursts": one.bursts, "accepted": one.accepted, "right": one.right,
              "labels": one.labels, "majority": one.majority, "majority_right": one.is_right,
              "symbol_rate_hz": one.symbol_rate_hz, "symbol_rate_error": _rate_error(one),
              "starts": one.starts, "starts_met": one.starts_met} for one in scores]
    return {"model": model, **_totals(scores), "skipped": skipped, "recordings": files}


def _print_tables(scores, skipped: list[str], model: str) -> None:
    from ..inference.manifest_scores import START_TOLERANCE

    console, total = plain_console(), _totals(scores)
    table = Table(Column("recording", overflow="fold"), "class", "majority", *(Column(name, justify="right") for name in
                  ("bursts", "accepted", "right", "symbol rate", "error", "starts met")), box=SIMPLE_HEAD, padding=0)
    for one in scores:
        error = _rate_error(one)
        table.add_row(one.name, one.truth, f"{one.majority or 'none'}{'' if one.is_right else ' (wrong)'}", f"{one.bursts:,}",
                      f"{one.accepted:,}", f"{one.right:,}", f"{one.symbol_rate_hz:,.0f} Bd" if one.symbol_rate_hz else "",
                      f"{error:+.2%}" if error is not None else "", f"{one.starts_met} of {one.starts}" if one.starts else "")
    console.print(table)
    console.print(f"{model}: {total['files_right']} of {total['files']} recordings are right by majority, "
                  f"{total['bursts_right']:,} of {total['bursts_accepted']:,} accepted bursts"
                  + (f", {total['starts_met']} of {total['starts']} starts within {START_TOLERANCE} samples" if total["starts"] else "")
                  + (f". Without class or samples: {len(skipped)}" if skipped else "") + ".", highlight=False)
