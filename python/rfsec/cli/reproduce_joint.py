# SPDX-License-Identifier: GPL-3.0-or-later
"""What ``rfsec reproduce`` shows of a table of the joint modulation and emitter paper."""

from pathlib import Path
from statistics import mean
from typing import Any

from rich.console import Console
from rich.table import Column, Table


def show_joint(results: dict, missing: dict[str, str], out: Path) -> None:
    """Print the results of ``reproduction.joint_reproduce``."""
    from ..datasets.amplifiers import SNRS_DB

    console = Console()
    shown = Table(Column("row", no_wrap=True), "head", *(Column(f"{snr} dB", justify="right") for snr in SNRS_DB))
    for row, runs in results.items():
        for head in runs[0].test.by_snr:
            shown.add_row(row.name, head, *(_cell(row, runs, head, place, snr) for place, snr in enumerate(SNRS_DB)))
    console.print(shown)
    if missing:
        console.print(f"Not trained: {len(missing)} models. The page has the command for each.")
    console.print(f"Written: {out / 'README.md'}", soft_wrap=True)


def _cell(row: Any, runs: list, head: str, place: int, snr: int) -> str:
    """Ours, and the paper's figure in brackets, percent."""
    ours = f"{100 * mean(run.test.by_snr[head][snr] for run in runs):.1f}"
    return f"{ours} ({row.paper[head][place]:g})" if head in row.paper else ours
