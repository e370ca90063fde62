# SPDX-License-Identifier: GPL-3.0-or-later
"""The page and the CSV of a table of the joint modulation and emitter paper."""

import csv
import io
from statistics import mean, stdev

from ..datasets.amplifiers import SNRS_DB
from .joint_measure import JointResult, Score
from .joint_rows import EMITTER, MMOE, MODULATION, OURS, PAPER, JointRow, JointTable
from .markdown import markdown_table
from .models import lengths, seeds_text

Results = dict[JointRow, list[JointResult]]  # of the seeds
_NONE = "–"
_LOWEST = SNRS_DB[0]
_RIVALS = ("cnn-rff", "cnn-transformer-rff", "sb-cnn-transformer")
_DATA = (
    "Six amplifiers and eight modulations are simulated, see `datasets/amplifiers.py`: another seed is another set of six, so rows of one seed "
    "compare and seeds tell how much a set matters. Recordings are split 7:2:1. The generator repeats its 511 symbols, as one on a bench "
    "does, unless a row says \"random data\". Ours is trained with more noise: half of its training windows are brought to between -1 and 8 dB anew "
    "each time they are seen; the paper's models see the noise that was recorded."
)
_TRAINING = (
    "Not in the paper, or not as it says: every window is turned by a random phase each time it is seen, gradients are cut to a norm of 1, and the "
    "paper's models are trained by AdamW at a peak rate of 0.001, where the paper says 0.1. It gives neither widths nor kernels, nor layers "
    "and attention heads of the Transformer; ours are in `training/networks/joint_cnn.py`."
)
_ELSEWHERE = (
    "Recordings that a model was not made for, mean over the seeds. Other amplifiers have no label: they are told apart by linear discriminants of "
    "the logits, which were fitted on other recordings of them. Rows with pairs left out of training are tested on all 48 pairs, of which they "
    "never saw 8, here and above, and on those 8 alone where it says so."
)


def page(table: JointTable, results: Results, missing: dict[str, str], command: str, pictures: dict[str, str]) -> str:
    """Return the page as Markdown; `missing` maps rows without a model to the command that trains it."""
    parts = [
        f"# {table.name}: {table.title}",
        f"{PAPER}.",
        f"Made by\n\n```\n{command}\n```",
        table.note,
        _DATA,
        _TRAINING,
        _accuracies("Emitters right / %", EMITTER, results),
        _accuracies("Modulations right / %", MODULATION, results),
        _verdicts(results),
        _elsewhere(results),
        *(f"![{caption}]({name})" for caption, name in pictures.items()),
        _models(results),
    ]
    if missing:
        parts.append("## Not trained\n\n" + "\n".join(f"- {name}: `{how}`" for name, how in missing.items()))
    return "\n\n".join(part for part in parts if part) + "\n"


def table_csv(results: Results) -> str:
    """Return every accuracy: a line a row, seed, condition, head and SNR."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("row", "seed", "condition", "head", "snr_db", "accuracy"))
    for row, runs in results.items():
        for run in runs:
            for condition, score in {"test": run.test, **run.elsewhere}.items():
                for head, shares in score.by_snr.items():
                    writer.writerows((row.name, run.seed, condition, head, snr, round(share, 6)) for snr, share in shares.items())
    return text.getvalue()


def _accuracies(title: str, head: str, results: Results) -> str:
    """Paper, ours and difference at each SNR."""
    lines = []
    for row, runs in results.items():
        if head not in runs[0].test.by_snr:
            continue
        cells, trainings = [], [run.card.training for run in runs]
        for place, snr in enumerate(SNRS_DB):
            ours = 100 * mean(run.test.by_snr[head][snr] for run in runs)
            spread = f" ± {100 * stdev(run.test.by_snr[head][snr] for run in runs):.2f}" if len(runs) > 1 and len(lengths(trainings)) == 1 else ""
            stated = row.paper.get(head)
            cells.append(f"{ours:.2f}{spread}" + (f" ({stated[place]:g}, {ours - stated[place]:+.2f})" if stated else ""))
        lines.append((row.title, seeds_text(trainings), *cells))
    head_line = ("model", "seeds", *(f"{snr} dB" for snr in SNRS_DB))
    return f"## {title}\n\nOurs (the paper's, difference).\n\n" + markdown_table(head_line, lines) if lines else ""


def _verdicts(results: Results) -> str:
    """Whether the gates are ahead of each rival at 0 dB, and ours of them, seed by seed."""
    by_name = {row.name: (row, {run.seed: run for run in runs}) for row, runs in results.items()}
    if MMOE not in by_name:
        return ""
    row, mmoe = by_name[MMOE]
    lines = []
    for name in (*_RIVALS, OURS):
        if name not in by_name:
            continue
        rival, runs = by_name[name]
        for seed in sorted(mmoe.keys() & runs.keys()):
            gain = 100 * (_at_lowest(mmoe[seed]) - _at_lowest(runs[seed]))
            stated = f"{row.paper[EMITTER][0] - rival.paper[EMITTER][0]:+.2f}" if EMITTER in rival.paper else _NONE
            share = f"{runs[seed].multiply_adds / mmoe[seed].multiply_adds:.3f}"
            lines.append((rival.title, seed, f"{gain:+.2f}", stated, "yes" if gain > 0 else "no", share))
    head = ("beside", "seed", "MMOE-CNN-Transformer's gain / points", "the paper's", "ahead", "multiply-adds beside it")
    return f"## Emitters at {_LOWEST} dB\n\n" + markdown_table(head, lines) if lines else ""


def _at_lowest(run: JointResult) -> float:
    return run.test.by_snr[EMITTER][_LOWEST]


def _elsewhere(results: Results) -> str:
    lines = []
    for row, runs in results.items():
        for condition in runs[0].elsewhere:
            scores = [run.elsewhere[condition] for run in runs]
            lines.append((row.title, condition, *(_percent(scores, head, snr) for head in (EMITTER, MODULATION) for snr in (0, 10, 20))))
    head = ("model", "recordings", *(f"{what}, {snr} dB" for what in ("emitters", "modulations") for snr in (0, 10, 20)))
    return f"## Elsewhere: right / %\n\n{_ELSEWHERE}\n\n" + markdown_table(head, lines) if lines else ""


def _percent(scores: list[Score], head: str, snr: int) -> str:
    found = [score.by_snr[head][snr] for score in scores if head in score.by_snr]
    return f"{100 * mean(found):.1f}" if found else _NONE


def _models(results: Results) -> str:
    lines = []
    for row, runs in results.items():
        for run in runs:
            training = run.card.training
            lines.append((row.name, training.seed, f"{training.windows_seen:,}", f"{run.card.parameters:,}", f"{run.multiply_adds:,}",
                          training.hardware, f"`{training.command}`", training.note))
    head = ("row", "seed", "windows seen", "parameters", "multiply-adds", "trained on", "command", "note of its card")
    return "## Models\n\n" + markdown_table(head, lines) if lines else ""
