# SPDX-License-Identifier: GPL-3.0-or-later
"""Flat maps of what the networks compute before their last layer: the SigNet paper's figure 8."""

from pathlib import Path

import numpy as np

from .style import MARKERS, colour_of, grid, save_picture, styled


@styled
def draw_features(maps: dict[str, np.ndarray], label: np.ndarray, labels: tuple[str, ...], path: Path) -> None:
    """Draw each row's map [n, 2] with a colour and marker for each label; `label` [n] is common to all."""
    figure, (*all_axes, key) = grid(len(maps) + 1, 3, 4.2, 4.2)
    for axes, (title, points) in zip(all_axes, maps.items()):
        for number, name in enumerate(labels):
            chosen = points[label == number]
            marker = MARKERS[(number // 7 * 5 + number) % len(MARKERS)]
            axes.scatter(*chosen.T, s=14, color=colour_of(number), marker=marker, linewidths=0, alpha=0.75, label=name)
        axes.set(title=title, xticks=[], yticks=[], xlabel="t-SNE 1", ylabel="t-SNE 2")
    key.axis("off")
    key.legend(*all_axes[0].get_legend_handles_labels(), loc="center", ncols=2, markerscale=1.8, frameon=False)
    save_picture(figure, path)
