# SPDX-License-Identifier: GPL-3.0-or-later
"""The picture of a table of the KGNet paper: a panel for each score."""

from pathlib import Path

from .keygen_results import Results
from .pictures.style import grid, line_style, save_picture, styled

_LABELS = {"nmse": "NMSE of features", "nmse_h": "NMSE of H", "key_error_rate": "key error rate", "key_generation_ratio": "key generation ratio"}
_LINEAR = "key_generation_ratio"
_LEAST = 1e-9  # no error at all has no place on a logarithmic axis
Curves = dict[str, list[tuple[float, object]]]  # by label: where, and the point there


@styled
def draw_points(results: Results, path: Path) -> None:
    """Draw each score of the table by SNR, a line for each mapping and quantizer, or by what else the table's axis is."""
    curves = _by_snr(results) if results.table.axis.startswith("SNR") else _by_row(results)
    figure, panels = grid(len(results.table.drawn), 2, 6.4, 5.8)
    for score, axes in zip(results.table.drawn, panels):
        for number, (label, found) in enumerate(curves.items()):
            values = [getattr(one, score) for _, one in found]
            shown = values if score == _LINEAR else [value if value > _LEAST else float("nan") for value in values]
            axes.plot([at for at, _ in found], shown, label=label, linewidth=1.5, markersize=4, **line_style(number))
        axes.set(xlabel=results.table.axis, ylabel=_LABELS[score], yscale="linear" if score == _LINEAR else "log")
        axes.grid(True, color="0.88", linewidth=0.8)
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.12), ncols=2, fontsize=7)  # below: curves fill the axes
    save_picture(figure, path)


def _by_snr(results: Results) -> Curves:
    curves: Curves = {}
    for title, found in results.points.items():
        for one in found:
            several = len(results.table.quantizers) > 1
            label = f"{title}, K = {one.levels}, factor {one.epsilon:.3g}" if several else title
            curves.setdefault(label, []).append((one.snr_db, one))
    return curves


def _by_row(results: Results) -> Curves:
    curves: Curves = {}
    for row in results.cards:
        curves.setdefault(row.curve, []).extend((row.at, one) for one in results.points[row.title])
    return curves
