# SPDX-License-Identifier: GPL-3.0-or-later
"""What Bob knows of Alice's parities under one permutation of the bits."""

import numpy as np


class KnownParities:
    """Alice's parities of the first bits under a permutation: two of them tell the parity of the block between.

    Parameters
    ----------
    order : int64 [n]
        The permutation.
    total : int or None
        Her parity of all bits, where it is known; it is the same under each permutation.
    """

    def __init__(self, order: np.ndarray, total: int | None = None) -> None:
        self.order = order
        self._ends = np.zeros(1, np.int64) if total is None else np.array([0, len(order)])
        self._parities = np.zeros(1, np.uint8) if total is None else np.array([0, total], np.uint8)

    @property
    def total(self) -> int:
        """Her parity of all bits."""
        return int(self._parities[-1])

    @property
    def blocks(self) -> int:
        """How many blocks have a known parity."""
        return len(self._ends) - 1

    def learn(self, ends: np.ndarray, parities: np.ndarray) -> None:
        """Take her parities, uint8 [k], of the first `ends` bits, int64 [k] in rising order, none of which is known."""
        at = np.searchsorted(self._ends, ends)
        self._ends = np.insert(self._ends, at, ends)
        self._parities = np.insert(self._parities, at, parities)

    def middles(self) -> np.ndarray:
        """Ends that halve all blocks of two bits and more."""
        return ((self._ends[:-1] + self._ends[1:]) // 2)[np.diff(self._ends) > 1]

    def odd(self, bits: np.ndarray) -> np.ndarray:
        """First and last + 1 place, int64 [k, 2], of each block whose parity differs from that of `bits`, uint8 [n]."""
        own = np.append(np.uint8(0), np.bitwise_xor.accumulate(bits[self.order]))[self._ends]
        differ = np.diff(own ^ self._parities) != 0
        return np.stack((self._ends[:-1][differ], self._ends[1:][differ]), axis=1)
