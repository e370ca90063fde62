# SPDX-License-Identifier: GPL-3.0-or-later
"""What each shipped model is trained with: network, input, data range, optimiser settings, and its paper."""

from collections.abc import Callable
from dataclasses import dataclass

from torch import nn

from ..errors import ParameterError
from .networks.conv_bigru import ConvBiGru
from .networks.lstm import AmplitudePhaseLstm


@dataclass(frozen=True)
class Recipe:
    """A model's training recipe.

    Attributes
    ----------
    name, description, paper : str
        As the model card states them; `paper` is a citation, or "gr-rfsec" for our own networks.
    network : callable
        Makes the network for a number of labels.
    representation, normalisation : str
        The model's input, see ``inference.representations``.
    lowest_snr_db : int
        Windows below this SNR label are not trained on.
    batch : int
        Windows a step.
    peak_learning_rate, weight_decay : float
        AdamW; without weight decay it is Adam. The rate warms up, then follows half a cosine.
    default_windows : int
        Windows to see where the user names no number.
    limits : tuple of str
        Lines for the card beside those that hold for every model here.
    """

    name: str
    description: str
    paper: str
    network: Callable[[int], nn.Module]
    representation: str
    normalisation: str
    lowest_snr_db: int
    batch: int
    peak_learning_rate: float
    weight_decay: float
    default_windows: int
    limits: tuple[str, ...] = ()


RECIPES = {
    recipe.name: recipe
    for recipe in (
        Recipe(
            name="conv-bigru",
            description="Small default: I, Q, |x| and lag-1 products, convolutions, a bidirectional GRU, three poolings.",
            paper="gr-rfsec",
            network=ConvBiGru,
            representation="iq",
            normalisation="unit_power",
            lowest_snr_db=-12,
            batch=256,
            peak_learning_rate=3e-3,
            weight_decay=1e-2,
            default_windows=1_000_000,
        ),
        Recipe(
            name="lstm-amp-phase",
            description="Two LSTM layers of 128 cells on amplitude and phase, a dense layer on the last step.",
            paper=(
                "S. Rajendran et al., Deep Learning Models for Wireless Signal Classification With Distributed "
                "Low-Cost Spectrum Sensors, IEEE TCCN 4(3), 2018, doi:10.1109/TCCN.2018.2835460"
            ),
            network=AmplitudePhaseLstm,
            representation="amp_phase",
            normalisation="unit_l2",
            lowest_snr_db=-10,
            batch=128,
            peak_learning_rate=2e-3,
            weight_decay=0.0,
            default_windows=8_000_000,
            limits=("Trained with batches of 128 at a peak rate of 2e-3, the paper with 400 at 1e-3: more steps a window.",),
        ),
    )
}


def find_recipe(name: str) -> Recipe:
    """Return the recipe of a model's name; ParameterError lists the names where there is none."""
    if name not in RECIPES:
        raise ParameterError(f"The 'model' to train must be one of {', '.join(RECIPES)}. Got {name!r} instead.")
    return RECIPES[name]
