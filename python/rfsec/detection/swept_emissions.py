# SPDX-License-Identifier: GPL-3.0-or-later
"""Occupied bands of a swept spectrum: what stands above a noise floor that follows the band."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage, stats

from ..dsp.swept_spectrum import SweptSpectrum
from ..errors import ParameterError

MIN_SNR_DB = 3.0

_BLOCK = 64  # bins whose quantile is one value of the floor
_QUANTILE = 0.25  # of a block's bins: narrow carriers may fill three quarters of it
_NEIGHBOURS = 41  # blocks, 26 MHz: a carrier of LTE leaves a sixth of them free
_RANK = 6.0  # percent of these blocks
_BIAS = 0.62  # the floor that these two give for noise of power 1, 5 spectra averaged
_AVERAGES = 5
# Bins that are averaged to see an emission, and of how many independent values such an average of 5 spectra is.
_NARROW, _NARROW_VALUES = 3, 2 * _AVERAGES
_WIDE, _WIDE_VALUES = 15, 10 * _AVERAGES
_FALSE_ALARM = 1e-6  # a bin, in noise
_GAP, _GAP_SHARE = 2, 0.05  # bins, or share of the narrower of two parts, that a gap within an emission may have
_COMB = 63  # bins: where most of so many are occupied, the others are gaps of a comb, or of a wide signal that fades

Decibels = npt.NDArray[np.float64]


@dataclass(frozen=True)
class SweptEmission:
    """One occupied band: `bins` bins from `first_bin`, the edges of the outermost ones in Hz, mean power over the floor in dB."""

    first_bin: int
    bins: int
    low_hz: float
    high_hz: float
    snr_db: float


def floor_db(spectrum: SweptSpectrum) -> Decibels:
    """Return the noise floor of each bin, dB of full scale.

    The lower quartile of each block of 64 bins, and of 41 such blocks one of the lowest: order statistics, so that
    emissions on most of the band do not lift it, and it still follows a receiver's slopes. Bins without a finite value
    count for nothing; where there is none the floor is 0.
    """
    power_db = spectrum.power_db
    finite = np.isfinite(power_db)
    if not finite.any():
        return np.zeros(power_db.size)
    values = np.where(finite, power_db, np.median(power_db[finite])).astype(float)
    count = max(1, values.size // _BLOCK)
    levels = _quartiles(values, count)
    reach = min(_NEIGHBOURS, count | 1) // 2
    lowest = ndimage.percentile_filter(levels, _RANK, 2 * reach + 1, mode="nearest")
    lowest[:reach], lowest[count - reach :] = lowest[min(reach, count - 1)], lowest[max(0, count - 1 - reach)]
    middles = (np.arange(count) + 0.5) * values.size / count - 0.5
    return np.interp(np.arange(values.size), middles, lowest) - 10 * np.log10(_BIAS)


def _quartiles(values: Decibels, blocks: int) -> Decibels:
    """The lower quartile of each of `blocks` parts, the first of which are longer by one where they cannot be equal."""
    size, longer = divmod(values.size, blocks)
    cut = longer * (size + 1)
    parts = (values[:cut].reshape(longer, size + 1), values[cut:].reshape(blocks - longer, size))
    return np.concatenate([np.quantile(part, _QUANTILE, axis=1) for part in parts if part.size])


def find_emissions(spectrum: SweptSpectrum, min_snr_db: float = MIN_SNR_DB) -> list[SweptEmission]:
    """Return the occupied bands of a sweep, from the lowest frequency up.

    A band is found where the mean of 3 or of 15 bins is `min_snr_db` above the floor, and more than noise that is averaged
    5 times reaches in one of a million bins. A gap of 2 bins, or of a twentieth of the narrower part, does not divide it, nor do gaps where more
    than half of 630 kHz is occupied.

    Parameters
    ----------
    spectrum : SweptSpectrum
    min_snr_db : float
        Signal power over noise power in a bin, dB; finite.

    Raises
    ------
    ParameterError
        If `min_snr_db` is not finite.
    """
    if not np.isfinite(min_snr_db):
        raise ParameterError(f"The 'min_snr_db' of emissions must be a finite number. Got {min_snr_db} instead.")
    over_db = np.nan_to_num(spectrum.power_db - floor_db(spectrum), nan=-100.0, posinf=-100.0, neginf=-100.0)
    over = 10.0 ** (over_db / 10)
    if not over.size:
        return []
    least = 1 + 10.0 ** (min_snr_db / 10)
    sure = max(least, _highest_noise(_WIDE_VALUES))
    narrow = ndimage.uniform_filter1d(over, _NARROW, mode="nearest")
    wide = ndimage.uniform_filter1d(np.minimum(over, 2 * sure), _WIDE, mode="nearest")  # a strong carrier is not a wide signal
    occupied = (narrow > max(least, _highest_noise(_NARROW_VALUES))) | (wide > sure) & (narrow > np.sqrt(sure))
    occupied |= ndimage.uniform_filter1d(occupied.astype(np.float32), _COMB, mode="nearest") > 0.5
    edges = np.flatnonzero(np.diff(np.r_[False, occupied, False]))
    found = []
    for first, last in _joined(edges.reshape(-1, 2)):
        excess = float(over[first:last].mean()) - 1
        if excess > 0:
            low = spectrum.first_hz + (first - 0.5) * spectrum.bin_hz
            high = low + (last - first) * spectrum.bin_hz
            found.append(SweptEmission(first, last - first, low, high, 10 * float(np.log10(excess))))
    return found


def _highest_noise(values: int) -> float:
    return float(stats.gamma.isf(_FALSE_ALARM, values)) / values


def _joined(parts: npt.NDArray[np.intp]) -> list[tuple[int, int]]:
    """Join parts [n, 2] (first bin, beyond the last) over short gaps."""
    joined: list[tuple[int, int]] = []
    for first, last in parts.tolist():
        if joined:
            before = joined[-1]
            if first - before[1] <= max(_GAP, _GAP_SHARE * min(before[1] - before[0], last - first)):
                joined[-1] = (before[0], last)
                continue
        joined.append((first, last))
    return joined
