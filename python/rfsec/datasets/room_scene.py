# SPDX-License-Identifier: GPL-3.0-or-later
"""The room: walls, furniture, where Alice is, and the two tables on which Bob may be.

Its measures are in the manner of DeepMIMO's indoor scenario I1, which the KGNet paper takes: an antenna at the ceiling, two
tables with positions 1 cm apart in rows of 201. The rest is our own.
"""

from dataclasses import dataclass
from itertools import product

import numpy as np

from .room_materials import CEILING_BOARD, CONCRETE, GLASS, METAL, PLASTERBOARD, WOOD, Material


@dataclass(frozen=True)
class Surface:
    """A rectangle across one axis.

    Attributes
    ----------
    axis : int
        Of its normal: 0, 1, 2 for x, y, z.
    at : float
        Its place on that axis, m.
    outward : int
        +1 or -1: the side of the axis on which it reflects.
    low, high : tuple of float
        Its corners, m.
    material : Material
    wall : bool
        Whether it bounds the room.
    """

    axis: int
    at: float
    outward: int
    low: tuple[float, float, float]
    high: tuple[float, float, float]
    material: Material
    wall: bool


@dataclass(frozen=True)
class Box:
    """Furniture: nothing goes through it, and each of its faces reflects."""

    low: tuple[float, float, float]
    high: tuple[float, float, float]
    material: Material


SIZE_M = (9.0, 7.0, 3.0)
ALICE_M = (4.37, 3.61, 2.78)
TABLES_M = ((1.4, 1.1), (5.2, 3.2))  # corners of the positions' grids
STEP_M, ROW, ROWS = 0.01, 201, 251
BOB_HEIGHT_M = 0.93
_WALLS = ((PLASTERBOARD, CONCRETE), (GLASS, CONCRETE), (CONCRETE, CEILING_BOARD))  # at 0 and at the far end of each axis
_TABLE_TOP_M, _ROUND_M = 0.75, 0.15
BOXES = (
    *(Box((x - _ROUND_M, y - _ROUND_M, _TABLE_TOP_M - 0.04),
          (x + (ROW - 1) * STEP_M + _ROUND_M, y + (ROWS - 1) * STEP_M + _ROUND_M, _TABLE_TOP_M), WOOD) for x, y in TABLES_M),
    Box((4.45, 1.2, 0.0), (4.75, 1.5, 3.0), CONCRETE),
    Box((7.9, 0.2, 0.0), (8.8, 0.7, 2.0), METAL),
    Box((0.1, 5.6, 0.0), (1.6, 6.1, 1.4), WOOD),
)


def surfaces() -> list[Surface]:
    """Return every surface that reflects: the walls first, then the faces of the furniture."""
    found = [
        Surface(axis, SIZE_M[axis] * far, -1 if far else 1, (0.0, 0.0, 0.0), SIZE_M, _WALLS[axis][far], True)
        for axis, far in product(range(3), range(2))
    ]
    for box in BOXES:
        for axis, far in product(range(3), range(2)):
            at = (box.low, box.high)[far][axis]
            if 0 < at < SIZE_M[axis]:
                found.append(Surface(axis, at, 1 if far else -1, box.low, box.high, box.material, False))
    return found


def grid() -> np.ndarray:
    """Return the positions of both tables, float64 [2 * 251 * 201, 3], m: table by table, row by row."""
    x, y = np.arange(ROW) * STEP_M, np.arange(ROWS) * STEP_M
    tables = [np.stack((*np.meshgrid(left + x, near + y), np.full((ROWS, ROW), BOB_HEIGHT_M)), axis=-1) for left, near in TABLES_M]
    return np.concatenate([table.reshape(-1, 3) for table in tables])
