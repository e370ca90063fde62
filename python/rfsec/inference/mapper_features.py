# SPDX-License-Identifier: GPL-3.0-or-later
"""From measured frequency responses to what a mapper takes, and back."""

import numpy as np

from ..ofdm.sanitise import sanitise
from .mapper_card import Normalisation


def represented(representation: str, cfr: np.ndarray) -> np.ndarray:
    """Return measured responses, complex [n, L], as a card's representation has them; NaN for rows of zeros, or not finite: they have none."""
    if representation == "cfr_sanitised":
        prepared = sanitise(cfr)
        usable = prepared.any(axis=1)
    elif representation == "cfr_unit_power":
        with np.errstate(over="ignore"):
            power = np.mean(np.abs(cfr) ** 2, axis=1)
        usable = np.isfinite(power) & (power > 0)
        prepared = np.where(usable[:, None], cfr, 0) / np.sqrt(np.where(usable, power, 1))[:, None]
    else:
        prepared = cfr
        usable = np.isfinite(cfr).all(axis=1) & cfr.any(axis=1)
    return np.where(usable[:, None], prepared, complex(np.nan, np.nan))


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
