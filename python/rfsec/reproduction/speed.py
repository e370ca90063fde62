# SPDX-License-Identifier: GPL-3.0-or-later
"""Windows a second of several models, in runs that alternate so that what slows the machine slows them all."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from statistics import median

import numpy as np

from ..inference.bare_loop import bare_windows_per_s, batches_in
from ..inference.interleaved import alternate
from ..inference.session import ModelSession

BATCH, ROUNDS = 64, 5
_SECONDS = 0.4  # of one run
_THREADS = 1


def processor_name() -> str:
    """What the system calls its processor, for the page; "processor not named" where it does not say."""
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return "processor not named"


def windows_per_s(models: dict[str, Path], report: Callable[[int], None]) -> dict[str, float]:
    """Return each model's median windows a second on one thread, in batches of 64 of the shortest window that it takes."""
    batches, inputs = {}, {}
    for name, path in models.items():
        length = ModelSession(path).card.input.window_min
        inputs[name] = np.random.default_rng(1).normal(size=(BATCH, 2, length)).astype(np.float32)
        batches[name] = batches_in(_SECONDS, path, inputs[name], _THREADS)
    runs = {name: partial(bare_windows_per_s, path, inputs[name], batches[name], _THREADS) for name, path in models.items()}
    return {name: median(found) for name, found in alternate(runs, ROUNDS, report).items()}
