# SPDX-License-Identifier: GPL-3.0-or-later
"""What every kind of training data offers a run: chunks to train on, and sets to validate, calibrate and test on."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..datasets.labelled_windows import LabelledWindows

Parts = tuple[LabelledWindows, ...]  # a set whose windows may have several lengths: one part each


@dataclass(frozen=True)
class Corpus(ABC):
    """Training data of one run, in numbered chunks of one window length each; equal corpora give equal chunks.

    Attributes
    ----------
    name : str
        As cards state it: "rml2016a compat", or a file's name.
    labels : tuple of str
        Name of each label index.
    lengths : tuple of int
        Samples of the windows that are tested on.
    samples_per_symbol : int or None
        None where it is not known, or not one.
    seed : int
        Of the data and their order, at least 0.
    options : str
        The options of ``rfsec train`` that choose these data for the recipe.
    identity : dict
        Plain values that a checkpoint's run must have in common with this one.
    note : str
        What the run sees, for the card; it follows "Saw N windows, ".
    test_name : str
        What the test set is, for the card.
    validation, calibration, test : callable
        Return the set that chooses the weights, that fits the temperature, and that chooses nothing.
    """

    name: str
    labels: tuple[str, ...]
    lengths: tuple[int, ...]
    samples_per_symbol: int | None
    seed: int
    options: str
    identity: dict[str, Any]
    note: str
    test_name: str
    validation: Callable[[], Parts]
    calibration: Callable[[], Parts]
    test: Callable[[], Parts]

    @abstractmethod
    def chunk(self, index: int) -> LabelledWindows:
        """Return chunk `index` in the order to train on it, each window turned by a random phase."""

    @property
    def holds_lock(self) -> bool:
        """Whether making a chunk holds Python's lock for long, so that it is better done in another process."""
        return False

    @property
    @abstractmethod
    def epoch_windows(self) -> int:
        """Windows that an epoch has; ParameterError where the data have no end."""

    @abstractmethod
    def chunks_for(self, windows: int) -> int:
        """Return how many chunks hold at least `windows` windows."""

    @abstractmethod
    def windows_in(self, chunks: int) -> int:
        """Return how many windows the first `chunks` chunks hold."""

    @abstractmethod
    def validates_after(self, chunks: int) -> bool:
        """Whether a run validates its network when it has seen that many chunks."""

    @abstractmethod
    def sha256(self) -> str:
        """Return the SHA-256 of the training data that `note` names, in hexadecimal."""


def turned(data: LabelledWindows, turn: np.ndarray) -> LabelledWindows:
    """Return windows turned by `turn`, float64 [n] in full circles.

    A receiver's phase is arbitrary, and the published channel repeats a single one.
    """
    phase = np.exp(2j * np.pi * turn[:, None]).astype(np.complex64)
    return LabelledWindows(data.x * phase, data.label, data.snr_db)
