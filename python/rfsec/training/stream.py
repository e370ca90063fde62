# SPDX-License-Identifier: GPL-3.0-or-later
"""Chunks of training data as tensors, prepared ahead by threads while the network trains."""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import torch
from torch import Tensor

from ..inference.representations import represent
from .corpus_base import Corpus

_AHEAD = 2


def make_tensors(corpus: Corpus, representation: str, index: int) -> tuple[Tensor, Tensor]:
    """Return chunk `index` ready to train on: float32 [n, 2, length] and int64 [n]."""
    data = corpus.chunk(index)
    return torch.from_numpy(represent(representation, data.x)), torch.from_numpy(data.label.astype(np.int64))


def stream_chunks(
    corpus: Corpus, representation: str, first: int, count: int, workers: int
) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield ``count`` chunks from number `first` on, made ahead by `workers` threads, always in order."""
    with ThreadPoolExecutor(workers, thread_name_prefix="rfsec-data") as pool:
        pending = deque()
        for index in range(first, first + count):
            pending.append(pool.submit(make_tensors, corpus, representation, index))
            if len(pending) > _AHEAD * workers:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()
