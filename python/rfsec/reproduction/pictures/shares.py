# SPDX-License-Identifier: GPL-3.0-or-later
"""Accuracy over the share of the training set that was used: the SigNet paper's figure 7."""

from pathlib import Path

from ..measure import RowResult
from .style import grid, line_style, percent_axis, save_picture, styled


@styled
def draw_shares(results: list[RowResult], path: Path) -> None:
    """Draw a line a model through its rows; open markers are the figures that the paper's text states."""
    panels = list(dict.fromkeys(result.row.panel for result in results))
    titles = list(dict.fromkeys(result.row.title for result in results))
    figure, all_axes = grid(len(panels), 2, 6.4, 4.6)
    for panel, axes in zip(panels, all_axes):
        for number, title in enumerate(titles):
            found = sorted((one for one in results if (one.row.panel, one.row.title) == (panel, title)), key=_share)
            if not found:
                continue
            style = line_style(number)
            errors = [one.spread or 0 for one in found]
            axes.errorbar(
                [_share(one) for one in found],
                [one.percent for one in found],
                yerr=errors,
                label=title,
                linewidth=1.5,
                markersize=5,
                capsize=3,
                **style,
            )
            stated = [one for one in found if one.row.paper]
            axes.scatter(
                [_share(one) for one in stated],
                [one.row.paper.percent for one in stated],
                s=70,
                facecolors="none",
                edgecolors=style["color"],
                marker=style["marker"],
            )
        percent_axis(axes)
        axes.set(xscale="log", title=f"{panel} (open markers: the paper)")
        few = {_share(one): one.row for one in results if one.row.panel == panel}
        axes.set_xticks(list(few), [str(row.windows_per_cell) for row in few.values()])
        axes.minorticks_off()
        axes.set_xlabel(f"training windows of each label at each SNR, of {next(iter(few.values())).of_windows_per_cell}")
        axes.legend(loc="upper left")
    save_picture(figure, path)


def _share(result: RowResult) -> float:
    return 100 * result.row.windows_per_cell / result.row.of_windows_per_cell
