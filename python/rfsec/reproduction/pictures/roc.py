# SPDX-License-Identifier: GPL-3.0-or-later
"""Receiver operating characteristics, micro and macro averaged over the labels: the SigNet paper's figure 6."""

from pathlib import Path

import numpy as np
from sklearn.metrics import auc, roc_curve

from ...inference.evaluation import Evaluation
from ..measure import RowResult
from .style import colour_of, grid, line_style, save_picture, styled

_POINTS = np.linspace(0, 1, 501)


def roc_curves(evaluation: Evaluation) -> dict[str, np.ndarray]:
    """Return the true positive rate [501] at false positive rates from 0 to 1, "micro" and "macro" averaged.

    Micro pools each window's decision on each label; macro is the mean of the labels' own curves.
    """
    truth = np.eye(len(evaluation.labels), dtype=bool)[evaluation.truth]
    present = truth.any(axis=0)
    curves = [_on_grid(truth[:, label], evaluation.probabilities[:, label]) for label in np.flatnonzero(present)]
    pooled = _on_grid(truth[:, present].ravel(), evaluation.probabilities[:, present].ravel())
    return {"micro": pooled, "macro": np.mean(curves, axis=0)}


def area(curve: np.ndarray) -> float:
    """Return the area under a curve of `roc_curves`."""
    return float(auc(_POINTS, curve))


@styled
def draw_roc(results: list[RowResult], path: Path) -> None:
    """Draw the curves of each row's first seed, with the area under each in the legend."""
    figure, all_axes = grid(2, 2, 6.0, 5.4)
    curves = [(result.row.title, roc_curves(result.runs[0].evaluation)) for result in results]
    for axes, average in zip(all_axes, ("micro", "macro")):
        for number, (title, found) in enumerate(curves):
            dash = line_style(number)["linestyle"]
            label = f"{title}: AUC {area(found[average]):.3f}"
            axes.plot(_POINTS, found[average], color=colour_of(number), linestyle=dash, linewidth=1.5, label=label)
        axes.plot([0, 1], [0, 1], color="0.7", linewidth=1)
        axes.set(xlim=(0, 1), ylim=(0, 1.01), xlabel="false positive rate", ylabel="true positive rate")
        axes.set(title=f"{average} average over the labels", aspect="equal")
        axes.grid(True, color="0.88")
        axes.legend(loc="lower right")
    save_picture(figure, path)


def _on_grid(truth: np.ndarray, score: np.ndarray) -> np.ndarray:
    false_rate, true_rate, _ = roc_curve(truth, score)
    return np.interp(_POINTS, false_rate, true_rate)
