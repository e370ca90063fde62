# SPDX-License-Identifier: GPL-3.0-or-later
"""The mean of a band's newest sweeps, in which what stays stands out of what fluctuates."""

from collections import OrderedDict, deque
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from ..errors import ParameterError
from .swept_spectrum import SweptSpectrum

MAX_SWEEPS = 1000
_FURTHEST_DB = 300  # from 0 dB: float32 holds the sum of so many powers of it
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

    def clear(self) -> None:
        """Forget all bands."""
        self._powers.clear()

    def push(self, spectrum: SweptSpectrum) -> SweptSpectrum:
        """Return the mean power of a sweep and of those before it, with the time of this one; a bin without any finite value has none.

        The first sweep of a band is returned as it is.
        """
        band = (spectrum.first_hz, spectrum.bin_hz, spectrum.power_db.size)
        newest = self._powers.setdefault(band, deque(maxlen=self._sweeps))
        self._powers.move_to_end(band)
        if len(self._powers) > _BANDS:
            self._powers.popitem(last=False)
        newest.append(np.where(np.isfinite(spectrum.power_db), spectrum.power_db, np.nan))
        return spectrum if len(newest) == 1 else mean_spectrum(spectrum, newest)


def mean_spectrum(spectrum: SweptSpectrum, powers_db: Iterable[npt.NDArray[np.float32]]) -> SweptSpectrum:
    """Return `spectrum` with the mean of powers float32 [bins], dB; a NaN counts for nothing, and a bin that has no more is NaN.

    What is further from 0 dB than 300 counts as 300 or -300.
    """
    powers = np.array([10 ** (np.clip(one, -_FURTHEST_DB, _FURTHEST_DB) / 10) for one in powers_db])
    known = np.count_nonzero(~np.isnan(powers), axis=0).astype(powers.dtype)
    mean = np.divide(np.nansum(powers, axis=0), known, out=np.full_like(powers[0], np.nan), where=known > 0)
    return replace(spectrum, power_db=(10 * np.log10(mean)).astype(np.float32))
