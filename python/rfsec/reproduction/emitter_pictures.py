# SPDX-License-Identifier: GPL-3.0-or-later
"""The pictures of the siamese paper's table: equal error rates by condition, identification by the number enrolled."""

from pathlib import Path

import numpy as np

from ..datasets.emitter_conditions import CONDITIONS
from .emitter_measure import ENROLLED, EmitterResult
from .emitter_rows import EmitterRow
from .pictures.style import colour_of, grid, line_style, percent_axis, save_picture, styled

_CHANCE = 50.0  # percent


@styled
def draw_conditions(results: dict[EmitterRow, list[EmitterResult]], path: Path) -> None:
    """Draw the equal error rate of single windows (bars) and of the most that are fused (dots), mean over the seeds."""
    names = [one.name for one in CONDITIONS]
    figure, [axes] = grid(1, 1, 11, 6)
    width = 0.8 / len(results)
    for number, (row, runs) in enumerate(results.items()):
        at = np.arange(len(names)) + (number - (len(results) - 1) / 2) * width
        most = max(runs[0].scores)
        axes.bar(at, _rates(runs, 1, names), width, color=colour_of(number), label=row.title, alpha=0.35 + 0.65 * (number < 7))
        axes.plot(at, _rates(runs, most, names), "k.", markersize=4, label=f"{most} windows fused" if number == 0 else None)
    axes.axhline(_CHANCE, color="0.5", linewidth=0.8, linestyle=":")
    axes.set_xticks(range(len(names)), [name.replace(", another", ",\nanother").replace(" and ", "\nand ") for name in names],
                    rotation=60, fontsize=8)
    percent_axis(axes, "equal error rate / % (50 is chance)")
    axes.set_ylim(0, 65)
    axes.legend(ncols=2, loc="lower center", bbox_to_anchor=(0.5, 1.0))  # above the bars, which fill the axes
    save_picture(figure, path)


@styled
def draw_one_shot(results: dict[EmitterRow, list[EmitterResult]], path: Path) -> None:
    """Draw the share of bursts identified against the number enrolled, a line for each number of emitters, of the last row."""
    row, runs = list(results.items())[-1]
    conditions = list(dict.fromkeys(one.condition for one in runs[0].one_shot))
    figure, all_axes = grid(len(conditions), 2, 5, 4)
    for axes, condition in zip(all_axes, conditions):
        for number, emitters in enumerate(dict.fromkeys(one.emitters for one in runs[0].one_shot)):
            shares = [100 * np.mean([one.identified for run in runs for one in run.one_shot
                                     if (one.condition, one.emitters, one.enrolled) == (condition, emitters, enrolled)])
                      for enrolled in ENROLLED]
            axes.plot(ENROLLED, shares, label=f"{emitters} emitters", **line_style(number))
        axes.set(title=f"{row.title}\n{condition}", xlabel="enrolled bursts of each emitter")
        percent_axis(axes, "identified / %")
        axes.legend(loc="lower right")
    save_picture(figure, path)


def _rates(runs: list[EmitterResult], together: int, names: list[str]) -> list[float]:
    return [100 * float(np.mean([run.scores[together][name].equal_error_rate for run in runs])) for name in names]
