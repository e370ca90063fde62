# SPDX-License-Identifier: GPL-3.0-or-later
"""From measured frequency responses to what a mapper takes, and back."""

import numpy as np

from ..ofdm.sanitise import sanitise
from .mapper_card import Normalisation


def represented(representation: str, cfr: np.ndarray) -> np.ndarray:
    """Return measured responses, complex [n, L], as a card's representation has them. Rows of zeros, or not finite, have no features."""
    if representation == "cfr_sanitised":
        return sanitise(cfr)
    if representation == "cfr_unit_power":
        power = np.mean(np.abs(cfr) ** 2, axis=1, keepdims=True)
        return np.where(np.isfinite(power), cfr, np.nan) / np.sqrt(np.where(power > 0, power, 1))
    return cfr


def min_max(rows: np.ndarray) -> Normalisation:
    """Return what brings each feature of rows, float32 [n, 2L], to 0 to 1 (the KGNet paper's equations 14 and 15)."""
    low, high = rows.min(axis=0), rows.max(axis=0)
    return Normalisation(offset=low.tolist(), scale=np.maximum(high - low, 1e-12).tolist())


def normalised(values: np.ndarray, by: Normalisation) -> np.ndarray:
    """Return features, float32 [n, 2L], brought to a card's normalisation."""
    return (values - np.asarray(by.offset, np.float32)) / np.asarray(by.scale, np.float32)


def restored(values: np.ndarray, by: Normalisation) -> np.ndarray:
    """Return what `normalised` was made of, float64 [n, 2L]."""
    return values * np.asarray(by.scale) + np.asarray(by.offset)
