# SPDX-License-Identifier: GPL-3.0-or-later
"""The page and the CSV of a table of the KGNet paper."""

import csv
import io
from dataclasses import astuple, fields

from .keygen_measure import Point
from .keygen_results import Results, verdict
from .keygen_rows import PAPER, Stated
from .markdown import markdown_table

_NONE = "–"
_LIMITS = (
    "Errors count bits that neither end has in a guard band. Min-entropy is of one probe, its guard bands being public: however many bits "
    "are quantized, a channel is fixed by its position. Where it is low, a low error rate says nothing. NMSE is of features as each mapper "
    "normalises them: the paper's range, by noisy rows, makes it small. Mappers compare by the NMSE of H."
)


def page(results: Results, command: str) -> str:
    """Return the page as Markdown."""
    table = results.table
    parts = [f"# {table.name}: {table.title}", f"{PAPER}.", f"Made by\n\n```\n{command}\n```", *table.notes]
    parts.append(_stated(results))
    parts.append(_numbers(results))
    if table.snrs_db:
        parts += [_LIMITS, *(_points(results, levels, epsilon) for levels, epsilon in table.quantizers)]
    if table.drawn and any(results.points.values()):
        parts.append("![Curves](curves.png)")
    parts.append(_models(results))
    if results.missing:
        parts.append("## Not trained\n\n" + "\n".join(f"- {title}: `{how}`" for title, how in results.missing.items()))
    return "\n\n".join(part for part in parts if part) + "\n"


def table_csv(results: Results) -> str:
    """Return every point, a line each, and then the table's own numbers."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    names = [one.name for one in fields(Point)]
    if results.numbers:
        writer.writerow(("row", "number", "value"))
        writer.writerows((title, name, value) for title, found in results.numbers.items() for name, value in found.items())
    else:
        writer.writerow(("row", *names))
        writer.writerows((title, *astuple(one)) for title, found in results.points.items() for one in found)
    return text.getvalue()


def _stated(results: Results) -> str:
    lines = []
    for one in results.table.stated:
        title = results.title_of(one.row)
        if title not in results.missing and any(row.name == one.row for row in results.cards):
            ours = results.ours(one)
            lines.append((title, _what(one), _paper(one), _NONE if ours is None else f"{ours:.7g}", verdict(one, ours)))
    head = ("mapper", "what", "paper", "ours", "difference, or whether it holds")
    return "## What the paper states\n\n" + markdown_table(head, lines) if lines else ""


def _what(one: Stated) -> str:
    if one.what == "threshold_db":
        return f"lowest SNR, K = {one.levels} / dB"
    at = f" at {one.snr_db} dB, K = {one.levels}" if one.what in (field.name for field in fields(Point)) else ""
    return one.what.replace("_", " ") + at


def _paper(one: Stated) -> str:
    if one.paper is None:
        return "none"
    return {"exact": "", "about": "about ", "below": "below "}[one.kind] + f"{one.paper:.7g}"


def _numbers(results: Results) -> str:
    names = list(dict.fromkeys(name for found in results.numbers.values() for name in found))
    lines = [(title, *(f"{found[name]:.4f}" if found[name] <= 1 else f"{found[name]:,}" for name in names))
             for title, found in results.numbers.items()]
    return "## As measured\n\n" + markdown_table(("mapper", *(name.replace("_", " ") for name in names)), lines) if lines else ""


def _points(results: Results, levels: int, epsilon: float) -> str:
    lines = [
        (title, f"{one.snr_db:g}", f"{one.key_error_rate:.1e}", f"{one.key_generation_ratio:.2f}", f"{one.nmse:.2e}", f"{one.nmse_h:.2e}",
         f"{one.entropy_bits:.1f}")
        for title, found in results.points.items() for one in found if (one.levels, one.epsilon) == (levels, epsilon)
    ]
    head = ("mapper", "SNR / dB", "key error rate", "key generation ratio", "NMSE", "NMSE of H", "min-entropy of a probe / bits")
    return f"## K = {levels}, quantization factor {epsilon:.3g}\n\n" + markdown_table(head, lines) if lines else ""


def _models(results: Results) -> str:
    lines = [(row.title, f"{card.parameters:,}", f"{card.training.windows_seen:,}", card.training.hardware, f"`{card.training.command}`",
              card.training.note) for row, card in results.cards.items()]
    head = ("mapper", "parameters", "channels seen", "trained on", "command", "note of its card")
    return "## Models\n\n" + markdown_table(head, lines) if lines else ""
