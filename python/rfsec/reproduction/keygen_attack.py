# SPDX-License-Identifier: GPL-3.0-or-later
"""The attack that ends all trust in a room's channels: Eve has a table of them, finds her own place in it, and looks Bob up."""

import numpy as np

from ..datasets.room import load_room
from ..datasets.room_scene import ROW, ROWS, STEP_M, TABLES_M
from ..inference.mapper_session import MapperSession

_AT_ONCE = 64  # of Eve's measurements, which are compared with the whole table


class TableAttack:
    """Eve's table: what Bob's end sees at each of the room's 100,902 positions. She knows where Bob is beside her.

    Parameters
    ----------
    mapper : MapperSession
        Whose normalised features she compares.
    scenario : str
        Of the room.
    """

    def __init__(self, mapper: MapperSession, scenario: str) -> None:
        room = load_room(scenario)
        self._positions, self._known = room.positions, mapper.bob(room.band2)
        self._squares = np.einsum("nf,nf->n", self._known, self._known)

    def guess(self, measured: np.ndarray, towards_bob: np.ndarray) -> np.ndarray:
        """Return the features that Bob should have, float32 [n, 2L].

        Parameters
        ----------
        measured : float32 [n, 2L]
            Eve's own, normalised as Bob's.
        towards_bob : float64 [3]
            From Eve to Bob, m.
        """
        nearest = np.concatenate([
            np.argmin(self._squares - 2 * measured[first : first + _AT_ONCE] @ self._known.T, axis=1)
            for first in range(0, len(measured), _AT_ONCE)
        ])
        return self._known[_number(self._positions[nearest] + towards_bob)]


def _number(positions: np.ndarray) -> np.ndarray:
    """Numbers of the grid's positions next to `positions`, which may lie beside the tables."""
    steps = [np.clip(np.rint((positions[:, :2] - corner) / STEP_M), 0, (ROW - 1, ROWS - 1)) for corner in TABLES_M]
    away = [np.linalg.norm(positions[:, :2] - corner - STEP_M * one, axis=1) for corner, one in zip(TABLES_M, steps)]
    table = np.argmin(away, axis=0)
    chosen = np.where((table == 0)[:, None], *steps).astype(int)
    return table * ROW * ROWS + chosen[:, 1] * ROW + chosen[:, 0]
