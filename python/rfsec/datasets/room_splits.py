# SPDX-License-Identifier: GPL-3.0-or-later
"""Positions to train on and positions to test on."""

import numpy as np

from ..errors import ParameterError
from .seeding import Purpose, seed_sequence

TEST_SHARE = 0.2  # section VII-A of the KGNet paper
BLOCK_M = 0.2
SPLITS = ("random", "held-out", "in-order")


def split(kind: str, positions: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the numbers of the positions to train on, and of those to test on; both in a random order.

    Parameters
    ----------
    kind : str
        "random", as the paper has it: a test position's neighbours at 1 cm were trained on. "held-out": whole squares of
        20 cm are tested on; only what lies at their edges is near what was trained on. "in-order": the last fifth is tested
        on, where positions are not known.
    positions : float64 [n, 3]
        m.
    seed : int
        At least 0.

    Raises
    ------
    ParameterError
        There is no such kind.
    """
    if kind not in SPLITS:
        raise ParameterError(f"The 'split' of positions must be one of {', '.join(SPLITS)}. Got {kind!r} instead.")
    rng = np.random.default_rng(seed_sequence(Purpose.SPLIT, seed, SPLITS.index(kind)))
    order = rng.permutation(len(positions))
    count = round(TEST_SHARE * len(positions))
    if kind == "random":
        return order[count:], order[:count]
    if kind == "in-order":
        return order[order < len(positions) - count], order[order >= len(positions) - count]
    squares = np.unique(np.floor(positions[:, :2] / BLOCK_M + 1e-6), axis=0, return_inverse=True)[1]
    tested = rng.permutation(squares.max() + 1) < TEST_SHARE * (squares.max() + 1)
    is_tested = tested[squares[order]]
    return order[~is_tested], order[is_tested]
