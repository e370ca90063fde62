# SPDX-License-Identifier: GPL-3.0-or-later
"""Gathers the fingerprints of windows or bursts that follow each other, until there are enough for one decision."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from ..fingerprint.distances import fused


class Gathered(NamedTuple):
    """Evidence for one decision: where the first and the last piece came from, and the mean fingerprint, float32 [size]."""

    first: Any
    last: Any
    embedding: np.ndarray


class Evidence:
    """Fuses every `count` fingerprints into one.

    Parameters
    ----------
    count : int
        At least 1.
    unit_length : bool
        Whether fingerprints have length 1.
    """

    def __init__(self, count: int, unit_length: bool):
        self._count, self._unit_length = count, unit_length
        self.clear()

    def clear(self) -> None:
        """Forget what is not enough for a decision yet."""
        self._places: list = []
        self._parts: list[np.ndarray] = []

    def add(self, places: Sequence, embeddings: np.ndarray) -> list[Gathered]:
        """Take fingerprints, float32 [n, size], and where they came from; return those that are complete by now."""
        self._places += places
        self._parts.append(embeddings)
        groups = len(self._places) // self._count
        if not groups:
            return []
        gathered, used = np.concatenate(self._parts), groups * self._count
        means = fused(gathered[:used].reshape(groups, self._count, -1), self._unit_length)
        found = [Gathered(self._places[number * self._count], self._places[(number + 1) * self._count - 1], mean)
                 for number, mean in enumerate(means)]
        self._places, self._parts = self._places[used:], [gathered[used:]]
        return found
