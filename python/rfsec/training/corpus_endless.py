# SPDX-License-Identifier: GPL-3.0-or-later
"""Training data without an end: every chunk is generated anew, no window is seen twice."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..datasets.labelled_windows import LabelledWindows
from ..datasets.seeding import Purpose, seed_sequence
from ..errors import ParameterError
from .corpus_base import Corpus, turned

_CHUNKS_PER_VALIDATION = 10


@dataclass(frozen=True)
class EndlessCorpus(Corpus):
    """Chunks of `chunk_windows` windows; ``generate(index)`` makes one, in the generator's order.

    `one_by_one` says that it makes them window by window in Python, not by operations on large arrays.
    """

    chunk_windows: int
    generate: Callable[[int], LabelledWindows]
    one_by_one: bool

    def chunk(self, index: int) -> LabelledWindows:
        """See `Corpus.chunk`."""
        data = self.generate(index)
        rng = np.random.default_rng(seed_sequence(Purpose.TRAINING, self.seed, index).spawn(1)[0])
        return turned(data, rng.random(len(data)))[rng.permutation(len(data))]

    @property
    def holds_lock(self) -> bool:
        """See `Corpus.holds_lock`."""
        return self.one_by_one

    @property
    def epoch_windows(self) -> int:
        """See `Corpus.epoch_windows`."""
        raise ParameterError("Endless data have no epochs. Say how many --windows to see, or choose --windows-per-cell.")

    def chunks_for(self, windows: int) -> int:
        """See `Corpus.chunks_for`."""
        return math.ceil(windows / self.chunk_windows)

    def windows_in(self, chunks: int) -> int:
        """See `Corpus.windows_in`."""
        return chunks * self.chunk_windows

    def validates_after(self, chunks: int) -> bool:
        """See `Corpus.validates_after`."""
        return chunks % _CHUNKS_PER_VALIDATION == 0

    def sha256(self) -> str:
        """See `Corpus.sha256`."""
        return self.generate(0).sha256()
