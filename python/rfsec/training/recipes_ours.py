# SPDX-License-Identifier: GPL-3.0-or-later
"""Recipes of our own networks; one entry of `RECIPES` each."""

from collections.abc import Callable
from functools import partial

from torch import nn

from .networks.conv_bigru import ConvBiGru
from .networks.dilated_conv import DilatedConv
from .recipe import Recipe


def _ours(name: str, description: str, network: Callable[[int], nn.Module], windows: int) -> Recipe:
    """A network on I and Q, trained on endless data from -12 dB up."""
    return Recipe(
        name=name,
        description=description,
        paper="gr-rfsec",
        network=network,
        representation="iq",
        normalisation="unit_power",
        lowest_snr_db=-12,
        batch=256,
        peak_learning_rate=3e-3,
        weight_decay=1e-2,
        default_windows=windows,
    )


_FEATURES = "I, Q, |x| and lag-1 products, convolutions,"
RECIPES = (
    _ours("dilated-conv", f"Default: {_FEATURES} dilated residual blocks, three poolings.", DilatedConv, 6_000_000),
    _ours(
        "dilated-conv-small",
        f"Below 50,000 parameters: {_FEATURES} dilated residual blocks, three poolings.",
        partial(DilatedConv, width=32),
        2_000_000,
    ),
    _ours("conv-bigru", f"Small: {_FEATURES} a bidirectional GRU, three poolings.", ConvBiGru, 1_000_000),
)
