# SPDX-License-Identifier: GPL-3.0-or-later
"""What ``rfsec reproduce`` shows of table IV, figure 15 and figure 16 of the LSTM paper."""

from pathlib import Path

from rich.console import Console
from rich.table import Column, Table


def show_technologies(results: dict, missing: dict[str, str], out: Path) -> None:
    """Print the results of ``reproduction.technology_reproduce``."""
    console = Console()
    names = list(next(iter(results.values()))[0].scores.accuracy_by_label) if results else []
    shown = Table(Column("row", no_wrap=True), *(Column(name, justify="right") for name in ("paper / %", "ours / %", *names)))
    for row, runs in results.items():
        ours = [100 * sum(value) / len(runs) for value in zip(*((run.scores.accuracy, *run.scores.accuracy_by_label.values()) for run in runs))]
        shown.add_row(row.name, "" if row.paper is None else f"{row.paper:g}", *(f"{value:.1f}" for value in ours))
    console.print(shown)
    if missing:
        console.print(f"Not trained: {len(missing)} models. The page has the command for each.")
    console.print(f"Written: {out / 'README.md'}", soft_wrap=True)


def show_magnitude_fft(right: dict[str, float], out: Path) -> None:
    """Print the results of ``reproduction.magnitude_fft``."""
    console = Console()
    for title, percent in right.items():
        console.print(f"{title}: {percent:.2f}% right")
    console.print(f"Written: {out / 'README.md'}", soft_wrap=True)
