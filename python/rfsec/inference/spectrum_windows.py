# SPDX-License-Identifier: GPL-3.0-or-later
"""What a model sees of an emission in a swept spectrum; training and inference share these functions."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ..detection.swept_emissions import SweptEmission
from ..dsp.swept_spectrum import SweptSpectrum

REPRESENTATION, NORMALISATION = "spectrum_db", "floor_20_db"
LENGTHS = (16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048)
"""Bins of a window: few lengths, so that windows of many emissions make one batch."""

_MARGIN = 4  # bins of noise, or of neighbours, on either side at least
_LOWEST_DB, _HIGHEST_DB = -10.0, 60.0
_SCALE_DB = 20.0


def window_length(bins: int, lengths: Sequence[int] = LENGTHS) -> int | None:
    """Return the shortest of ascending `lengths` for an emission of `bins` bins; None where it is wider than any."""
    return next((length for length in lengths if length >= bins + 2 * _MARGIN), None)


def cut_window(spectrum: SweptSpectrum, floor_db: npt.NDArray[np.floating], emission: SweptEmission, length: int) -> npt.NDArray[np.float32]:
    """Return float32 [1, length]: the emission in the middle, dB over the floor from -10 to 60, divided by 20.

    What lies beyond the ends of the sweep is 0, as the floor is; so is a bin without a finite value.
    """
    start = emission.first_bin + emission.bins // 2 - length // 2
    first, last = max(start, 0), min(start + length, spectrum.power_db.size)
    over = np.nan_to_num(spectrum.power_db[first:last] - floor_db[first:last], nan=0.0, posinf=0.0, neginf=0.0)
    window = np.zeros((1, length), np.float32)
    window[0, first - start : last - start] = np.clip(over, _LOWEST_DB, _HIGHEST_DB) / _SCALE_DB
    return window
