# SPDX-License-Identifier: GPL-3.0-or-later
"""Channels of the room, in two bands, at any positions, or at all of its 100,902.

X. Zhang et al., "Deep Learning-based Physical-Layer Secret Key Generation for FDD Systems", sections III-A and VII-A: the five
strongest paths, 64 carriers.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from .room_cache import kept
from .room_fields import delays, gains
from .room_paths import find_rays
from .room_scenarios import Scenario, find_scenario
from .room_scene import ALICE_M, grid

PATHS = 5
_AT_ONCE = 4096  # positions: bounds the memory


@dataclass(frozen=True)
class RoomChannels:
    """Channels at n positions.

    Attributes
    ----------
    positions : float64 [n, 3]
        Of Bob, m.
    band1, band2 : complex64 [n, L]
        Frequency response of what Alice measures, and of what Bob measures.
    """

    positions: np.ndarray = field(repr=False)
    band1: np.ndarray = field(repr=False)
    band2: np.ndarray = field(repr=False)

    @property
    def sha256(self) -> str:
        """Of all three arrays, in hexadecimal."""
        digest = hashlib.sha256()
        for one in (self.positions, self.band1, self.band2):
            digest.update(np.ascontiguousarray(one).tobytes())
        return digest.hexdigest()


def load_room(scenario: str, report: Callable[[int, int], None] = lambda done, of: None) -> RoomChannels:
    """Return the channels of every position on the grid; kept on disk once they are traced (about half a minute).

    Parameters
    ----------
    scenario : str
        A name in `room_scenarios.SCENARIOS`.
    report : callable
        Told how many positions are traced, and of how many.

    Raises
    ------
    ParameterError
        There is no such scenario.
    """
    found = find_scenario(scenario)

    def make() -> dict[str, np.ndarray]:
        positions = grid()
        band1, band2 = trace(scenario, positions, report)
        return {"positions": positions, "band1": band1, "band2": band2}

    return RoomChannels(**kept(f"room-{found.name}", make))


def trace(
    scenario: str, positions: np.ndarray, report: Callable[[int, int], None] = lambda done, of: None
) -> tuple[np.ndarray, np.ndarray]:
    """Return the channels of both bands, complex64 [n, L] each, at any positions in the room (equation 4).

    Parameters
    ----------
    scenario : str
    positions : float64 [n, 3]
        m. What lies within furniture or outside of the room is reached by no ray: its channel is 0.
    report : callable
        See `load_room`.
    """
    chosen = find_scenario(scenario)
    bands = [np.zeros((len(positions), chosen.carriers), np.complex64) for _ in range(2)]
    for first in range(0, len(positions), _AT_ONCE):
        part = np.asarray(positions[first : first + _AT_ONCE], np.float64)
        rays = find_rays(ALICE_M, part)
        receiver = np.concatenate([one.receiver for one in rays] or [np.zeros(0, int)])
        delay = np.concatenate([delays(one) for one in rays] or [np.zeros(0)])
        for band, base_hz in zip(bands, (chosen.band1_hz, chosen.band2_hz)):
            gain = np.concatenate([gains(one, base_hz) for one in rays] or [np.zeros(0, complex)])
            band[first : first + len(part)] = _response(receiver, delay, gain, base_hz, chosen, len(part))
        report(min(first + _AT_ONCE, len(positions)), len(positions))
    return bands[0], bands[1]


def _response(
    receiver: np.ndarray, delay: np.ndarray, gain: np.ndarray, base_hz: float, scenario: Scenario, count: int
) -> np.ndarray:
    """Equation 4 over the strongest paths of each receiver, complex128 [count, L]."""
    order = np.lexsort((-np.abs(gain), receiver))
    receiver, delay, gain = receiver[order], delay[order], gain[order]
    rank = np.arange(receiver.size) - np.searchsorted(receiver, receiver)
    strong = rank < PATHS
    paths = np.zeros((2, count, PATHS), complex)
    paths[:, receiver[strong], rank[strong]] = gain[strong], delay[strong]
    frequencies = base_hz + np.arange(scenario.carriers) * (scenario.bandwidth_hz / scenario.carriers)
    turned = np.exp(-2j * np.pi * paths[1].real[..., None] * frequencies)
    return np.einsum("np,npl->nl", paths[0], turned)
