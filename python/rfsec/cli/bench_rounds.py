# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs that alternate, so that what slows the machine down for a while slows all of them."""

from statistics import median

from ..errors import ParameterError

ROUNDS = 7


def alternate(runs: dict, rounds: int = ROUNDS) -> dict[str, list[float]]:
    """Call each of ``runs`` (name -> function that gives a rate) once a round; return the rates of all rounds."""
    rates = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            rates[name].append(run())
    return rates


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
