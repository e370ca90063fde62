# SPDX-License-Identifier: GPL-3.0-or-later
"""How often each gate of an LSTM is shut or open: the LSTM paper's figure 11."""

from pathlib import Path

from ..gates import GATES, Saturation
from .style import colour_of, grid, save_picture, styled


@styled
def draw_gates(layers: list[Saturation], title: str, path: Path) -> None:
    """Draw a circle for each cell's gate, a row of axes for each layer."""
    figure, all_axes = grid(3 * len(layers), 3, 3.6, 3.7)
    for number, axes in enumerate(all_axes):
        layer, gate = divmod(number, 3)
        axes.plot([0, 1], [1, 0], color="0.75", linewidth=1)
        axes.scatter(
            layers[layer].right[gate], layers[layer].left[gate], s=28, facecolors="none", edgecolors=colour_of(gate), alpha=0.7
        )
        axes.set(xlim=(-0.03, 1.03), ylim=(-0.03, 1.03), aspect="equal", title=f"layer {layer + 1}, {GATES[gate]} gate")
        axes.set(xlabel="share of time above 0.9", ylabel="share of time below 0.1")
        axes.grid(True, color="0.9")
    figure.suptitle(title)
    save_picture(figure, path)
