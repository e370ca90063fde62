# SPDX-License-Identifier: GPL-3.0-or-later
"""The page and the CSV of table IV and figure 15 of the LSTM paper."""

import csv
import io
from collections.abc import Callable
from statistics import mean
from typing import TYPE_CHECKING

from ..datasets.technology_scene import TECHNOLOGIES
from .markdown import markdown_table
from .technology_rows import PAPER, TechnologyRow, TechnologyTable

if TYPE_CHECKING:
    from .technology_reproduce import TechnologyResult

Results = dict[TechnologyRow, list["TechnologyResult"]]  # of the seeds
_NONE = "–"
_DATA = (
    "The paper's spectra came from Electrosense's sensors, one half for training, the other of the same sensors for the test. Here spectra "
    "are generated from the technologies' own numerology, see `datasets/technology_*.py`: five averages of 256 bins at 2.4 MS/s, 10 kHz bins, "
    "an emission of any width in a window; test windows are of sensors that no training heard. The LSTMs know the six technologies, and "
    "were trained on 3,100 windows as the paper's; ours was trained on more, and has a seventh label for all else, which is an error in "
    "the column \"ours\"."
)
_LTE, _DVBT = (list(TECHNOLOGIES).index(name) for name in ("LTE", "DVB-T"))


def page(table: TechnologyTable, results: Results, missing: dict[str, str], command: str, per_label: int, pictures: dict[str, str]) -> str:
    """Return the page as Markdown; `missing` maps rows without a model to the command that trains it."""
    parts = [
        f"# {table.name}: {table.title}",
        f"{PAPER}.",
        f"Made by\n\n```\n{command}\n```",
        _DATA,
        f"{per_label} test windows of each technology, and as many of what is none of them.",
        _accuracies(results),
        _shares("Right by technology / %", results, lambda run: run.scores.accuracy_by_label),
        _shares("Right by measured SNR, dB / %", results, lambda run: run.scores.accuracy_by_snr),
        _models(results),
        *(f"![{caption}]({name})" for caption, name in pictures.items()),
    ]
    if missing:
        parts.append("## Not trained\n\n" + "\n".join(f"- {name}: `{how}`" for name, how in missing.items()))
    return "\n\n".join(part for part in parts if part) + "\n"


def table_csv(results: Results) -> str:
    """Return every accuracy: a line a row, seed, and technology or SNR."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("row", "seed", "of", "accuracy"))
    for row, runs in results.items():
        for run in runs:
            scores = run.scores
            shares = {"all": scores.accuracy} | scores.accuracy_by_label | {f"{snr} dB": share for snr, share in scores.accuracy_by_snr.items()}
            for what, share in shares.items():
                writer.writerow((row.name, run.card.training.seed, what, round(share, 6)))
    return text.getvalue()


def _accuracies(results: Results) -> str:
    lines = []
    for row, runs in results.items():
        ours = _percent(runs, lambda run: run.scores.accuracy)
        paper = (_NONE, _NONE) if row.paper is None else (f"{row.paper:g}", f"{ours - row.paper:+.2f}")
        mixed = _percent(runs, lambda run: (run.scores.confusion[_LTE, _DVBT] + run.scores.confusion[_DVBT, _LTE])
                         / max(1, run.scores.confusion[[_LTE, _DVBT]].sum()))
        rest = (_percent(runs, lambda run, name=name: getattr(run.scores, name))
                for name in ("accepted_share", "accepted_error_rate", "other_accepted_share"))
        lines.append((row.name, row.title, paper[0], f"{ours:.2f}", paper[1], f"{mixed:.1f}", *(f"{value:.1f}" for value in rest)))
    head = ("row", "model", "paper / %", "ours / %", "difference", "LTE and DVB-T mixed up / %", "accepted / %", "of these wrong / %",
            "none of the six, accepted / %")
    return "## Technologies right\n\n" + markdown_table(head, lines) if lines else ""


def _shares(title: str, results: Results, shares: Callable[["TechnologyResult"], dict[str, float]]) -> str:
    if not results:
        return ""
    names = list(shares(next(iter(results.values()))[0]))
    lines = [(row.name, *(f"{_percent(runs, lambda run, name=name: shares(run)[name]):.1f}" for name in names)) for row, runs in results.items()]
    return f"## {title}\n\n" + markdown_table(("row", *names), lines)


def _models(results: Results) -> str:
    lines = []
    for row, runs in results.items():
        for run in runs:
            training = run.card.training
            lines.append((row.name, training.seed, f"{training.windows_seen:,}", f"{run.card.parameters:,}", training.hardware, f"`{training.command}`"))
    return "## Models\n\n" + markdown_table(("row", "seed", "windows seen", "parameters", "trained on", "command"), lines) if lines else ""


def _percent(runs: list["TechnologyResult"], value: Callable[["TechnologyResult"], float]) -> float:
    return 100 * mean(value(run) for run in runs)
