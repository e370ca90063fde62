# SPDX-License-Identifier: GPL-3.0-or-later
"""Recipes of our own networks; one entry of `RECIPES` each."""

from .networks.conv_bigru import ConvBiGru
from .recipe import Recipe

RECIPES = (
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
)
