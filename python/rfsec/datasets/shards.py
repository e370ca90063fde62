# SPDX-License-Identifier: GPL-3.0-or-later
"""Large sets in shards, made by several processes: the same bytes for any number of them."""

import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context, parent_process

import numpy as np

from ..errors import DatasetError, ParameterError
from .cells import cell_snrs, label_major, room_for
from .families import find_family
from .labelled_windows import LabelledWindows
from .shape import Shape

#: Windows per cell of a shard; the last one has the rest. Bytes depend on it: it is part of every recipe.
SHARD_WINDOWS = 50
_MOST_WORKERS = 512


def start_workers(count: int) -> ProcessPoolExecutor:
    """Return a pool whose processes run already: fork them before anything else starts a thread.

    Raises
    ------
    ParameterError
        If `count` is below 1 or above 512: all of them are forked at once.
    """
    if not 1 <= count <= _MOST_WORKERS:
        raise ParameterError(f"The 'workers' of a data set must be at least 1 and at most {_MOST_WORKERS}. Got {count} instead.")
    pool = ProcessPoolExecutor(count, get_context("fork"), initializer=_end_with_parent)
    pool.submit(int).result()
    return pool


def _end_with_parent() -> None:
    """In a worker: leave Ctrl-C to the parent, and do not outlive it, however it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def watch() -> None:
        parent_process().join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def shard_sizes(windows_per_cell: int) -> list[int]:
    """Return the windows per cell of each shard."""
    return [min(SHARD_WINDOWS, windows_per_cell - start) for start in range(0, windows_per_cell, SHARD_WINDOWS)]


def _make_shard(dataset: str, mode: str, shape: Shape, count: int, seed: int, index: int) -> LabelledWindows:
    family = find_family(dataset, mode)
    return family.generate(shape, family.snrs_db, count, seed, index=index)


def generate_sharded(
    dataset: str,
    mode: str,
    shape: Shape,
    windows_per_cell: int,
    seed: int,
    pool: Executor,
    report: Callable[[], None] = lambda: None,
) -> LabelledWindows:
    """Generate a whole set, ordered by label, then SNR, then shard. Shard i is chunk i of the seed.

    It takes as much memory as the set has bytes: 1.9 GB for all of Sig2019-12.

    Parameters
    ----------
    dataset, mode, shape, windows_per_cell, seed
        See `families.find_family` and `families.Family.generate`.
    pool : Executor
        Makes the shards, in any order.
    report : callable
        Called after each shard.

    Raises
    ------
    ParameterError
        If an argument is outside its range, or the set does not fit into memory.
    DatasetError
        If a worker process was killed.
    """
    family = find_family(dataset, mode)
    cells = len(family.labels) * len(family.snrs_db)
    x = room_for(family.name, cells, windows_per_cell, shape.window)
    snr_db = cell_snrs(family.name, family.snrs_db, windows_per_cell)
    by_cell = x.reshape(cells, -1, shape.window)
    futures = {}
    try:
        for index, count in enumerate(shard_sizes(windows_per_cell)):
            futures[pool.submit(_make_shard, dataset, mode, shape, count, seed, index)] = index * SHARD_WINDOWS
        for future in as_completed(list(futures)):
            shard, start = future.result().x, futures.pop(future)  # popped: a kept future keeps its windows
            rows = shard.reshape(cells, -1, shape.window)
            by_cell[:, start : start + rows.shape[1]] = rows
            report()
    except BrokenProcessPool:
        raise DatasetError(f"A process that made {family.name} was killed. Free some memory or give fewer workers.") from None
    finally:
        for future in futures:
            future.cancel()
    return label_major(x, len(family.labels), snr_db)
