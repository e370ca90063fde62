# SPDX-License-Identifier: GPL-3.0-or-later
"""Windows a second of several models, in runs that alternate so that what slows the machine slows them all."""

from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np

from ..inference.bare_loop import bare_windows_per_s
from ..inference.session import ModelSession

BATCH, ROUNDS = 64, 5
_SECONDS = 0.4  # of one run


def windows_per_s(models: dict[str, Path], threads: int, report: Callable[[int], None]) -> dict[str, float]:
    """Return the median windows a second of each model: batches of 64 of the shortest window that its card allows."""
    batches, inputs = {}, {}
    for name, path in models.items():
        length = ModelSession(path).card.input.window_min
        inputs[name] = np.random.default_rng(1).normal(size=(BATCH, 2, length)).astype(np.float32)
        batches[name] = max(1, round(_SECONDS * bare_windows_per_s(path, inputs[name], 1, threads) / BATCH))
    rates = {name: [] for name in models}
    for number in range(ROUNDS):
        for name, path in models.items():
            rates[name].append(bare_windows_per_s(path, inputs[name], batches[name], threads))
        report(number + 1)
    return {name: median(found) for name, found in rates.items()}
