# SPDX-License-Identifier: GPL-3.0-or-later
"""ONNX Runtime alone in a loop: the most that any use of a model can reach, for benchmarks to compare with."""

import time
from pathlib import Path

import numpy as np

from .session import ModelSession


def bare_windows_per_s(path: Path, windows: np.ndarray, batches: int, threads: int) -> float:
    """Windows a second over ``batches`` runs of the model at ``path`` on the same batch.

    ``windows`` is float32 [batch, 2, length] in the model's representation. Nothing is done with the results.
    """
    session = ModelSession(path, threads=threads)
    run = session.runtime.run
    feed = {session.runtime.get_inputs()[0].name: windows}
    names = [head.name for head in session.card.heads]
    run(names, feed)
    started = time.perf_counter()
    for _ in range(batches):
        run(names, feed)
    return batches * len(windows) / (time.perf_counter() - started)
