# SPDX-License-Identifier: GPL-3.0-or-later
"""What every training begins with: counts checked, threads and seed set, freed memory kept."""

import torch

from ..datasets.seeding import check_seed
from ..errors import ParameterError
from .allocator import keep_freed_memory


def begin_training(seed: int, threads: int, **count: int) -> None:
    """Begin a run of a length such as ``epochs=10``; ParameterError where that or `threads` is below 1, or the seed is none."""
    check_seed(seed)
    ((name, value),) = count.items()
    if value < 1 or threads < 1:
        raise ParameterError(f"The '{name}' and 'threads' to train with must be at least 1. Got {value}, {threads}.")
    keep_freed_memory()
    torch.set_num_threads(threads)
    torch.manual_seed(seed)
