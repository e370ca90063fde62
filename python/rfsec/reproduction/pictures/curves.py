# SPDX-License-Identifier: GPL-3.0-or-later
"""Accuracy over SNR, one line a row, one axes a panel of the table."""

from pathlib import Path

import numpy as np

from ..measure import RowResult
from ..table import Row
from .style import grid, line_style, percent_axis, save_picture, styled


@styled
def draw_curves(results: list[RowResult], path: Path) -> None:
    """Draw each row's mean accuracy at each SNR; the band is from the worst to the best seed.

    A dotted line is the mean that the paper states over the SNRs that it spans, an open marker what it states at one.
    """
    panels = list(dict.fromkeys(result.row.panel for result in results))
    figure, all_axes = grid(len(panels), 2, 6.4, 5.6)
    for panel, axes in zip(panels, all_axes):
        for number, result in enumerate(one for one in results if one.row.panel == panel):
            _draw_row(axes, result, number)
        if any(_has_stated_mean(one.row) for one in results if one.row.panel == panel):
            axes.plot([], [], ":", color="0.4", linewidth=2, label="mean that the paper states")
        if any(_is_stated_at_one(one.row) for one in results if one.row.panel == panel):
            axes.plot([], [], "s", color="0.4", markerfacecolor="none", markersize=9, label="what the paper states at one SNR")
        percent_axis(axes)
        axes.set_xlabel("SNR label / dB")
        axes.set_title(panel)
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.12), ncols=2)  # below: curves fill the axes
    save_picture(figure, path)


def _draw_row(axes, result: RowResult, number: int) -> None:
    curves = np.array([list(run.evaluation.accuracy_by_snr.values()) for run in result.runs]) * 100
    snrs = [float(snr) for snr in result.runs[0].evaluation.accuracy_by_snr]
    style = line_style(number)
    axes.plot(snrs, curves.mean(axis=0), label=result.row.title, linewidth=1.5, markersize=4, **style)
    if len(curves) > 1:
        axes.fill_between(snrs, curves.min(axis=0), curves.max(axis=0), color=style["color"], alpha=0.2, linewidth=0)
    if _has_stated_mean(result.row):
        axes.hlines(result.row.paper.percent, *result.row.snrs_db, color=style["color"], linestyle=":", linewidth=2)
    if _is_stated_at_one(result.row):
        axes.scatter(result.row.snrs_db[0], result.row.paper.percent, s=90, facecolors="none", edgecolors=style["color"], marker=style["marker"])


def _is_stated_at_one(row: Row) -> bool:
    return row.paper is not None and row.snrs_db is not None and row.snrs_db[0] == row.snrs_db[1]


def _has_stated_mean(row: Row) -> bool:
    return row.paper is not None and row.snrs_db is not None and row.snrs_db[0] < row.snrs_db[1]
