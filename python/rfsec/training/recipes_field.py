# SPDX-License-Identifier: GPL-3.0-or-later
"""The recipe of the field model, which decides about bursts of real signals."""

from ..detection.condition import SHARE
from .networks.burst_network import BurstNetwork
from .recipe import Recipe

RECIPES = (
    Recipe(
        name="field",
        description="Bursts of real signals: dilated residual blocks over time, and over spectra of x, x^2, x^4, x^8, |x|^2 and the "
        "changes of frequency; the amplitudes of symbols.",
        paper="gr-rfsec",
        network=BurstNetwork,
        representation="iq",
        normalisation="unit_power",
        lowest_snr_db=-4,
        batch=128,
        peak_learning_rate=2e-3,
        weight_decay=1e-2,
        default_windows=4_000_000,
        dataset="field",
        window=1024,
        conditioned_bandwidth=SHARE,
        calibration_windows_per_cell=100,
        limits=("Trained and tested on generated bursts only.",),
    ),
)
