# SPDX-License-Identifier: GPL-3.0-or-later
"""What several paths do to the spectrum of a wide signal."""

import numpy as np

from .technology_band import Power

_PATHS = 4


def fading(hz: Power, longest_s: float, rng: np.random.Generator) -> Power:
    """Return the power gain of paths up to `longest_s` later than the strongest, about 1 in the mean, at each of `hz`.

    A direct path and three that are 3 dB to 30 dB weaker; half the time the first of them is nearly as strong. The place
    decides how much later they are: from a fiftieth of the longest delay to all of it.
    """
    delays = longest_s * 0.02 ** rng.random() * rng.random(_PATHS - 1)
    sizes = 10 ** (-rng.uniform(3, 30, _PATHS - 1) / 20)
    if rng.random() < 0.5:
        sizes[0] = rng.uniform(0.5, 0.95)
    turns = rng.random(_PATHS - 1)
    response = 1 + (sizes[:, None] * np.exp(-2j * np.pi * (delays[:, None] * hz + turns[:, None]))).sum(axis=0)
    return np.abs(response) ** 2 / (1 + np.square(sizes).sum())
