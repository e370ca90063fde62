# SPDX-License-Identifier: GPL-3.0-or-later
"""The page and the CSV of the siamese paper's table 2, measured again under every condition."""

import csv
import io

from ..datasets.emitter_conditions import CONDITIONS, LABORATORY
from .emitter_measure import ENROLLED, RECEIVERS, TOGETHER, EmitterResult
from .emitter_rows import OURS, PAPER, PAPERS, TITLE, EmitterRow
from .markdown import markdown_table

Results = dict[EmitterRow, list[EmitterResult]]  # of the seeds
_SAME, _NONE = CONDITIONS[0].name, "–"
_NOTES = (
    "An encoder says whether two windows are of one emitter. The paper's windows are of one recording a device, at one place: "
    "so is the first column, split by windows as there. In all other columns one recording enrols and another is tried; unseen "
    "emitters were never trained on. Ours has not seen any emitter of this table.",
    "Emitters, days, channels and receivers are simulated, see `datasets/transmitters.py` for the spreads. Above 45 dB.",
)


def page(results: Results, missing: dict[str, str], command: str, emitters: int, windows: int, pictures: dict[str, str]) -> str:
    """Return the page as Markdown; `missing` maps rows without a model to the command that trains it."""
    sections = [
        f"# {TITLE}",
        f"{PAPER}.",
        f"Made by\n\n```\n{command}\n```",
        *_NOTES,
        f"{windows} windows of each recording; 16 emitters that the paper's encoders were trained on, {emitters} unseen ones; world {LABORATORY}.",
        _paper_table(results),
        _conditions("Pair accuracy / %", results, 1, "pair_accuracy", 100),
        _conditions("Equal error rate / %", results, 1, "equal_error_rate", 100),
        _conditions("Area under the ROC curve", results, 1, "area_under_roc", 1),
        *(_conditions(f"Equal error rate / %, {count} windows fused", results, count, "equal_error_rate", 100) for count in TOGETHER[1:]),
        _verdict(results),
        _receivers(results),
        _one_shot(results),
        *(f"![{caption}]({name})" for caption, name in pictures.items()),
        _models(results),
    ]
    if missing:
        sections.append("## Not trained\n\n" + "\n".join(f"- {name}: `{how}`" for name, how in missing.items()))
    return "\n\n".join(part for part in sections if part) + "\n"


def table_csv(results: Results) -> str:
    """Return every score: a line a row, seed, number of fused windows and condition."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("row", "seed", "windows_fused", "condition", "pair_accuracy", "equal_error_rate", "area_under_roc"))
    for row, runs in results.items():
        for run in runs:
            for together, scores in run.scores.items():
                for condition, one in scores.items():
                    writer.writerow((row.name, run.card.training.seed, together, condition,
                                     *(round(value, 6) for value in (one.pair_accuracy, one.equal_error_rate, one.area_under_roc))))
    return text.getvalue()


def _paper_table(results: Results) -> str:
    lines = []
    for row, runs in results.items():
        if row.paper:
            ours = _mean(runs, lambda run: 100 * run.scores[1][_SAME].pair_accuracy)
            lines.append((row.name, row.title, f"{row.paper:g}", f"{ours:.2f}", f"{ours - row.paper:+.2f}"))
    head = ("row", "as the paper calls it", "paper / %", "ours / %", "difference")
    return "## Table 2: the same recording\n\n" + markdown_table(head, lines) if lines else ""


def _conditions(title: str, results: Results, together: int, score: str, scale: float) -> str:
    names = [one.name for one in CONDITIONS]
    lines = []
    for row, runs in results.items():
        if all(together in run.scores for run in runs):
            values = (_mean(runs, lambda run, name=name: scale * getattr(run.scores[together][name], score)) for name in names)
            lines.append((row.title, *(f"{value:.{2 if scale > 1 else 4}f}" for value in values)))
    return f"## {title}\n\n" + markdown_table(("encoder", *names), lines) if lines else ""


def _verdict(results: Results) -> str:
    """Ours beside the best of the paper's in each condition."""
    by_name = {row.name: runs for row, runs in results.items()}
    papers = [by_name[name] for name in PAPERS if name in by_name]
    if OURS not in by_name or not papers:
        return ""
    lines = []
    for condition in (one.name for one in CONDITIONS):
        for together in by_name[OURS][0].scores:
            def rate(runs, condition=condition, together=together):
                return _mean(runs, lambda run: 100 * run.scores[together][condition].equal_error_rate)

            ours, theirs = rate(by_name[OURS]), min(map(rate, papers))
            lines.append((condition, together, f"{theirs:.2f}", f"{ours:.2f}", "yes" if ours <= theirs / 2 else "no"))
    head = ("condition", "windows fused", "best of the paper's / %", "ours / %", "at most half")
    return "## Equal error rates side by side\n\n" + markdown_table(head, lines)


def _receivers(results: Results) -> str:
    lines = []
    for row, runs in results.items():
        for condition in runs[0].receivers[RECEIVERS[0]]:
            values = (_mean(runs, lambda run, count=count: 100 * run.receivers[count][condition].equal_error_rate) for count in RECEIVERS)
            lines.append((row.title, condition, *(f"{value:.2f}" for value in values)))
    head = ("encoder", "condition", *(f"{count} receiver{'s' * (count > 1)}" for count in RECEIVERS))
    return "## Several receivers that hear the same window: equal error rate / %\n\n" + markdown_table(head, lines)


def _one_shot(results: Results) -> str:
    lines = []
    for row, runs in results.items():
        of = {(one.condition, one.emitters, one.enrolled): index for index, one in enumerate(runs[0].one_shot)}
        for condition in dict.fromkeys(one.condition for one in runs[0].one_shot):
            for emitters in dict.fromkeys(one.emitters for one in runs[0].one_shot):
                index = [of[condition, emitters, enrolled] for enrolled in ENROLLED]
                shares = (_mean(runs, lambda run, at=at: 100 * run.one_shot[at].identified) for at in index)
                wrong = _mean(runs, lambda run, at=index[0]: 100 * run.one_shot[at].false_accepts)
                lines.append((row.title, condition, emitters, *(f"{share:.1f}" for share in shares), f"{wrong:.1f}"))
    head = ("encoder", "condition", "emitters", *(f"{count} enrolled" for count in ENROLLED), "strangers accepted")
    return (
        "## Identification / %, strangers rejected\n\nA burst of 8 windows is named right, and is within a threshold that was chosen "
        "for 1% of other strangers; emitters never trained on. Where more strangers than that have the very fingerprint of an enrolled "
        "emitter, no threshold refuses them, and nobody is accepted.\n\n" + markdown_table(head, lines)
    )


def _models(results: Results) -> str:
    lines = []
    for row, runs in results.items():
        for run in runs:
            training = run.card.training
            lines.append((row.name, training.seed, f"{training.windows_seen:,}", f"{run.card.parameters:,}", training.hardware,
                          f"`{training.command}`", training.note))
    head = ("row", "seed", "windows seen", "parameters", "trained on", "command", "note of its card")
    return "## Models\n\n" + markdown_table(head, lines)


def _mean(runs: list[EmitterResult], value) -> float:
    return sum(map(value, runs)) / len(runs)
