# SPDX-License-Identifier: GPL-3.0-or-later
"""What an encoder of fingerprints is trained with."""

from collections.abc import Callable
from dataclasses import dataclass

from torch import nn

from .encoder_corpus import EncoderCorpus


@dataclass(frozen=True)
class Stage:
    """A part of a run.

    Attributes
    ----------
    objective : callable
        A class of ``objectives``: takes the size of embeddings and the number of emitters.
    share : float
        Of the run's windows.
    last_only : bool
        Begin the network's last layer anew and train nothing else.
    """

    objective: Callable[[int, int], nn.Module]
    share: float = 1.0
    last_only: bool = False


@dataclass(frozen=True)
class EncoderRecipe:
    """An encoder's training recipe.

    Attributes
    ----------
    name, description, paper : str
        As the card states them.
    network : callable
        Makes the network for windows of a shape (channels, length); its attribute `last` is the layer before the embedding.
    corpus : callable
        Makes the data for a seed.
    stages : tuple of Stage
    size : int
        Values of an embedding.
    unit_length : bool
        Whether the network gives embeddings of length 1.
    batch : int
        Windows a step.
    learning_rate, weight_decay : float
        Of Adam. The rate warms up, then follows half a cosine.
    default_windows : int
        Windows to see where the user names no number.
    limits : tuple of str
        Lines for the card.
    """

    name: str
    description: str
    paper: str
    network: Callable[[tuple[int, int]], nn.Module]
    corpus: Callable[[int], EncoderCorpus]
    stages: tuple[Stage, ...]
    size: int
    unit_length: bool
    batch: int
    learning_rate: float
    weight_decay: float
    default_windows: int
    limits: tuple[str, ...] = ()
