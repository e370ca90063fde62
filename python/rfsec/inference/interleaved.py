# SPDX-License-Identifier: GPL-3.0-or-later
"""Timed runs that take turns, so that what slows the machine down for a while slows all of them."""

from collections.abc import Callable

ROUNDS = 7


def alternate(
    runs: dict[str, Callable[[], float]], rounds: int = ROUNDS, report: Callable[[int], None] = lambda done: None
) -> dict[str, list[float]]:
    """Call each of ``runs`` (name -> function that gives a rate) once a round; return the rates of all rounds.

    ``report`` gets the number of rounds done.
    """
    rates = {name: [] for name in runs}
    for number in range(rounds):
        for name, run in runs.items():
            rates[name].append(run())
        report(number + 1)
    return rates
