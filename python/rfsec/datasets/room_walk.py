# SPDX-License-Identifier: GPL-3.0-or-later
"""Where Bob is while he walks along the tables."""

import numpy as np

from ..errors import ParameterError
from .room_scene import BOB_HEIGHT_M, ROW, ROWS, STEP_M, TABLES_M

_TURN = 0.5  # radian, rms, from one probe to the next


def walk(probes: int, apart_m: float, rng: np.random.Generator) -> np.ndarray:
    """Return positions, float64 [probes, 3], of someone who wanders over one of the tables and turns back at its edges.

    Parameters
    ----------
    probes : int
        At least 1.
    apart_m : float
        Way from one probe to the next, m, at least 0; with 0 he stands still.
    rng : numpy.random.Generator

    Raises
    ------
    ParameterError
        A parameter is below its least value.
    """
    if probes < 1 or apart_m < 0:
        raise ParameterError(f"A walk needs at least 1 probe, at least 0 m apart. Got {probes}, {apart_m} instead.")
    size = np.array(((ROW - 1) * STEP_M, (ROWS - 1) * STEP_M))
    corner = np.array(TABLES_M[rng.integers(len(TABLES_M))])
    heading = rng.uniform(0, 2 * np.pi) + np.cumsum(_TURN * rng.standard_normal(probes))
    steps = apart_m * np.stack((np.cos(heading), np.sin(heading)), axis=1)
    free = rng.uniform(0, size) + np.cumsum(steps, axis=0) - steps[0]
    folded = size - np.abs(free % (2 * size) - size)  # as if the edges were mirrors
    return np.column_stack((corner + folded, np.full(probes, BOB_HEIGHT_M)))
