# SPDX-License-Identifier: GPL-3.0-or-later
"""Flat maps of what the networks compute before their last layer: the SigNet paper's figure 8."""

from pathlib import Path

import numpy as np

from .style import MARKERS, colour_of, grid, save_picture


def draw_features(maps: dict[str, np.ndarray], label: np.ndarray, labels: tuple[str, ...], path: Path) -> None:
    """Draw each row's map [n, 2] with a colour and marker for each label; `label` [n] is common to all."""
    figure, all_axes = grid(len(maps), 3, 4.4, 4.4)
    for axes, (title, points) in zip(all_axes, maps.items()):
        for number, name in enumerate(labels):
            chosen = points[label == number]
            marker = MARKERS[(number // 7 * 5 + number) % len(MARKERS)]
            axes.scatter(*chosen.T, s=14, color=colour_of(number), marker=marker, linewidths=0, alpha=0.75, label=name)
        axes.set(title=title, xticks=[], yticks=[], xlabel="t-SNE 1", ylabel="t-SNE 2")
    columns = len(labels) if len(maps) > 2 else 6 if len(maps) == 2 else 4
    handles, names = all_axes[0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower center", ncols=columns, markerscale=1.6, frameon=False)
    save_picture(figure, path)
