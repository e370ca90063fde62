# SPDX-License-Identifier: GPL-3.0-or-later
"""Eight statistical tests of NIST SP 800-22 Rev. 1a, over many sequences at once, with the reference code's defaults.

What they accept may still be known to Eve: after a hash every sequence passes, one without any entropy too. Raw bits tell more.
Each test takes bits uint8 [m, n], of 0 and 1, and returns P-values float64 [m, k]; k is 2 where the standard has two. Sections
are the standard's; numbers as in its reference code (sts 2.1.2).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import fft, special

from .nist_patterns import FEWEST_OF_ENTROPY, FEWEST_OF_SERIAL, approximate_entropy, serial
from .nist_rank import FEWEST_BITS as RANK_BITS
from .nist_rank import rank

BLOCK = 128


def frequency(bits: np.ndarray) -> np.ndarray:
    """Section 2.1: as many ones as zeros."""
    excess = np.abs(2 * bits.sum(axis=1, dtype=np.int64) - bits.shape[1])
    return special.erfc(excess / np.sqrt(2 * bits.shape[1]))[:, None]


def block_frequency(bits: np.ndarray) -> np.ndarray:
    """Section 2.2: as many ones as zeros in each block of 128."""
    count = bits.shape[1] // BLOCK
    shares = bits[:, : count * BLOCK].reshape(len(bits), count, BLOCK).mean(axis=2)
    return special.gammaincc(count / 2, 2 * BLOCK * np.sum((shares - 0.5) ** 2, axis=1))[:, None]


def cumulative_sums(bits: np.ndarray) -> np.ndarray:
    """Section 2.13: no far excursion of the sums, from the first bit on and from the last."""
    count = bits.shape[1]
    sums = np.cumsum(2 * bits.astype(np.int8) - 1, axis=1, dtype=np.int32)
    total, lowest, highest = sums[:, -1], sums.min(axis=1), sums.max(axis=1)
    before = np.minimum(lowest, 0), np.maximum(highest, 0)  # and the last one, which is 0 from the total
    farthest = np.stack((np.maximum(-lowest, highest), np.maximum(total - before[0], before[1] - total)), axis=1)
    return np.array([[_cumulative(count, int(one)) for one in row] for row in farthest])


def _cumulative(count: int, farthest: int) -> float:
    root = np.sqrt(count)
    # The reference code's integer divisions cut toward zero.
    first = np.arange(int((-count / farthest + 1) / 4), int((count / farthest - 1) / 4) + 1)
    second = np.arange(int((-count / farthest - 3) / 4), int((count / farthest - 1) / 4) + 1)
    normal = special.ndtr
    inside = np.sum(normal((4 * first + 1) * farthest / root) - normal((4 * first - 1) * farthest / root))
    return float(1 - inside + np.sum(normal((4 * second + 3) * farthest / root) - normal((4 * second + 1) * farthest / root)))


def runs(bits: np.ndarray) -> np.ndarray:
    """Section 2.3: as many changes as chance makes; 0 where there are too many ones or zeros to ask."""
    count = bits.shape[1]
    share = bits.mean(axis=1)
    asked = np.abs(share - 0.5) < 2 / np.sqrt(count)
    changes = 1 + np.count_nonzero(bits[:, 1:] != bits[:, :-1], axis=1)
    expected = np.where(asked, 2 * share * (1 - share), 1)
    return np.where(asked, special.erfc(np.abs(changes - count * expected) / (np.sqrt(2 * count) * expected)), 0.0)[:, None]


def dft(bits: np.ndarray) -> np.ndarray:
    """Section 2.6: no period; as many peaks below the 95% bound as chance makes, with sts' corrected variance n / 4."""
    count = bits.shape[1]
    peaks = np.abs(fft.rfft(2.0 * bits - 1, axis=1))[:, : count // 2]
    below = np.count_nonzero(peaks < np.sqrt(2.995732274 * count), axis=1)
    excess = (below - 0.95 * count / 2) / np.sqrt(count / 4 * 0.95 * 0.05)
    return special.erfc(np.abs(excess) / np.sqrt(2))[:, None]


@dataclass(frozen=True)
class Test:
    """One of the tests: its function, and the shortest sequence that it says anything about."""

    __test__ = False  # no test of pytest's

    run: Callable[[np.ndarray], np.ndarray]
    fewest_bits: int


TESTS = {
    "frequency": Test(frequency, 1),
    "block_frequency": Test(block_frequency, BLOCK),
    "cumulative_sums": Test(cumulative_sums, 1),
    "runs": Test(runs, 2),
    "rank": Test(rank, RANK_BITS),
    "dft": Test(dft, 2),
    "approximate_entropy": Test(approximate_entropy, FEWEST_OF_ENTROPY),
    "serial": Test(serial, FEWEST_OF_SERIAL),
}


def all_tests(bits: np.ndarray) -> dict[str, list[float] | None]:
    """Return the P-values of each test of one sequence, bits uint8 [n]; None where the sequence is too short for it."""
    return {name: [float(one) for one in test.run(bits[None])[0]] if bits.size >= test.fewest_bits else None
            for name, test in TESTS.items()}
