# SPDX-License-Identifier: GPL-3.0-or-later
"""ONNX Runtime alone in a loop: the most that any use of a model can reach, for benchmarks to compare with."""

import time
from pathlib import Path

import numpy as np

from .runtime import open_runtime


def bare_windows_per_s(path: Path, windows: np.ndarray, batches: int, threads: int) -> float:
    """Windows a second over ``batches`` runs of the model or encoder at ``path`` on the same batch.

    ``windows`` is float32 [batch, 2, length] in the model's representation. Nothing is done with the results.
    """
    runtime = open_runtime(path, threads)
    run, feed = runtime.run, {runtime.get_inputs()[0].name: windows}
    names = [one.name for one in runtime.get_outputs()]
    run(names, feed)
    started = time.perf_counter()
    for _ in range(batches):
        run(names, feed)
    return batches * len(windows) / (time.perf_counter() - started)


def batches_in(seconds: float, path: Path, windows: np.ndarray, threads: int) -> int:
    """Return how many batches of `windows` such a loop runs in about `seconds`, at least 1."""
    return max(1, round(seconds * bare_windows_per_s(path, windows, 1, threads) / len(windows)))
