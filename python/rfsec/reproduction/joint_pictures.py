# SPDX-License-Identifier: GPL-3.0-or-later
"""The pictures of the joint paper's tables: emitters right by SNR, and the confusion of both heads at 0 dB (figs. 5 and 6)."""

from pathlib import Path

import numpy as np

from ..datasets.amplifiers import SNRS_DB
from .joint_measure import LABELS, JointResult
from .joint_rows import EMITTER, JointRow
from .pictures.confusion import draw_matrices
from .pictures.style import grid, line_style, percent_axis, save_picture, styled


@styled
def draw_emitters(results: dict[JointRow, list[JointResult]], path: Path) -> None:
    """Draw the share of emitters right by SNR, mean over the seeds; dotted is what the paper states."""
    figure, [axes] = grid(1, 1, 8, 5.5)
    rows = [(row, runs) for row, runs in results.items() if EMITTER in runs[0].test.by_snr]
    for number, (row, runs) in enumerate(rows):
        style = line_style(number)
        axes.plot(SNRS_DB, [100 * np.mean([run.test.by_snr[EMITTER][snr] for run in runs]) for snr in SNRS_DB], label=row.title, **style)
        if EMITTER in row.paper:
            axes.plot(SNRS_DB, row.paper[EMITTER], color=style["color"], linestyle=":", linewidth=1)
    axes.set(xlabel="SNR / dB", title="Emitters (dotted: the paper)")
    percent_axis(axes, "right / %")
    axes.legend(loc="lower right", fontsize=8)
    save_picture(figure, path)


def draw_confusion(results: dict[JointRow, list[JointResult]], head: str, path: Path) -> None:
    """Draw each row's confusion of a head at the lowest SNR, summed over its seeds."""
    matrices = {
        f"{row.title}, {SNRS_DB[0]} dB": sum(run.test.lowest[head] for run in runs)
        for row, runs in results.items()
        if head in runs[0].test.lowest
    }
    draw_matrices(matrices, LABELS[head], path)
