# SPDX-License-Identifier: GPL-3.0-or-later
"""Chunks of training data as tensors, prepared ahead by threads or processes while the network trains."""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import torch
from torch import Tensor

from .corpus_base import Corpus
from .elsewhere import chunks_elsewhere, make_arrays

_AHEAD = 2


def make_tensors(corpus: Corpus, representation: str, index: int) -> tuple[Tensor, Tensor]:
    """Return chunk `index` ready to train on: float32 [n, 2, length] and int64 [n]."""
    x, y = make_arrays(corpus, representation, index)
    return torch.from_numpy(x), torch.from_numpy(y)


def stream_chunks(
    corpus: Corpus, representation: str, first: int, count: int, workers: int
) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield ``count`` chunks from number `first` on, made ahead by `workers` threads or processes, always in order."""
    if corpus.holds_lock:
        for x, y in chunks_elsewhere(corpus, representation, first, count, workers):
            yield torch.from_numpy(x), torch.from_numpy(y)
        return
    with ThreadPoolExecutor(workers, thread_name_prefix="rfsec-data") as pool:
        pending = deque()
        for index in range(first, first + count):
            pending.append(pool.submit(make_tensors, corpus, representation, index))
            if len(pending) > _AHEAD * workers:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()
