# SPDX-License-Identifier: GPL-3.0-or-later
"""What all pictures share: colours that colour-blind readers can tell apart, sizes, and whole files or none."""

import math
from pathlib import Path

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from ...datasets.files import written_aside

# Okabe and Ito, Color Universal Design, 2008; without yellow, which is too light on white.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
MARKERS = "os^DvPX<>*p"
_DASHES = ("-", "--", ":")
_DPI = 120
#: Decorates each function that draws a picture.
styled = rc_context({"font.size": 9, "axes.titlesize": 10, "legend.fontsize": 8, "axes.axisbelow": True})


def colour_of(number: int) -> str:
    """Colour of the line or label with this number; after the last they begin again, in another dash or marker."""
    return COLOURS[number % len(COLOURS)]


def line_style(number: int) -> dict[str, str]:
    """Keywords of the line with this number: colour, marker and dash, alike for no two of 21."""
    dash = _DASHES[number // len(COLOURS) % len(_DASHES)]
    return {"color": colour_of(number), "marker": MARKERS[number % len(MARKERS)], "linestyle": dash}


def grid(count: int, columns: int, width: float, height: float) -> tuple[Figure, list[Axes]]:
    """Make a figure of `count` axes in rows of at most `columns`, each `width` x `height` inches."""
    columns = min(count, columns)
    rows = math.ceil(count / columns)
    figure = Figure(figsize=(columns * width, rows * height), layout="constrained")
    FigureCanvasAgg(figure)
    axes = [figure.add_subplot(rows, columns, number + 1) for number in range(count)]
    return figure, axes


def percent_axis(axes: Axes, label: str = "accuracy / %") -> None:
    """Make y an axis of percent, with lines to read it by."""
    axes.set_ylim(0, 100)
    axes.set_yticks(range(0, 101, 10))
    axes.set_ylabel(label)
    axes.grid(True, color="0.88", linewidth=0.8)


def save_picture(figure: Figure, path: Path) -> None:
    """Write a PNG, whole or not at all; OutputError where it cannot be written."""
    with written_aside(path, "picture") as aside:
        figure.savefig(aside, format="png", dpi=_DPI, metadata={"Software": None})
