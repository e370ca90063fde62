# SPDX-License-Identifier: GPL-3.0-or-later
"""The recipes of classifiers of technologies: table IV of the LSTM paper, and ours."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from torch import nn

from ..datasets.technology_scene import LTE_PART, OTHER, TECHNOLOGIES
from ..datasets.technology_spectra import LABELS
from ..errors import ParameterError
from .networks.spectrum_conv import SpectrumConv
from .networks.spectrum_lstm import SpectrumLstm
from .recipes_lstm import PAPER

LAYERS, CELLS = (1, 2), (16, 32, 64, 128)
_UPLINK = ("Knows LTE by its downlink. The uplink and C-V2X's sidelink are one waveform in an averaged spectrum: both are none "
           "of the six.")
_PART = ("Of real LTE heard through a receiver of 1.9 MHz seven of ten single sweeps are recognised, a quarter with confidence; of means of 8 sweeps "
         "nine of ten, half of them with confidence.")
_GENERATED = "Trained and tested on generated spectra only, of 5 averages; other averaging looks smoother."
_AVERAGED = "Trained on generated spectra only, of 5 to 40 averages, and tested on those of 5."


@dataclass(frozen=True)
class TechnologyRecipe:
    """A classifier's training recipe.

    Attributes
    ----------
    name, description, paper : str
        As the model card states them.
    network : callable
        Makes the network for a number of labels.
    labels : tuple of str
        What it is trained on and tells apart, the first of ``datasets.technology_spectra.LABELS``.
    drawn : tuple of str
        What training windows are of in turn, see ``datasets.technology_spectra``.
    windows : int
        Training windows, seen again every epoch, half of the time mirrored.
    epochs : int
        Where the user names no number.
    batch : int
        Windows a step, of one length.
    learning_rate, weight_decay : float
        Of AdamW. The rate warms up, then follows half a cosine.
    sweeps : tuple of int
        Training windows are of the mean of so many sweeps, see ``datasets.technology_spectra``.
    limits : tuple of str
        Lines for the card.
    """

    name: str
    description: str
    paper: str
    network: Callable[[int], nn.Module]
    labels: tuple[str, ...]
    drawn: tuple[str, ...]
    windows: int
    epochs: int
    batch: int
    learning_rate: float
    weight_decay: float
    sweeps: tuple[int, ...] = (1,)
    limits: tuple[str, ...] = (_UPLINK, _GENERATED)


def _lstm(layers: int, cells: int) -> TechnologyRecipe:
    return TechnologyRecipe(
        name=f"technology-lstm-{layers}x{cells}",
        description=f"{layers} LSTM layer{'s' * (layers > 1)} of {cells} cells along the bins of an averaged spectrum.",
        paper=PAPER,
        network=partial(SpectrumLstm, layers=layers, cells=cells),
        labels=tuple(TECHNOLOGIES),
        drawn=tuple(TECHNOLOGIES),
        windows=3100,  # table III
        epochs=14,
        batch=32,
        learning_rate=3e-3,
        weight_decay=0.0,
    )


TECHNOLOGY = {
    recipe.name: recipe
    for recipe in (
        *(_lstm(layers, cells) for layers in LAYERS for cells in CELLS),
        TechnologyRecipe(
            name="technology-conv",
            description="Convolutions along the bins of an averaged spectrum, and widths; a seventh label for all else.",
            paper="gr-rfsec",
            network=SpectrumConv,
            labels=LABELS,
            drawn=(*LABELS, OTHER, LTE_PART),
            windows=54_000,
            epochs=8,
            batch=64,
            learning_rate=3e-3,
            weight_decay=1e-2,
            sweeps=(1, 1, 1, 1, 2, 2, 4, 8),
            limits=(_UPLINK, _PART, _AVERAGED),
        ),
    )
}


def find_technology_recipe(name: str) -> TechnologyRecipe:
    """Return the recipe of a name; ParameterError lists the names where there is none."""
    if name not in TECHNOLOGY:
        raise ParameterError(f"The classifier of technologies to train must be one of {', '.join(TECHNOLOGY)}. Got {name!r} instead.")
    return TECHNOLOGY[name]
