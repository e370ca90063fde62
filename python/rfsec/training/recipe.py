# SPDX-License-Identifier: GPL-3.0-or-later
"""What a model is trained with: network, input, data, optimiser settings, and its paper."""

from collections.abc import Callable
from dataclasses import dataclass

from torch import nn


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
        Windows a step, at least 2.
    peak_learning_rate, weight_decay : float
        Of the optimiser adam, which is AdamW; without weight decay it is Adam. The rate warms up, then follows half a
        cosine. Another optimiser has its own rate, see ``optimisers``.
    default_windows : int or None
        Windows to see where the user names no number; None where `epochs` says it.
    limits : tuple of str
        Lines for the card beside those that hold for every model here.
    dataset : str
        Data that it is trained on, see ``datasets.families``.
    windows_per_cell : int or None
        Training windows of each label at each SNR, seen again every epoch; None for endless data, none seen twice.
    epochs : int or None
        How often to see a training set where the user names no number, whatever its size.
    optimiser : str
        A name in ``optimisers``.
    train_lengths : tuple of int or None
        Window lengths of the data set that are trained on; None for all.
    window : int or None
        The only window length that the network takes; None where it takes any.
    conditioned_bandwidth : float or None
        Share of the sample rate that the bursts of its data occupy. Their model gets thresholds, see ``thresholds``. None
        for windows as they come.
    halves : bool
        Whether the trained weights are rounded to float16, which halves the file.
    calibration_windows_per_cell : int
        Windows of each label at each SNR that the temperature and the thresholds are chosen on, where data are generated.
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
    default_windows: int | None
    limits: tuple[str, ...] = ()
    dataset: str = "rml2016a"
    windows_per_cell: int | None = None
    epochs: int | None = None
    optimiser: str = "adam"
    train_lengths: tuple[int, ...] | None = None
    window: int | None = None
    conditioned_bandwidth: float | None = None
    halves: bool = False
    calibration_windows_per_cell: int = 20
