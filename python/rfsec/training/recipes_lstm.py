# SPDX-License-Identifier: GPL-3.0-or-later
"""Recipes of the LSTM paper's rows: figs. 3 and 12 to 14 (layers and cells), 7 to 9 (windows of varied length)."""

from dataclasses import replace
from functools import partial

from .networks.lstm import AmplitudePhaseLstm
from .recipe import Recipe

PAPER = (
    "S. Rajendran et al., Deep Learning Models for Wireless Signal Classification With Distributed "
    "Low-Cost Spectrum Sensors, IEEE TCCN 4(3), 2018, doi:10.1109/TCCN.2018.2835460"
)
LAYERS = (1, 2, 3)
CELLS = (16, 32, 64, 128, 256)
LENGTHS = (64, 128, 256, 512)
_STEPS = "Trained with batches of 128 at a peak rate of 2e-3, the paper with 400 at 1e-3: more steps a window."

_BASE = Recipe(
    name="lstm-amp-phase",
    description="Two LSTM layers of 128 cells on amplitude and phase, a dense layer on the last step.",
    paper=PAPER,
    network=AmplitudePhaseLstm,
    representation="amp_phase",
    normalisation="unit_l2",
    lowest_snr_db=-10,
    batch=128,
    peak_learning_rate=2e-3,
    weight_decay=0.0,
    default_windows=8_000_000,
    limits=(_STEPS,),
    halves=True,
)


def _sized(layers: int, cells: int) -> Recipe:
    """A row of figs. 12 to 14, trained on all SNRs (section V-D)."""
    plural = "s" if layers > 1 else ""
    return replace(
        _BASE,
        name=f"lstm-{layers}x{cells}",
        description=f"{layers} LSTM layer{plural} of {cells} cells on amplitude and phase, a dense layer on the last step.",
        network=partial(AmplitudePhaseLstm, layers=layers, cells=cells),
        lowest_snr_db=-20,
    )


def _varied(name: str, left_out: int) -> Recipe:
    """A model that never saw windows of `left_out` samples, on all SNRs (section V-B)."""
    return replace(
        _BASE,
        name=name,
        description="Two LSTM layers of 128 cells on amplitude and phase; windows of 64 to 512 samples at 4 or 8 a symbol, "
        f"never trained on {left_out}.",
        lowest_snr_db=-20,
        dataset="rml2016a-varied",
        train_lengths=tuple(length for length in LENGTHS if length != left_out),
    )


RECIPES = (
    _BASE,
    *(_sized(layers, cells) for layers in LAYERS for cells in CELLS),
    _varied("lstm-varied", 64),  # figs. 7 and 8: trained on 128 to 512
    *(_varied(f"lstm-varied-not{length}", length) for length in LENGTHS),
)
