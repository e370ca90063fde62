# SPDX-License-Identifier: GPL-3.0-or-later
"""Windows a second of each row, beside the platforms of the paper."""

from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.ticker import LogFormatter

from ..measure import RowResult
from .style import MARKERS, colour_of, grid, save_picture, styled


class _PlainLogFormatter(LogFormatter):
    """Plain numbers, at the ticks that are worth a label: within a decade those between its ends too."""

    def __call__(self, x: float, pos: int | None = None) -> str:
        return f"{x:,.0f}" if super().__call__(x, pos) else ""


def speed_axis(axes: Axes) -> None:
    """Make x a logarithmic axis of windows a second, with lines to read it by."""
    axes.set(xscale="log", xlabel="windows a second")
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.xaxis.set_minor_formatter(_PlainLogFormatter())
    axes.grid(True, which="major", color="0.85")


@styled
def draw_speed(results: list[RowResult], platforms: dict[str, dict[str, int]], path: Path) -> None:
    """Draw a line a row, a marker a machine; the axis of windows a second is logarithmic."""
    rows = results[::-1]
    figure, (axes,) = grid(1, 1, 8.4, 1.6 + 0.6 * len(rows))
    axes.scatter(
        [one.windows_per_s for one in rows],
        range(len(rows)),
        s=110,
        color=colour_of(0),
        label="this machine, 1 thread",
        marker="*",
        zorder=3,
    )
    for number, (name, figures) in enumerate(platforms.items(), 1):
        points = [(figures[one.row.name], y) for y, one in enumerate(rows) if one.row.name in figures]
        axes.scatter(*zip(*points), s=36, color=colour_of(number), marker=MARKERS[number], label=f"paper: {name}")
    axes.set_yticks(range(len(rows)), [one.row.title for one in rows])
    speed_axis(axes)
    axes.set_ylim(-0.6, len(rows) - 0.4)
    axes.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), frameon=False)
    save_picture(figure, path)
