# SPDX-License-Identifier: GPL-3.0-or-later
"""``rfsec reproduce`` of the siamese paper's table of encoders."""

from .reproduce_asked import Asked
from .reproduce_tables import figures_table, show

_TEST_WINDOWS = 192  # of each recording
_EMITTERS = 64  # of each condition


def run_emitters(asked: Asked) -> tuple[dict, dict[str, str]]:
    """Return the results of ``reproduction.emitter_reproduce``, and what has no model."""
    from ..reproduction.emitter_reproduce import reproduce_emitters

    emitters = _EMITTERS if asked.emitters is None else asked.emitters
    return reproduce_emitters(asked.out, asked.options(_TEST_WINDOWS), emitters, asked.command, asked.report)


def show_emitters(found: tuple[dict, dict[str, str]]) -> None:
    """Print them."""
    from ..datasets.emitter_conditions import CONDITIONS

    results, missing = found
    first = CONDITIONS[0].name
    table = figures_table("row", "paper / %", "ours / %", *(f"EER / %, {one.name}" for one in CONDITIONS[1:4]))
    for row, runs in results.items():
        scores = runs[0].scores[1]
        table.add_row(row.name, "" if row.paper is None else f"{row.paper:g}", f"{100 * scores[first].pair_accuracy:.2f}",
                      *(f"{100 * scores[one.name].equal_error_rate:.1f}" for one in CONDITIONS[1:4]))
    show([table], missing, "encoders")
