# SPDX-License-Identifier: GPL-3.0-or-later
"""How NIST SP 800-22 judges a generator by many sequences: how many pass, and whether the P-values are uniform (section 4.2)."""

from dataclasses import dataclass

import numpy as np
from scipy import special

from .nist import TESTS

PASSES = 0.01
_CELLS = 10


@dataclass(frozen=True)
class Proportion:
    """What one test says of many sequences.

    Attributes
    ----------
    passed : float
        Share of the sequences whose P-values are all at least 0.01.
    expected : tuple of float
        The interval in which that share is to be: 0.99 to the number of P-values, and three standard deviations (4.2.1).
    uniformity : float
        P-value of the P-values being uniform over ten cells, the least where there are two (4.2.2). Short sequences have few
        different P-values and fail this by their shortness.
    """

    passed: float
    expected: tuple[float, float]
    uniformity: float

    @property
    def as_expected(self) -> bool:
        """Whether the share is not below the interval."""
        return self.passed >= self.expected[0]


def sequences_of(bits: np.ndarray, length: int) -> np.ndarray:
    """Cut bits uint8 [n] into sequences [m, length], one after the other; what is left over at the end is left out."""
    return bits[: len(bits) // length * length].reshape(-1, length)


def proportions(sequences: np.ndarray) -> dict[str, Proportion | None]:
    """Return what each test says of sequences uint8 [m, n]; None where they are too short for it."""
    found: dict[str, Proportion | None] = {}
    for name, test in TESTS.items():
        found[name] = None
        if sequences.shape[1] >= test.fewest_bits:
            values = test.run(sequences)
            share = (1 - PASSES) ** values.shape[1]
            away = 3 * np.sqrt(share * (1 - share) / len(values))
            counts = np.stack([np.bincount(np.minimum((one * _CELLS).astype(int), _CELLS - 1), minlength=_CELLS) for one in values.T])
            even = len(values) / _CELLS
            uniform = special.gammaincc((_CELLS - 1) / 2, np.sum((counts - even) ** 2, axis=1) / even / 2)
            found[name] = Proportion(float((values >= PASSES).all(axis=1).mean()), (share - away, min(1.0, share + away)), float(uniform.min()))
    return found
