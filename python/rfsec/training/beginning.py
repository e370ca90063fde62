# SPDX-License-Identifier: GPL-3.0-or-later
"""What every training begins with: counts checked, threads and seed set, freed memory kept."""

import torch

from ..datasets.seeding import check_seed
from ..errors import ParameterError
from .allocator import keep_freed_memory

_MOST_THREADS = 1024


def check_threads(threads: int) -> None:
    """Raise ParameterError where the threads to train with are not 1 to 1024."""
    if not 1 <= threads <= _MOST_THREADS:
        raise ParameterError(f"The 'threads' to train with must be 1 to {_MOST_THREADS}. Got {threads} instead.")


def check_run(seed: int, threads: int, **count: int) -> None:
    """Raise ParameterError where the length of a run, such as ``epochs=10``, is below 1, or threads or seed are none."""
    check_seed(seed)
    check_threads(threads)
    ((name, value),) = count.items()
    if value < 1:
        raise ParameterError(f"The '{name}' to train with must be at least 1. Got {value} instead.")


def begin_training(seed: int, threads: int, **count: int) -> None:
    """Begin a run; ParameterError where `check_run` raises it."""
    check_run(seed, threads, **count)
    keep_freed_memory()
    torch.set_num_threads(threads)
    torch.manual_seed(seed)
