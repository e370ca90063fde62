# SPDX-License-Identifier: GPL-3.0-or-later
"""The mean of a band's newest sweeps, in which what stays stands out of what fluctuates."""

from collections import OrderedDict, deque
from dataclasses import replace

import numpy as np

from ..errors import ParameterError
from .swept_spectrum import SweptSpectrum

MAX_SWEEPS = 1000
_BANDS = 64  # that are remembered: bounds the memory


class SweepMean:
    """Remembers the newest sweeps of up to 64 bands; bands are told apart by their bins.

    Parameters
    ----------
    sweeps : int
        Sweeps in a mean, 1 to 1000.

    Raises
    ------
    ParameterError
        `sweeps` is not in its range.
    """

    def __init__(self, sweeps: int):
        if not 1 <= sweeps <= MAX_SWEEPS:
            raise ParameterError(f"The 'sweeps' of a mean must be 1 to {MAX_SWEEPS}. Got {sweeps} instead.")
        self._sweeps = sweeps
        self._powers: OrderedDict[tuple, deque] = OrderedDict()

    def push(self, spectrum: SweptSpectrum) -> SweptSpectrum:
        """Return the mean power of a sweep and of those before it, with the time of this one; a bin without any finite value has none."""
        if self._sweeps == 1:
            return spectrum
        band = (spectrum.first_hz, spectrum.bin_hz, spectrum.power_db.size)
        newest = self._powers.setdefault(band, deque(maxlen=self._sweeps))
        self._powers.move_to_end(band)
        if len(self._powers) > _BANDS:
            self._powers.popitem(last=False)
        finite = np.isfinite(spectrum.power_db)
        newest.append(np.where(finite, 10 ** (np.where(finite, spectrum.power_db, 0.0) / 10), np.nan))
        rows = np.array(newest)
        known = np.count_nonzero(np.isfinite(rows), axis=0)
        mean = np.divide(np.nansum(rows, axis=0), known, out=np.full(len(known), np.nan), where=known > 0)
        return replace(spectrum, power_db=(10 * np.log10(mean)).astype(np.float32))
