# SPDX-License-Identifier: GPL-3.0-or-later
"""Where Bob walks in the simulated room, Eve beside him, and the channels along the way."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ..datasets.room import trace
from ..datasets.room_walk import walk

_AT_ONCE = 2048  # positions that are traced together: far faster than one walk after the other


@dataclass(frozen=True)
class Walk:
    """A way through the room.

    Attributes
    ----------
    probes : int
        That both ends measure.
    apart_m : float
        Bob's way from one probe to the next; 0 where he stands still.
    eve_apart_m : float
        From Bob to Eve, who moves with him.
    """

    probes: int
    apart_m: float
    eve_apart_m: float


@dataclass(frozen=True)
class WalkedChannels:
    """The channels of a walk.

    Attributes
    ----------
    band1, band2 : complex64 [n, L]
        What Alice and what Bob would measure without noise.
    eves : complex64 [n, L]
        What Eve would, in Bob's band.
    from_eve : float64 [3]
        From her to Bob, m.
    """

    band1: np.ndarray
    band2: np.ndarray
    eves: np.ndarray
    from_eve: np.ndarray


def walked(scenario: str, way: Walk, count: int, rng: np.random.Generator) -> Iterator[WalkedChannels]:
    """Yield the channels of `count` walks, each of its own place and directions.

    Raises ParameterError where the walk, or the scenario, is none.
    """
    most = max(1, _AT_ONCE // max(1, way.probes))  # fewer than 1 are refused by `walk`
    for first in range(0, count, most):
        positions = [walk(way.probes, way.apart_m, rng) for _ in range(min(most, count - first))]
        angles = rng.uniform(0, 2 * np.pi, len(positions))
        aways = way.eve_apart_m * np.stack((np.cos(angles), np.sin(angles), np.zeros_like(angles)), axis=1)
        band1, band2 = trace(scenario, np.concatenate(positions))
        _, eves = trace(scenario, np.concatenate([one + away for one, away in zip(positions, aways)]))
        for number, away in enumerate(aways):
            rows = slice(number * way.probes, (number + 1) * way.probes)
            yield WalkedChannels(band1[rows], band2[rows], eves[rows], -away)
