# SPDX-License-Identifier: GPL-3.0-or-later
"""The min-entropy of probes as it is measured offline, from many of them."""

from dataclasses import dataclass, replace

import numpy as np

from . import entropy_estimates as estimates
from .entropy import FEWEST_PROBES, ProbeCredit
from .guard_band import GUARD


@dataclass(frozen=True)
class Worth:
    """Min-entropy of many probes of one kind, as measured.

    Parameters
    ----------
    means : dict of str to float
        Mean bits of a probe by each estimate: those of `ProbeCredit.limits`, and "patterns", the most common probe, which
        can't tell more than log2 of the number of probes.
    each : float64 [n]
        Bits of each probe, the least of all estimates, and of what it holds when all before it are known.
    """

    means: dict[str, float]
    each: np.ndarray

    @property
    def bits_per_probe(self) -> float:
        """The mean of all probes; 0 where there are none."""
        return float(self.each.mean()) if self.each.size else 0.0


def measure_worth(words: np.ndarray, credit: ProbeCredit, tolerance: float = 0.0) -> Worth:
    """Measure probes offline: what their kind is worth, from as many as there are, and what each of them is.

    Parameters
    ----------
    words : int8 [n, m]
        Symbols, `GUARD` where either end has a guard band.
    credit : ProbeCredit
    tolerance : float
        Share of symbols, 0 to 1, in which two measurements of one channel differ.
    """
    if len(words) < FEWEST_PROBES:
        return Worth(credit.limits(words), np.zeros(len(words)))
    patterns = estimates.of_patterns(words, credit.levels, tolerance)
    most = replace(credit, most_bits=min(credit.most_bits, patterns))
    return Worth({**credit.limits(words), "patterns": patterns}, most.each(words, words != GUARD, words[:0]))
