# SPDX-License-Identifier: GPL-3.0-or-later
"""The page of a reproduced table: the paper's figure, ours and the difference side by side, and why they differ."""

import re
from pathlib import Path

from ..inference.card import Training
from .extra import Extra
from .markdown import markdown_table
from .measure import RowResult
from .models import QUANTISED, seeds_text
from .result import TableResult, macro_f1, macro_recall, measured_on
from .speed import BATCH, processor_name
from .table import Row

_NONE = "–"
_PARENT = re.compile(r"Started from a parent that had seen (\d+) windows")

_NO_REPEATS = re.compile(r"Saw .*, none twice")  # how the note of a network's card begins whose data have no end


def page(result: TableResult, pictures: dict[str, Path], extra: Extra) -> str:
    """Return the page as Markdown; `pictures` maps captions to files beside it, `extra` is that of ``extra.extra_columns``."""
    sections = (
        _head(result),
        _accuracies(result),
        _reasons(result),
        _comparisons(result),
        _orders(result),
        _further(result, extra),
        _speeds(result),
        _pictures(pictures),
        _models(result),
        _missing(result),
    )
    return "\n\n".join(section for section in sections if section) + "\n"


def _head(result: TableResult) -> str:
    return "\n\n".join(
        (
            f"# {result.table.title}",
            f"{result.table.paper}.",
            f"Made by\n\n```\n{result.command}\n```",
            result.data.describe(),
            *result.table.notes,
        )
    )


def _accuracies(result: TableResult) -> str:
    lines = []
    measured = {one.row.name: one for one in result.results}
    absent = {one.row.name for one in result.missing}
    for row in result.table.rows:
        if row.name in measured:
            lines.append(_accuracy(measured[row.name]))
        elif row.name in absent:
            lines.append((row.name, row.full_title, measured_on(row), _stated(row), "not trained", _NONE, _NONE, _NONE))
    head = (
        "row",
        "as the paper calls it",
        "accuracy over",
        "paper / %",
        "ours / %",
        "difference / points",
        "within 1 point",
        "seeds",
    )
    return "## Accuracy\n\n" + markdown_table(head, lines)


def _accuracy(one: RowResult) -> tuple:
    spread = "" if one.spread is None else f" ± {one.spread:.2f}"
    difference = _NONE if one.difference is None else f"{one.difference:+.2f}"
    agrees = {None: _NONE, True: "yes", False: "no"}[one.agrees]
    return (
        one.row.name,
        one.row.full_title,
        measured_on(one.row),
        _stated(one.row),
        f"{one.percent:.2f}{spread}",
        difference,
        agrees,
        seeds_text(one.trainings),
    )


def _stated(row: Row) -> str:
    return _NONE if row.paper is None else f"{row.paper} ({row.paper.where})"


def _reasons(result: TableResult) -> str:
    rows = [one for one in result.results if one.agrees is False]
    if not rows:
        return ""
    lines = [
        (one.row.name, f"{abs(one.difference):.2f} points {'above' if one.difference > 0 else 'below'}", _why(one))
        for one in rows
    ]
    return "## Why rows differ by more than a point\n\n" + markdown_table(("row", "by", "why"), lines)


def _why(one: RowResult) -> str:
    notes = [run.card.training.note for run in one.runs if run.card.training.note and one.difference < 0]  # more training does not lower a row
    causes = list(dict.fromkeys(sentence.rstrip(".") + "." for note in notes for sentence in _training_of(note)))
    if one.difference > 0 and any(_NO_REPEATS.match(run.card.training.note) for run in one.runs):
        causes.append("No training window was seen twice, where the paper sees the same set in each epoch.")
    if any(run.path.stem == one.row.file_stem + QUANTISED for run in one.runs):
        causes.append("Measured as shipped, with weights of 8 bits.")
    if 2 * one.test_error > 1:
        causes.append(f"So few test windows leave a standard error of {one.test_error:.1f} points.")
    return " ".join([*causes, *one.row.reasons]) or "Not known."


def _training_of(note: str) -> list[str]:
    """The sentences of a card's note that tell how far the model was trained."""
    first, *others = note.split(". ")
    return [first, *(one for one in others if _PARENT.match(one))]


def _comparisons(result: TableResult) -> str:
    lines = []
    for one in result.table.comparisons:
        ours = result.compared(one)
        stated = _NONE if one.points is None else f"{one.points:+g}"
        seen = " / ".join(_windows_seen(result, name) for name in (one.row, one.other))
        lines.append((one.text, f"{one.row} − {one.other}", stated, "not measured" if ours is None else f"{ours:+.2f}", seen))
    if not lines:
        return ""
    return "## What the paper says of pairs\n\n" + markdown_table(
        ("statement", "difference of", "paper / points", "ours / points", "windows seen / M"), lines
    )


def _windows_seen(result: TableResult, name: str) -> str:
    """Millions of training windows that the models of a row saw."""
    runs = [run for one in result.results if one.row.name == name for run in one.runs]
    return ", ".join(dict.fromkeys(map(_seen, (run.card.training for run in runs)))) or _NONE


def _seen(training: Training) -> str:
    before = _PARENT.search(training.note)
    own = f"{training.windows_seen / 1e6:.2f}"
    return own if before is None else f"{own} after {int(before[1]) / 1e6:.2f} of its parent"


def _orders(result: TableResult) -> str:
    parts = []
    for name, rows in result.orders().items():
        if len(rows) < 2:
            continue
        stated = sorted((one.row.paper.percent for one in rows if one.row.paper), reverse=True)
        lines = []
        for place, one in enumerate(rows, 1):
            theirs = _NONE if one.row.paper is None else stated.index(one.row.paper.percent) + 1
            seeds = f"{seeds_text(one.trainings)} seeds" if len(one.runs) > 1 else "1 seed"
            spread = (
                f"standard deviation {one.spread:.2f} over {seeds}" if one.spread is not None else f"{seeds}: spread not known"
            )
            lines.append((place, one.row.name, f"{one.percent:.2f}", spread, theirs))
        parts.append(
            f"On {name}:\n\n" + markdown_table(("place", "row", "ours / %", "spread / points", "place by the paper's figures"), lines)
        )
    if not parts:
        return ""
    return "\n\n".join(("## Order of the rows as found", *parts))


def _further(result: TableResult, extra: Extra) -> str:
    also = list(dict.fromkeys(key for one in result.results for key in one.row.also))
    if not also and not extra:
        return ""
    more = list(dict.fromkeys(key for columns in extra.values() for key in columns))
    ours = ("F1", "recall", "parameters", "file / kB", *more)
    lines = []
    for one in result.results:
        columns = extra.get(one.row.name, {})
        lines.append(
            (
                one.row.name,
                *(one.row.also.get(key, _NONE) for key in also),
                f"{macro_f1(one):.4f}",
                f"{macro_recall(one):.4f}",
                f"{one.runs[0].card.parameters:,}",
                f"{one.runs[0].path.stat().st_size / 1e3:,.0f}",
                *(columns.get(key, _NONE) for key in more),
            )
        )
    head = ("row", *(f"paper: {key}" for key in also), *(f"ours: {key}" for key in ours))
    return "## The paper's further columns\n\nF1 and recall are means over the labels, over all SNRs.\n\n" + markdown_table(
        head, lines
    )


def _speeds(result: TableResult) -> str:
    timed = [one for one in result.results if one.windows_per_s is not None]
    if not timed:
        return ""
    platforms = result.table.platforms
    lines = [
        (one.row.name, f"{one.windows_per_s:,.0f}", *(f"{figures[one.row.name]:,}" for figures in platforms.values()))
        for one in timed
    ]
    how = (
        f"Ours: ONNX Runtime on one thread of this machine ({processor_name()}), batches of {BATCH}, median of runs that "
        "alternate between the models."
    )
    head = ("row", "ours", *(f"paper: {name}" for name in platforms))
    return f"## Windows a second\n\n{how}\n\n" + markdown_table(head, lines)


def _pictures(pictures: dict[str, Path]) -> str:
    return "\n\n".join(
        ("## Pictures", *(f"### {caption}\n\n![{caption}]({path.name})" for caption, path in pictures.items()))
    ) * bool(pictures)


def _models(result: TableResult) -> str:
    lines, seen = [], set()
    for one in result.results:
        for run in one.runs:
            if run.path not in seen:
                seen.add(run.path)
                training = run.card.training
                lines.append(
                    (
                        run.path.name,
                        run.seed,
                        f"{training.windows_seen:,}",
                        training.hardware,
                        f"`{training.command}`",
                        training.note,
                    )
                )
    return (
        "## Models\n\n" + markdown_table(("file", "seed", "windows seen", "trained on", "command", "note of its card"), lines)
        if lines
        else ""
    )


def _missing(result: TableResult) -> str:
    if not result.missing:
        return ""
    rows: dict[tuple[int, str], list[str]] = {}  # some share a model
    for one in result.missing:
        rows.setdefault((one.seed, one.command), []).append(one.row.name)
    lines = [f"- {', '.join(names)}, seed {seed}: `{command}`" for (seed, command), names in rows.items()]
    return "\n".join(("## Not trained", "", "These commands train them; then run the command above again.", "", *lines))
