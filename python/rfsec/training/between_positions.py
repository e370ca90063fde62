# SPDX-License-Identifier: GPL-3.0-or-later
"""Channels between the positions of a grid, so that a mapper can't learn the grid by heart.

A step of the grid is a small part of a wavelength, so a channel within a triangle of three positions is nearly linear in where it is:
in `disjoint-100` the error is -37 dB of the channel (median; -33 dB on average, most of it at the edges of shadows).
"""

import numpy as np

from ..datasets.room_scene import STEP_M

_FAR = 1 << 20  # more steps than a room has


def neighbours(positions: np.ndarray) -> np.ndarray:
    """Return the number of each position's neighbour along x and y, int64 [axis, before or after, n]; its own where there is none.

    Parameters
    ----------
    positions : float64 [n, 3]
        On a grid of `STEP_M`, m.
    """
    x, y = np.rint(positions[:, :2].T / STEP_M).astype(np.int64)
    places = x * _FAR + y
    order = np.argsort(places)
    found = np.empty((2, 2, len(places)), np.int64)
    for axis, step in enumerate((_FAR, 1)):
        for side, sign in enumerate((-1, 1)):
            wanted = places + sign * step
            at = order[np.minimum(np.searchsorted(places, wanted, sorter=order), len(order) - 1)]
            found[axis, side] = np.where(places[at] == wanted, at, np.arange(len(places)))
    return found


def draw_between(around: np.ndarray, near: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Draw a place near each of m positions, uniform in a triangle of it and two of its neighbours.

    Parameters
    ----------
    around : int64 [2, 2, n]
        Of ``neighbours``.
    near : int64 [m]
        Numbers of positions.
    rng : numpy.random.Generator

    Returns
    -------
    int64 [3, m]
        Numbers of the triangle's positions.
    float32 [3, m]
        Their shares of the channel there; 1 in all.
    """
    sides = rng.integers(0, 2, (2, len(near)))
    shares = rng.random((2, len(near)), np.float32)
    shares = np.where(shares.sum(axis=0) > 1, 1 - shares, shares)
    return np.stack((near, *(around[axis, sides[axis], near] for axis in range(2)))), np.stack((1 - shares.sum(axis=0), *shares))
