# SPDX-License-Identifier: GPL-3.0-or-later
"""How far apart embeddings are."""

from collections.abc import Sequence

import numpy as np

_ROWS = 1 << 22  # values that are compared at once: bounds the memory of the L1 norm


def pairwise(one: np.ndarray, other: np.ndarray, weights: Sequence[float] | np.ndarray | None = None) -> np.ndarray:
    """Return the distance of each row of `one` from each row of `other`, float32 [n, m].

    Parameters
    ----------
    one, other : float32 [n, size], [m, size]
    weights : float [size] or None
        Of a weighted L1 norm; None for the Euclidean distance.
    """
    one, other = np.asarray(one, np.float32), np.asarray(other, np.float32)
    if weights is None:
        squares = np.einsum("ns,ns->n", one, one)[:, None] + np.einsum("ms,ms->m", other, other) - 2 * one @ other.T
        return np.sqrt(np.maximum(squares, 0))
    weights = np.asarray(weights, np.float32)
    found = np.empty((len(one), len(other)), np.float32)
    step = max(1, _ROWS // max(1, other.size))
    for first in range(0, len(one), step):
        found[first : first + step] = np.abs(one[first : first + step, None] - other[None]) @ weights
    return found


def fused(embeddings: np.ndarray, unit_length: bool) -> np.ndarray:
    """Return the mean over the second last axis, float32 [..., size]; of length 1 where those of the encoder are."""
    mean = np.asarray(embeddings, np.float32).mean(axis=-2)
    if unit_length:
        mean = mean / np.maximum(np.linalg.norm(mean, axis=-1, keepdims=True), np.finfo(np.float32).tiny)
    return mean
