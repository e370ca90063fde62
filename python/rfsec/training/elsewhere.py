# SPDX-License-Identifier: GPL-3.0-or-later
"""Chunks of training data made in other processes, where making them would hold Python's lock against the training."""

from collections.abc import Callable, Iterator
from functools import partial
from multiprocessing import get_context
from multiprocessing.connection import Connection

import numpy as np

from ..errors import DatasetError
from ..inference.representations import represent
from .corpus_base import Corpus

Arrays = tuple[np.ndarray, np.ndarray]


def make_arrays(corpus: Corpus, representation: str, index: int) -> Arrays:
    """Return chunk `index` ready to train on: float32 [n, 2, length] and int64 [n]."""
    data = corpus.chunk(index)
    return represent(representation, data.x), data.label.astype(np.int64)


def chunks_elsewhere(corpus: Corpus, representation: str, first: int, count: int, workers: int) -> Iterator[Arrays]:
    """Yield `count` chunks of a corpus from number `first` on, see `made_elsewhere`."""
    return made_elsewhere(partial(make_arrays, corpus, representation), first, count, workers)


def made_elsewhere(make: Callable[[int], Arrays], first: int, count: int, workers: int) -> Iterator[Arrays]:
    """Yield what `make` makes of `count` numbers from `first` on, in order, by `workers` processes that take turns.

    Each process is one chunk ahead: it holds the next until it is taken. They end with the generator, and where this
    process is killed, for then nobody reads what they send.

    Raises
    ------
    DatasetError
        If one of the processes is killed.
    """
    context = get_context("spawn")  # a fork would copy the locks of PyTorch's threads
    workers = min(workers, count)
    processes, ends = [], []
    try:
        for worker in range(workers):
            receiving, sending = context.Pipe(duplex=False)
            indices = range(first + worker, first + count, workers)
            process = context.Process(target=_send_chunks, args=(sending, make, indices), daemon=True)
            process.start()
            sending.close()
            processes.append(process)
            ends.append(receiving)
        for number in range(count):
            try:
                made = ends[number % workers].recv()
            except (EOFError, OSError):  # between two messages, or within one
                raise DatasetError(
                    "The process that makes the training data was killed; where memory is short, close other programs. "
                    "The same command goes on from the checkpoint."
                ) from None
            if isinstance(made, Exception):
                raise made
            yield made
    finally:
        for process, receiving in zip(processes, ends, strict=True):
            receiving.close()
            process.terminate()
            process.join()


def _send_chunks(sending: Connection, make: Callable[[int], Arrays], indices: range) -> None:
    """The life of a process: make a chunk, wait until it is taken, make the next."""
    try:
        for index in indices:
            sending.send(make(index))
    except (BrokenPipeError, KeyboardInterrupt):
        pass  # the training has ended
    except Exception as error:
        sending.send(error)
