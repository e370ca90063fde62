# SPDX-License-Identifier: GPL-3.0-or-later
"""The noise floor of each frequency, by order statistics over time and over frequency."""

from functools import lru_cache

import numpy as np
from scipy import ndimage, stats

from .spectrogram import BINS, ZERO_HZ

_AVERAGED = 4  # frames
_QUANTILE = 0.2  # over time: emissions may fill up to four fifths of a block
_FEWEST = 16  # averages that a quantile of its own needs
_SHAPE = 3.8  # independent values in an average of 4 frames that overlap by half
_TIME_BIAS = stats.gamma.ppf(_QUANTILE, _SHAPE) / _SHAPE

_RISE = 10**0.02  # from block to block at most: an emission of several blocks does not become the floor at once

_PASSBAND = 1e-4  # what is further below the loud end is outside of the receiver's filter, no noise floor
_LOUD = BINS // 20
_FEWEST_BINS = 12  # of a band's floor beside steady emissions
_STEP_DB = 3.0  # an emission's edge is steeper than the receiver's own slopes: few bins are that far above the floor
_FEW = 0.4
_EVEN_DB = 8.0  # a floor does not vary more, a filter's slope does
_NARROW = 3  # emissions of at most the passband over this stand out of any slope

_SHORT = 16  # samples: gaps between frames may be that short
_SHORT_QUANTILE = 0.005
_ABOVE = 2.5  # a bin that is more above another estimate than that holds an emission

_LEAST = 1e-17  # of I or Q
_STEP_EVERY = 16  # blocks: the converter does not change
_LINE = 2  # bins that a line at 0 Hz reaches to either side
_AT_ZERO = slice(ZERO_HZ - _LINE, ZERO_HZ + _LINE + 1)
_BESIDE = np.r_[ZERO_HZ - 3 * _LINE : ZERO_HZ - _LINE, ZERO_HZ + _LINE + 1 : ZERO_HZ + 3 * _LINE + 1]


def in_passband(floor: np.ndarray) -> np.ndarray:
    """Which bins, bool [BINS], are inside of the receiver's filter."""
    return floor > _PASSBAND * np.sort(floor)[-_LOUD]


class NoiseFloor:
    """Follows the noise of a band from block to block.

    A bin's floor is its own low quantile over time: the noise between bursts, however the receiver shapes it. Other
    estimates replace it where it is far above them, for then it is an emission that hardly pauses: the level around a
    hump that is narrow beside the passband (a morphological opening), the even and lowest part of the band where a
    steep edge divides it from the rest, and the quietest moments spread over the passband, for gaps shorter than a
    spectrum's window. A steady line at 0 Hz is the receiver's own and belongs to the floor. The step of the converter
    bounds it from below.
    """

    def __init__(self) -> None:
        self._before: np.ndarray | None = None
        self._step: float | None = None
        self._blocks = 0

    def update(self, power: np.ndarray, samples: np.ndarray, received: np.ndarray) -> np.ndarray | None:
        """Return the floor of a block.

        Parameters
        ----------
        power : float32 [frames, BINS]
            Spectra of the block.
        samples : complex64 [n]
            The block without the receiver's constant.
        received : complex64 [n]
            The same with the receiver's constant, in the converter's steps.

        Returns
        -------
        float64 [BINS] or None
            Noise power density per cycles per sample; None where all samples of the block are zero, or below 1e-17: float32
            does not hold the squares of such samples, and of what is weaker beside them.
        """
        if np.abs(samples.view(np.float32)).max(initial=0) < _LEAST:
            return None
        if self._step is None or self._blocks % _STEP_EVERY == 0:
            self._step = min(self._step or np.inf, _converter_step(received))
        self._blocks += 1
        step = self._step
        steady = self._over_time(power)
        if steady is None:  # too short a stream to see pauses: what most frequencies hold is noise
            steady = np.full(BINS, float(np.median(power)) / np.log(2))
        # A receiver that is silent between bursts gives nothing, or a constant, of which nothing but rounding is in other bins.
        steady = np.maximum(steady, step**2)
        passband = in_passband(steady)
        other = np.full(BINS, np.inf)
        quiet = _quietest(samples, steady)
        if _ABOVE * quiet < steady.mean():  # else there are no gaps
            other[:] = quiet / passband.mean()
        width = max(1, np.count_nonzero(passband) // _NARROW)
        other[passband] = np.minimum(other[passband], ndimage.grey_opening(steady[passband], width, mode="wrap"))
        beside = _beside_emissions(steady[passband])
        if beside is not None:
            other = np.minimum(other, beside)
        floor = np.where(steady > _ABOVE * other, other, steady)
        if (floor[_BESIDE] == steady[_BESIDE]).all():
            floor[_AT_ZERO] = steady[_AT_ZERO]
        return np.maximum(floor, max(step**2, _PASSBAND * np.sort(floor)[-_LOUD]))

    def _over_time(self, power: np.ndarray) -> np.ndarray | None:
        count = len(power) // (2 * _AVERAGED)  # every other average: half the work, and hardly less certain
        averages = sum(power[first :: 2 * _AVERAGED][:count] for first in range(_AVERAGED)) / np.float32(_AVERAGED)
        if count >= _FEWEST:
            rank = int(_QUANTILE * (count - 1))
            now = np.partition(averages, rank, axis=0)[rank].astype(float) / _TIME_BIAS
            if not now.all():
                return now
            self._before = now if self._before is None else np.minimum(now, _RISE * self._before)
        return self._before


def _beside_emissions(steady: np.ndarray) -> float | None:
    """The level of the lowest even part of a band, where a steep edge divides it from what is above; else None."""
    levels = 10 * np.log10(np.sort(steady))
    below = np.arange(levels.size)  # how many bins are below each level
    between = np.searchsorted(levels, levels + _STEP_DB) - below
    above = levels.size - below - between
    even = levels[np.maximum(0, (0.9 * below).astype(int) - 1)] - levels[(0.1 * below).astype(int)] <= _EVEN_DB
    edges = np.flatnonzero((below >= _FEWEST_BINS) & (above > 0) & (between <= _FEW * below) & even)
    return float(10 ** (np.median(levels[: edges[0]]) / 10)) if edges.size else None


def _converter_step(samples: np.ndarray) -> float:
    """The smallest distance of a value from the first that is not zero: of integers the step, whatever was added to them, of floating point nearly nothing.

    Of I or of Q, where it is larger: a real-valued intermediate frequency has integers in I alone, Q is computed.
    """
    parts = [np.abs(part - part[0]) for part in (samples.real, samples.imag) if part.min() < part.max()] or [np.abs(samples.view(np.float32))]
    return max(float(part.min(initial=np.inf, where=part > 0)) for part in parts)


def _quietest(samples: np.ndarray, steady: np.ndarray) -> float:
    """Power of noise with the spectrum `steady`, by the quietest moments that hold anything."""
    whole = samples[: max(_SHORT, samples.size // _SHORT * _SHORT)].view(np.float32)
    moments = np.square(whole).reshape(-1, 2 * min(_SHORT, samples.size)).mean(axis=1) * 2
    moments = moments[moments > 0]
    if not moments.size:  # all that the block holds is in its last samples
        return np.inf
    rank = int(_SHORT_QUANTILE * (moments.size - 1))
    independent = _SHORT * steady.mean() ** 2 / np.mean(steady**2)
    return float(np.partition(moments, rank)[rank]) / _short_bias(max(1, round(independent)))


@lru_cache(maxsize=_SHORT)
def _short_bias(independent: int) -> float:
    return float(stats.gamma.ppf(_SHORT_QUANTILE, independent)) / independent
