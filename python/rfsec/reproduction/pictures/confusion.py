# SPDX-License-Identifier: GPL-3.0-or-later
"""Confusion matrices: of the whole test set for each row, or of one row at 18, 0 and -8 dB."""

from pathlib import Path

import numpy as np

from ..measure import RowResult
from .style import grid, save_picture, styled

SNRS = ("18", "0", "-8")  # the LSTM paper's figures 4 to 6


def draw_confusions(results: list[RowResult], path: Path) -> None:
    """Draw each row's matrix over all SNRs, summed over its seeds: the SigNet paper's figure 5."""
    matrices = {one.row.title: sum(run.evaluation.confusion for run in one.runs) for one in results}
    draw_matrices(matrices, results[0].runs[0].evaluation.labels, path)


def draw_confusions_at_snrs(result: RowResult, path: Path) -> None:
    """Draw one row's matrices at 18, 0 and -8 dB, summed over its seeds."""
    matrices = {
        f"{result.row.title}, {snr} dB": sum(run.evaluation.confusion_by_snr[snr] for run in result.runs)
        for snr in SNRS
        if snr in result.runs[0].evaluation.confusion_by_snr
    }
    draw_matrices(matrices, result.runs[0].evaluation.labels, path)


@styled
def draw_matrices(matrices: dict[str, np.ndarray], labels: tuple[str, ...], path: Path) -> None:
    """Draw matrices [true, predicted] by title, in percent of the true label."""
    figure, all_axes = grid(len(matrices), 3, 4.6, 4.5)
    for axes, (title, matrix) in zip(all_axes, matrices.items()):
        percent = 100 * matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
        image = axes.imshow(percent, cmap="Blues", vmin=0, vmax=100)
        for true, predicted in np.argwhere(np.round(percent) >= 1):
            value = percent[true, predicted]
            axes.text(
                predicted, true, f"{value:.0f}", ha="center", va="center", fontsize=6.5, color="w" if value > 55 else "k"
            )
        axes.set_xticks(range(len(labels)), labels, rotation=90, fontsize=7.5)
        axes.set_yticks(range(len(labels)), labels, fontsize=7.5)
        axes.set(title=title, xlabel="predicted", ylabel="true")
    figure.colorbar(image, ax=all_axes[:3][-1], label="% of the true label's windows", shrink=0.8)
    save_picture(figure, path)
