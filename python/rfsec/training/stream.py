# SPDX-License-Identifier: GPL-3.0-or-later
"""Training data made while it is used: chunks of generated windows, prepared ahead by threads."""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ..datasets.labelled_windows import LabelledWindows
from ..datasets.rml2016a import LABELS, SNRS_DB, generate
from ..datasets.seeding import Purpose, seed_sequence
from ..inference.representations import represent

WINDOWS_PER_CELL = 25
_AHEAD = 2


@dataclass(frozen=True)
class TrainingData:
    """What a stream is made of; equal values give equal chunks."""

    mode: str
    seed: int
    representation: str
    lowest_snr_db: int

    @property
    def snrs_db(self) -> tuple[int, ...]:
        """SNR labels that are trained on, dB."""
        return tuple(snr for snr in SNRS_DB if snr >= self.lowest_snr_db)

    @property
    def chunk_windows(self) -> int:
        """Windows a chunk."""
        return len(LABELS) * len(self.snrs_db) * WINDOWS_PER_CELL

    def windows(self, index: int) -> LabelledWindows:
        """Return chunk `index` as it was generated, in order."""
        return generate(self.mode, self.snrs_db, WINDOWS_PER_CELL, self.seed, Purpose.TRAINING, index)

    def chunk(self, index: int) -> tuple[Tensor, Tensor]:
        """Return chunk `index` ready to train on: float32 [n, 2, 128] and int64 [n], shuffled.

        Each window is turned by a random phase: a receiver's phase is arbitrary, and the published channel repeats
        a single one.
        """
        data = self.windows(index)
        rng = np.random.default_rng(seed_sequence(Purpose.TRAINING, self.seed, index).spawn(1)[0])
        turn = np.exp(2j * np.pi * rng.random((len(data), 1))).astype(np.complex64)
        order = rng.permutation(len(data))
        x = represent(self.representation, (data.x * turn)[order])
        return torch.from_numpy(x), torch.from_numpy(data.label[order].astype(np.int64))


def stream_chunks(data: TrainingData, first: int, count: int, workers: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield ``count`` chunks from number `first` on, made ahead by `workers` threads, always in order."""
    with ThreadPoolExecutor(workers, thread_name_prefix="rfsec-data") as pool:
        pending = deque()
        for index in range(first, first + count):
            pending.append(pool.submit(data.chunk, index))
            if len(pending) > _AHEAD * workers:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()
