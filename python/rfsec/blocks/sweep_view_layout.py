# SPDX-License-Identifier: GPL-3.0-or-later
"""Where things stand in a Sweep View: stripes, their labels, and the range of levels."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..records import ACCEPTED, DecisionRecord
from .burst_view_text import label_of

_SMALLEST = 3.0  # pixels of a stripe
_ROWS = 5  # of labels, above the spectrum
_MARGIN = 8.0  # pixels, of a label
_STEP_DB = 10.0
_LIMIT_DB = 300.0  # beyond it a level is nonsense
_LOW_QUANTILE = 0.02


@dataclass(frozen=True)
class Span:
    """The edges of an emission, pixels."""

    left: float
    right: float
    record: DecisionRecord


@dataclass(frozen=True)
class Label:
    """Where the words about an emission stand, pixels; `middle` is that of the emission, row 0 the lowest."""

    left: float
    width: float
    row: int
    middle: float
    text: str
    record: DecisionRecord


def spans_of(records: list[DecisionRecord], band_hz: tuple[float, float], left: float, width: float) -> list[Span]:
    """The emissions whose middle is in a band that is painted from `left` on, the widest first."""
    spans, per_hz = [], width / (band_hz[1] - band_hz[0])
    for record in sorted(records, key=lambda one: -one.bandwidth_hz):
        half = max(_SMALLEST, record.bandwidth_hz * per_hz) / 2
        middle = left + (record.freq_hz + record.centre_hz - band_hz[0]) * per_hz
        if left <= middle <= left + width:
            spans.append(Span(max(middle - half, left), min(middle + half, left + width), record))
    return spans


def labels_of(spans: list[Span], width_of: Callable[[str], float], left: float, width: float) -> list[Label]:
    """Labels that do not cover each other, in a few rows, the surest first; for what finds no room there is none."""
    placed: list[Label] = []
    for span in sorted(spans, key=lambda one: (one.record.verdict != ACCEPTED, -(one.record.confidence or 0.0))):
        text, middle = label_of(span.record), (span.left + span.right) / 2
        size = width_of(text) + _MARGIN
        start = min(max(middle - size / 2, left), left + width - size)
        taken = {one.row for one in placed if start < one.left + one.width and one.left < start + size}
        row = next((row for row in range(_ROWS) if row not in taken), None)
        if row is not None:
            placed.append(Label(start, size, row, middle, text, span.record))
    return placed


def shown_levels(power_db: np.ndarray) -> np.ndarray:
    """Decibels without those that no picture can show; NaN stays."""
    return np.clip(power_db.astype(float), -_LIMIT_DB, _LIMIT_DB)


def levels_of(power_db: np.ndarray) -> tuple[float, float]:
    """From the lowest to the highest level that is shown, whole tens of decibels."""
    finite = power_db[np.isfinite(power_db)]
    low, high = (np.quantile(finite, _LOW_QUANTILE), finite.max()) if finite.size else (-100.0, 0.0)
    low = _STEP_DB * np.floor((low - 3) / _STEP_DB)
    return float(low), float(max(low + 2 * _STEP_DB, _STEP_DB * np.ceil((high + 3) / _STEP_DB)))
