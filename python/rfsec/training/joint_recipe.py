# SPDX-License-Identifier: GPL-3.0-or-later
"""What a joint model of modulation and emitter is trained with."""

from collections.abc import Callable
from dataclasses import dataclass

from torch import nn

from .joint_corpus import JointCorpus

HEADS = ("modulation", "emitter")


@dataclass(frozen=True)
class JointRecipe:
    """A joint model's training recipe; a single-task baseline is one with a single head.

    Attributes
    ----------
    name, description, paper : str
        As the model card states them.
    network : callable
        Makes the network for the numbers of labels of its heads; it gives a tuple of logits.
    corpus : callable
        Makes the data for a seed.
    heads : tuple of str
        Of `HEADS`, in the order of the network's outputs.
    balance : callable
        Makes the balance for a number of tasks, see ``task_balance``.
    batch : int
        Windows a step.
    learning_rate, weight_decay : float
        Of AdamW. The rate warms up, then follows half a cosine.
    epochs : int
        Where the user names no number.
    limits : tuple of str
        Lines for the card.
    simulated_only : bool
        Whether it differs from another one by its data alone, so that a user's own make no sense.
    """

    name: str
    description: str
    paper: str
    network: Callable[[tuple[int, ...]], nn.Module]
    corpus: Callable[[int], JointCorpus]
    heads: tuple[str, ...]
    balance: Callable[[int], nn.Module]
    batch: int
    learning_rate: float
    weight_decay: float
    epochs: int
    limits: tuple[str, ...] = ()
    simulated_only: bool = False
