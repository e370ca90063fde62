# SPDX-License-Identifier: GPL-3.0-or-later
"""The pictures of the joint paper's tables: emitters right by SNR, confusion of both heads at 0 dB (figs. 5 and 6), and both by weight (fig. 7)."""

from pathlib import Path

import numpy as np

from ..datasets.amplifiers import SNRS_DB
from .joint_measure import LABELS, JointResult
from .joint_rows import EMITTER, MODULATION, JointRow
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


@styled
def draw_weights(results: dict[JointRow, list[JointResult]], path: Path) -> None:
    """Draw the share of both heads right over the weight of the emitters' loss, a line for each SNR; hollow is what the paper states."""
    figure, panels = grid(2, 2, 6.4, 5.6)
    weights = [row.emitter_weight for row in results]
    for axes, head in zip(panels, (EMITTER, MODULATION)):
        for number, snr in enumerate(SNRS_DB):
            style = line_style(number)
            axes.plot(weights, [100 * np.mean([run.test.by_snr[head][snr] for run in runs]) for runs in results.values()], label=f"{snr} dB", clip_on=False, **style)
            for row in results:
                if head in row.paper:
                    axes.plot(row.emitter_weight, row.paper[head][number], **style, fillstyle="none", markersize=11, clip_on=False)
        axes.set(xlabel=f"weight of the {EMITTER}'s loss; the {MODULATION}'s has the rest", title=f"{head} (hollow: the paper)", xlim=(0, 1))
        percent_axis(axes, "right / %")
        axes.legend(loc="lower right")
    save_picture(figure, path)


def draw_confusion(results: dict[JointRow, list[JointResult]], head: str, path: Path) -> None:
    """Draw each row's confusion of a head at the lowest SNR, summed over its seeds."""
    matrices = {
        f"{row.title}, {SNRS_DB[0]} dB": sum(run.test.lowest[head] for run in runs)
        for row, runs in results.items()
        if head in runs[0].test.lowest
    }
    draw_matrices(matrices, LABELS[head], path)
