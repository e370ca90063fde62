# SPDX-License-Identifier: GPL-3.0-or-later
"""Figures from runs that alternate, see ``inference.interleaved.alternate``."""

from statistics import median

from ..errors import ParameterError


def ratio(rates: dict[str, list[float]], ours: str, theirs: str) -> float:
    """Median over the rounds of ours / theirs: what slows the machine down for a while slows both."""
    return rounded(median(one / other for one, other in zip(rates[ours], rates[theirs])))


def rounded(value: float) -> float:
    """``value`` to four digits: more would be noise."""
    return float(f"{value:.4g}")


def check_seconds(**lengths: float) -> None:
    """Raises ParameterError unless each length of time, named like its option, is above 0 and finite."""
    for name, value in lengths.items():
        if not 0 < value < float("inf"):
            raise ParameterError(f"--{name.replace('_', '-')} must be above 0 s. Got {value} instead.")
