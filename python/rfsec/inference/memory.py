# SPDX-License-Identifier: GPL-3.0-or-later
"""How much memory a model needs: the growth of a fresh process that loads and runs it."""

import subprocess
import sys
from pathlib import Path

import numpy as np

from ..errors import ModelError
from .session import ModelSession

_RUNS = 3  # ONNX Runtime's arena has its final size after the second


def peak_memory_bytes(path: Path, batch: int, length: int, threads: int) -> int:
    """Peak memory of loading the model at ``path`` and running ``batch`` windows of ``length`` samples.

    Measured in a process of its own: its peak resident size, less its size with ONNX Runtime loaded and no model yet.
    So it holds weights, graph, arena and one batch of input, and nothing that another model left behind. Linux only.
    Raises ModelError where that process fails, for instance for want of memory.
    """
    code = f"import sys; from {__name__} import growth_bytes; sys.stdout.write(str(growth_bytes(*sys.argv[1:])))"
    done = subprocess.run([sys.executable, "-c", code, path, *map(str, (batch, length, threads))],
                          capture_output=True, text=True)
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or [f"ended by signal {-done.returncode}"])[-1]
        raise ModelError(f"{path}: the process that measures its memory at batch {batch} failed: {reason[:300]}")
    return int(done.stdout)


def growth_bytes(path: str, batch: str, length: str, threads: str) -> int:
    """What ``peak_memory_bytes`` runs in the process of its own, with the arguments of its command line."""
    before = _status_bytes("VmRSS")
    session = ModelSession(path, threads=int(threads))
    windows = np.random.default_rng(1).normal(size=(int(batch), 2, int(length))).astype(np.float32)
    for _ in range(_RUNS):
        session.run(windows)
    return max(0, _status_bytes("VmHWM") - before)


def _status_bytes(key: str) -> int:
    """A field of this process's ``/proc/self/status``; VmHWM is the largest resident size so far."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(f"{key}:"))
    return 1024 * int(line.split()[1])
