# SPDX-License-Identifier: GPL-3.0-or-later
"""``rfsec reproduce`` of a table of the joint modulation and emitter paper."""

from statistics import mean
from typing import Any

from rich.console import Console
from rich.table import Column, Table

from .reproduce_asked import Asked

_TEST_WINDOWS = 15  # of each amplifier's recording at each SNR


def run_joint(asked: Asked) -> tuple[dict, dict[str, str]]:
    """Return the results of ``reproduction.joint_reproduce``, and what has no model."""
    from ..reproduction.joint_reproduce import reproduce_joint

    return reproduce_joint(asked.table, asked.out, asked.options(_TEST_WINDOWS), asked.command, asked.report)


def show_joint(found: tuple[dict, dict[str, str]]) -> None:
    """Print them."""
    from ..datasets.amplifiers import SNRS_DB

    results, missing = found
    console = Console()
    shown = Table(Column("row", no_wrap=True), "head", *(Column(f"{snr} dB", justify="right") for snr in SNRS_DB))
    for row, runs in results.items():
        for head in runs[0].test.by_snr:
            shown.add_row(row.name, head, *(_cell(row, runs, head, place, snr) for place, snr in enumerate(SNRS_DB)))
    console.print(shown)
    if missing:
        console.print(f"Not trained: {len(missing)} models. The page has the command for each.")


def _cell(row: Any, runs: list, head: str, place: int, snr: int) -> str:
    """Ours, and the paper's figure in brackets, percent."""
    ours = f"{100 * mean(run.test.by_snr[head][snr] for run in runs):.1f}"
    return f"{ours} ({row.paper[head][place]:g})" if head in row.paper else ours
