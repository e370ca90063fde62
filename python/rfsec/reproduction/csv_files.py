# SPDX-License-Identifier: GPL-3.0-or-later
"""A reproduced table as CSV: one line a row, and one line for each model and SNR."""

import csv
import io

from .extra import Extra
from .measure import RowResult
from .result import TableResult, macro_f1, macro_recall, measured_on
from .table import Row

_PAPER = ("paper_percent", "paper_says", "paper_where")
_OURS = (
    "seeds",
    "percent",
    "percent_of_seeds",
    "spread_points",
    "test_error_points",
    "difference_points",
    "within_1_point",
    "macro_f1",
    "macro_recall",
    "windows_per_s",
    "parameters",
    "windows_seen",
    "file_bytes",
    "files",
)


def table_csv(result: TableResult, extra: Extra) -> str:
    """Return the table: every row that was asked for, those without a model with the command that trains it.

    `extra` is that of ``extra.extra_columns``.
    """
    commands = {}
    for one in result.missing:
        commands.setdefault(one.row.name, []).append(one.command)
    also = list(dict.fromkeys(key for row in result.table.rows for key in row.also))
    more = list(dict.fromkeys(key for columns in extra.values() for key in columns))
    paper = [*_PAPER, *(f"paper_{key}" for key in also)]
    head = ("row", "title", "training_windows_per_cell", "model", "measured_on", *paper, *_OURS, *more, "not_trained")
    lines = []
    for row in result.table.rows:
        found = result.of(row.name)
        if found or row.name in commands:
            ours = {**_ours(found), **extra.get(row.name, {})} if found else {}
            lines.append(
                {
                    "row": row.name,
                    "title": row.full_title,
                    "training_windows_per_cell": "" if row.windows_per_cell is None else row.windows_per_cell,
                    "model": row.model,
                    "measured_on": measured_on(row),
                    **_paper(row),
                    **{f"paper_{key}": value for key, value in row.also.items()},
                    **ours,
                    "not_trained": "; ".join(commands.get(row.name, ())),
                }
            )
    return _text(head, lines)


def by_snr_csv(result: TableResult) -> str:
    """Return every model's accuracy at every SNR, percent."""
    return _text(
        ("row", "seed", "snr_db", "percent"),
        [
            {"row": one.row.name, "seed": run.seed, "snr_db": snr, "percent": round(100 * share, 4)}
            for one in result.results
            for run in one.runs
            for snr, share in run.evaluation.accuracy_by_snr.items()
        ],
    )


def _paper(row: Row) -> dict:
    if row.paper is None:
        return {}
    return dict(zip(_PAPER, (row.paper.percent, row.paper.kind, row.paper.where)))


def _ours(found: RowResult) -> dict:
    cards = [run.card for run in found.runs]
    return {
        "seeds": _joined(run.seed for run in found.runs),
        "percent": round(found.percent, 4),
        "percent_of_seeds": _joined(round(run.percent, 4) for run in found.runs),
        "spread_points": "" if found.spread is None else round(found.spread, 4),
        "test_error_points": round(found.test_error, 4),
        "difference_points": "" if found.difference is None else round(found.difference, 4),
        "within_1_point": "" if found.agrees is None else "yes" if found.agrees else "no",
        "macro_f1": round(macro_f1(found), 4),
        "macro_recall": round(macro_recall(found), 4),
        "windows_per_s": "" if found.windows_per_s is None else round(found.windows_per_s, 1),
        "parameters": cards[0].parameters,
        "windows_seen": _joined(card.training.windows_seen for card in cards),
        "file_bytes": found.runs[0].path.stat().st_size,
        "files": _joined(run.path.name for run in found.runs),
    }


def _joined(values) -> str:
    return " ".join(map(str, values))


def _text(head: tuple[str, ...], lines: list[dict]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, head, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines)
    return text.getvalue()
