# SPDX-License-Identifier: GPL-3.0-or-later
"""Recipes of the networks that are trained quantised: section VI-E and fig. 17 of the LSTM paper."""

from dataclasses import replace

from .networks.binary_cnn import BinaryCnn2d
from .networks.ternary_lstm import FourBitLstm, TernaryLstm
from .recipe import Recipe
from .recipes_lstm import PAPER

_TERNARY = "Every weight of the LSTM and dense layers is -1, 0 or +1 times one scale a row; biases are float."
_TW_FA = Recipe(
    name="lstm-ternary",
    description="Two LSTM layers of 128 cells with ternary weights and float activations (TW FA), on amplitude and phase.",
    paper=PAPER,
    network=TernaryLstm,
    representation="amp_phase",
    normalisation="unit_l2",
    lowest_snr_db=-10,
    batch=128,
    peak_learning_rate=1e-3,
    weight_decay=0.0,
    default_windows=2_000_000,
    limits=(_TERNARY,),
)

RECIPES = (
    _TW_FA,
    replace(
        _TW_FA,
        name="lstm-ternary-4bit",
        description="Two LSTM layers of 128 cells with ternary weights and 4-bit activations (TW 4BA), on amplitude and phase.",
        network=FourBitLstm,
        batch=256,
        peak_learning_rate=2e-3,
        limits=(
            _TERNARY,
            "Input and hidden state have 16 levels, the cell state is float; sigmoid and tanh are piecewise linear.",
        ),
    ),
    replace(
        _TW_FA,
        name="cnn2d-binary",
        description="A two-dimensional CNN whose weights and hidden activations are -1 or +1, on I and Q.",
        network=BinaryCnn2d,
        representation="iq",
        normalisation="unit_power",
        lowest_snr_db=-20,
        batch=256,
        limits=("The input is rounded to 8 bits, in 32nds from -4 to 4.",),
        window=128,
    ),
)
