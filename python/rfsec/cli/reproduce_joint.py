# SPDX-License-Identifier: GPL-3.0-or-later
"""``rfsec reproduce`` of a table of the joint modulation and emitter paper."""

from statistics import mean

from .reproduce_asked import Asked
from .reproduce_tables import figures_table, show

_TEST_WINDOWS = 15  # of each amplifier's recording at each SNR


def run_joint(asked: Asked) -> tuple[dict, dict[str, str]]:
    """Return the results of ``reproduction.joint_reproduce``, and what has no model."""
    from ..reproduction.joint_reproduce import reproduce_joint

    return reproduce_joint(asked.table, asked.out, asked.options(_TEST_WINDOWS), asked.command, asked.report)


def show_joint(found: tuple[dict, dict[str, str]]) -> None:
    """Print them."""
    from ..datasets.amplifiers import SNRS_DB

    results, missing = found
    table = figures_table("row", "right / %", *(f"{snr} dB" for snr in SNRS_DB))
    for row, runs in results.items():
        for head in runs[0].test.by_snr:
            table.add_row(row.name, head, *(f"{100 * mean(run.test.by_snr[head][snr] for run in runs):.1f}" for snr in SNRS_DB))
            if head in row.paper:
                table.add_row("", "the paper", *(f"{share:g}" for share in row.paper[head]))
    show([table], missing)
