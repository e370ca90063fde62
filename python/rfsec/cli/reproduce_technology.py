# SPDX-License-Identifier: GPL-3.0-or-later
"""``rfsec reproduce`` of table IV, figure 15 and figure 16 of the LSTM paper."""

from ..errors import ParameterError
from .plain import say
from .reproduce_asked import Asked
from .reproduce_tables import figures_table, show


def run_technologies(asked: Asked) -> tuple[dict, dict[str, str]]:
    """Return the results of ``reproduction.technology_reproduce``, and what has no model."""
    from ..reproduction.technology_reproduce import TEST_PER_LABEL, reproduce_technologies

    return reproduce_technologies(asked.table, asked.out, asked.options(TEST_PER_LABEL), asked.command, asked.report)


def show_technologies(found: tuple[dict, dict[str, str]]) -> None:
    """Print them."""
    results, missing = found
    names = list(next(iter(results.values()))[0].scores.accuracy_by_label) if results else []
    table = figures_table("row", "paper / %", "ours / %", *names)
    for row, runs in results.items():
        ours = [100 * sum(value) / len(runs) for value in zip(*((run.scores.accuracy, *run.scores.accuracy_by_label.values()) for run in runs))]
        table.add_row(row.name, "" if row.paper is None else f"{row.paper:g}", *(f"{value:.1f}" for value in ours))
    show([table], missing)


def run_magnitude_fft(asked: Asked) -> dict[str, float]:
    """Return the results of ``reproduction.magnitude_fft``."""
    from ..reproduction.magnitude_fft import TEST_PER_CELL, reproduce_magnitude_fft

    if asked.seeds != 1 or asked.training or asked.only:
        raise ParameterError(
            f"{asked.table} has one row, of one seed, which needs no training beforehand. Leave out --seeds, --train and --only."
        )
    return reproduce_magnitude_fft(asked.out, asked.windows(TEST_PER_CELL), asked.threads, asked.command, asked.report)


def show_magnitude_fft(right: dict[str, float]) -> None:
    """Print them."""
    for title, percent in right.items():
        say(f"{title}: {percent:.2f}% right")
