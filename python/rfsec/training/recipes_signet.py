# SPDX-License-Identifier: GPL-3.0-or-later
"""Recipes of the SigNet paper's rows: tables II to IV, on RadioML 2016.10a and on Sig2019-12."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from torch import nn

from .networks.cnn2d import Cnn2d
from .networks.lstm import TaperedLstm
from .networks.matrix_baselines import MatrixResNet
from .networks.mcldnn import Mcldnn
from .networks.resnet1d import ResNet1d
from .networks.signet import SigNet
from .networks.signet2 import SigNet2
from .recipe import Recipe

PAPER = (
    "Z. Chen et al., SigNet: A Novel Deep Learning Framework for Radio Signal Classification, IEEE TCCN 8(2), 2022, "
    "doi:10.1109/TCCN.2021.3120997"
)
_RATE_LIMIT = (
    "Trained at a peak rate of 1e-3; the paper says 0.1 for this data set, which a network trained by Adam does not survive."
)


def _row(name: str, description: str, network: Callable[[int], nn.Module], window: int | None = None, halves: bool = False) -> Recipe:
    """A row on RadioML 2016.10a: 600 training windows of each label at each SNR (section III-A), and 60 epochs: the paper names no number (III-B)."""
    return Recipe(
        name=name,
        description=description,
        paper=PAPER,
        network=network,
        representation="iq",
        normalisation="unit_power",
        lowest_snr_db=-20,
        batch=128,
        peak_learning_rate=1e-3,
        weight_decay=0.0,
        default_windows=None,
        windows_per_cell=600,
        epochs=60,
        window=window,
        halves=halves,
    )


def _on_sig2019(recipe: Recipe) -> Recipe:
    """The same on Sig2019-12: windows of 512 samples, 900 of each label at each SNR (section III-A), and 30 epochs."""
    changes = {}
    if recipe.window is not None:
        changes = {"window": 512, "network": partial(recipe.network, window=512)}
    if recipe.representation == "iq":
        changes |= {"representation": "iq_min_max", "normalisation": "min_max"}
    return replace(
        recipe,
        name=f"{recipe.name}-sig2019",
        batch=32,
        epochs=30,
        limits=(*recipe.limits, _RATE_LIMIT),
        dataset="sig2019-12",
        windows_per_cell=900,
        **changes,
    )


_ON_RML2016A = (
    _row("cnn2d", "Narrow 2D-CNN: two convolutions and two dense layers on I and Q.", Cnn2d, 128, halves=True),
    _row("resnet1d", "1D-ResNet: six residual stacks on I and Q.", ResNet1d, 128),
    _row("mcldnn", "MCLDNN: convolutions on I, on Q and on both, two LSTM layers, three dense layers.", Mcldnn, halves=True),
    replace(
        _row("lstm-128-64", "LSTM layers of 128 and 64 cells on amplitude and phase, a dense layer.", TaperedLstm, halves=True),
        representation="amp_phase",
        normalisation="unit_l2",
    ),
    *(
        _row(f"signet-r{depth}", f"SigNet: trainable signal-to-matrix, ResNet{depth} on the image.", partial(SigNet, depth=depth))
        for depth in (18, 34, 50, 101)
    ),
    *(
        _row(
            f"signet-r50-k{size}",
            f"SigNet with filters of {size} x {size}: trainable signal-to-matrix, ResNet50 on the image.",
            partial(SigNet, filter_size=size),
        )
        for size in (5, 7, 9)
    ),
    _row("signet2-r50", "SigNet2.0: first stages over time, signal-to-matrix, the rest of a ResNet50 over images.", SigNet2),
    *(
        _row(f"{method}-r50", f"{title} of the window, ResNet50 on the image.", partial(MatrixResNet, method=method))
        for method, title in (
            ("reshape", "Square rearrangement"),
            ("gaf", "Gramian angular field"),
            ("mtf", "Markov transition field"),
            ("constellation", "Constellation density"),
        )
    ),
)

RECIPES = (*_ON_RML2016A, *map(_on_sig2019, _ON_RML2016A))
