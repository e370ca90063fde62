# SPDX-License-Identifier: GPL-3.0-or-later
"""Training data of a fixed number of windows: each is seen once an epoch, in another order every epoch."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

import numpy as np

from ..datasets.labelled_windows import LabelledWindows
from ..datasets.seeding import Purpose, seed_sequence
from .corpus_base import Corpus, Parts, turned

_CHUNK_WINDOWS = 4096  # whole batches of every power of two up to that


def validated_after(validated: int, trained: int) -> str:
    """After which epochs of `trained` windows a network is validated on `validated`, in the words of a card."""
    every = _epochs_per_validation(validated, trained)
    return "each epoch" if every == 1 else f"the last epoch, and each {every} epochs before"


def _epochs_per_validation(validated: int, trained: int) -> int:
    # After every epoch, unless the training set is the smaller one: validating would take longer than training.
    return math.ceil(validated / trained)


@dataclass(frozen=True)
class FixedCorpus(Corpus):
    """Cuts an epoch into chunks of at most 4,096 windows; those of several lengths alternate.

    Attributes
    ----------
    make_training : callable
        Returns the windows that are trained on; called once, when they are first needed.
    """

    make_training: Callable[[], Parts]

    @cached_property
    def training(self) -> Parts:
        """The windows that are trained on, in the order of their generator or file."""
        return self.make_training()

    @cached_property
    def _pieces(self) -> list[tuple[int, int]]:
        """(start, part) of each chunk of an epoch."""
        return sorted(
            (start, part) for part, data in enumerate(self.training) for start in range(0, len(data), _CHUNK_WINDOWS)
        )

    @cached_property
    def _windows_before(self) -> list[int]:
        """Windows of an epoch before each of its chunks, and at last all of them."""
        counts = [min(_CHUNK_WINDOWS, len(self.training[part]) - start) for start, part in self._pieces]
        return [0, *np.cumsum(counts).tolist()]

    @cached_property
    def _epochs_per_validation(self) -> int:
        return _epochs_per_validation(sum(map(len, self.validation())), self.epoch_windows)

    def chunk(self, index: int) -> LabelledWindows:
        """See `Corpus.chunk`."""
        epoch, number = divmod(index, len(self._pieces))
        start, part = self._pieces[number]
        data = self.training[part]
        rng = np.random.default_rng(seed_sequence(Purpose.TRAINING, self.seed, epoch).spawn(part + 2)[part + 1])
        rows = rng.permutation(len(data))[start : start + _CHUNK_WINDOWS]
        return turned(data[rows], rng.random(len(data))[rows])

    @property
    def epoch_windows(self) -> int:
        """See `Corpus.epoch_windows`."""
        return self._windows_before[-1]

    def chunks_for(self, windows: int) -> int:
        """See `Corpus.chunks_for`."""
        epochs, rest = divmod(windows, self.epoch_windows)
        return epochs * len(self._pieces) + int(np.searchsorted(self._windows_before, rest))

    def windows_in(self, chunks: int) -> int:
        """See `Corpus.windows_in`."""
        epochs, rest = divmod(chunks, len(self._pieces))
        return epochs * self.epoch_windows + self._windows_before[rest]

    def validates_after(self, chunks: int) -> bool:
        """See `Corpus.validates_after`."""
        return chunks % (len(self._pieces) * self._epochs_per_validation) == 0

    def sha256(self) -> str:
        """See `Corpus.sha256`; that of the parts' sums where there are several."""
        sums = [part.sha256() for part in self.training]
        return sums[0] if len(sums) == 1 else sha256("".join(sums).encode()).hexdigest()
