#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the tables of models in README.md from the cards in models/: .venv/bin/python script/model_table.py"""

import re
import sys
from pathlib import Path

from gnuradio.rfsec.inference.catalog import DEFAULT
from gnuradio.rfsec.inference.session import ModelSession

ROOT = Path(__file__).resolve().parents[1]
BEGIN, END = "<!-- script/model_table.py writes this from the cards -->", "<!-- until here -->"
SNRS_DB = (-20, -16, -12, -10, -8, -6, -4, -2, 0, 4, 8, 12, 18, 30)


def tables(models: Path) -> str:
    """Both tables in Markdown: what each model is, and its accuracy at each SNR; by data, the best first."""
    sessions = [ModelSession(path) for path in models.glob("*.onnx")]
    sessions.sort(key=lambda one: (one.card.training.data, -one.card.metrics.accuracy, one.card.name))
    what = _table(["name", "network", "input", "window", "weights", "file", "right, all SNRs", "0 to 18 dB", "data", "windows seen"],
                  [_facts(one.card, one.path) for one in sessions])
    how_right = _table(["SNR / dB", *map(str, SNRS_DB)], [_accuracies(one.card) for one in sessions])
    return f"{what}\n\nAccuracy in percent at each SNR, on the test data that `rfsec models show NAME` names:\n\n{how_right}"


def _facts(card, path: Path) -> list[str]:
    low, high = card.input.window_min, card.input.window_max
    best = card.metrics.accuracy_0_to_18_db
    return [f"`{card.name}`" + " (the default)" * (card.name == DEFAULT), card.description.rstrip("."), f"`{card.input.representation}`",
            str(low) if low == high else f"{low} to {high}", f"{card.parameters:,}", f"{path.stat().st_size / 1e6:.2f} MB",
            f"{card.metrics.accuracy:.1%}", "" if best is None else f"{best:.1%}", card.training.data,
            f"{card.training.windows_seen / 1e6:.2f} M"]


def _accuracies(card) -> list[str]:
    at = card.metrics.accuracy_by_snr
    return [card.name, *(f"{at[str(snr)]:.0%}".rstrip("%") if str(snr) in at else "" for snr in SNRS_DB)]


def _table(heads: list[str], rows: list[list[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def with_tables(readme: str, models: Path) -> str:
    """``readme`` with what stands between its two marks replaced by the tables."""
    return re.sub(f"(?<={re.escape(BEGIN)}\n\n).*?(?=\n\n{re.escape(END)})", lambda _: tables(models), readme, flags=re.S)


if __name__ == "__main__":
    path = ROOT / "README.md"
    before = path.read_text()
    if BEGIN not in before or END not in before:
        sys.exit(f"{path}: the lines '{BEGIN}' and '{END}' are missing; put them back around the tables of models.")
    path.write_text(with_tables(before, ROOT / "models"))
