# SPDX-License-Identifier: GPL-3.0-or-later
"""What a mapper of channels is trained with."""

from collections.abc import Callable
from dataclasses import dataclass

from torch import nn

MEASURED = "measured"  # the scenario of a user's own pairs
WITHOUT_NOISE = 5  # the cross dataset that has noise in none of its rows


@dataclass(frozen=True)
class MapperRecipe:
    """A mapper's training recipe.

    Attributes
    ----------
    name, description, paper : str
        As the card states them.
    network : callable
        Makes the network for a number of values.
    scenario, split, radio : str
        See ``datasets.room_scenarios`` (or `MEASURED`), ``room_splits``, ``room_radios``.
    representation : str
        See ``inference.mapper_card``.
    min_max : bool
        Whether features are brought to 0 to 1 as in the paper's equation 15, instead of to mean 0 and spread 1.
    cross : int or None
        The paper's cross dataset: 1 has noise of 0 dB in the inputs of all rows, 5 in none. None for
        noise of any strength that is drawn anew each epoch, and labels without noise.
    noisy_db : float
        SNR of the noisy rows of a cross dataset.
    positions : int or None
        Positions to train on; None for all of the split.
    between : bool
        Whether rows are drawn between the positions, where `cross` is None. See ``filled_grid`` and ``between_positions``.
    batch : int
        Rows a step.
    learning_rate : float
        Of Adam. It warms up, then follows half a cosine.
    muon_rate : float or None
        Of Muon, which then trains the matrices of `network.body` that lie between its first and its last; None where Adam trains all.
    roots : bool
        Whether a row's loss is the root of its mean squared error: a few positions that are hard count for less.
    epochs : int
        Where the user names no number.
    limits : tuple of str
        Lines for the card.
    """

    name: str
    description: str
    paper: str
    network: Callable[[int], nn.Module]
    scenario: str = "paper"
    split: str = "random"
    radio: str = "ideal"
    representation: str = "cfr"
    min_max: bool = True
    cross: int | None = 4
    noisy_db: float = 0.0
    positions: int | None = None
    between: bool = False
    batch: int = 128
    learning_rate: float = 1e-3
    muon_rate: float | None = None
    roots: bool = False
    epochs: int = 500
    limits: tuple[str, ...] = ()
