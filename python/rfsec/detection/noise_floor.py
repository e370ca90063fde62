# SPDX-License-Identifier: GPL-3.0-or-later
"""The noise floor of each frequency, by order statistics over time and over frequency."""

import numpy as np
from scipy import stats

from .spectrogram import BINS, ZERO_HZ

_AVERAGED = 4  # frames
_QUANTILE = 0.2  # over time: emissions may fill up to four fifths of a block
_FEWEST = 32  # averages that a quantile of its own needs
_SHAPE = 3.8  # independent values in an average of 4 frames that overlap by half
_TIME_BIAS = stats.gamma.ppf(_QUANTILE, _SHAPE) / _SHAPE

_PASSBAND = 1e-5  # what is further below the loud end is outside of the receiver's filter, no noise floor
_LOUD = BINS // 20
_REFERENCE = 0.25  # over frequency: steady emissions may fill up to three quarters of the passband
_RIPPLE = 2.0  # the receiver's own, over frequency

_SHORT = 32  # samples: gaps between frames may be that short
_SHORT_QUANTILE = 0.01
_SHORT_BIAS = stats.gamma.ppf(_SHORT_QUANTILE, _SHORT) / _SHORT
_WHITE = 2.5

_LINE = 2  # bins that a line at 0 Hz reaches to either side


class NoiseFloor:
    """Follows the noise of a band from block to block.

    The floor of a bin is the least of three: its own low quantile over time (the noise between bursts, however the
    receiver shapes it), a low quantile over the bins of the passband (beside an emission that never pauses), and the
    power of the quietest moments spread over the passband (in gaps shorter than a spectrum's window). What fills a
    bin for all of a block counts as noise there only where its neighbours have it too. A steady line at 0 Hz is the
    receiver's own and belongs to the floor. The step of the converter bounds it from below.
    """

    def __init__(self) -> None:
        self._before: np.ndarray | None = None

    def update(self, power: np.ndarray, samples: np.ndarray) -> np.ndarray | None:
        """Return the floor of a block.

        Parameters
        ----------
        power : float32 [frames, BINS]
            Spectra of the block.
        samples : complex64 [n]
            The block.

        Returns
        -------
        float64 [BINS] or None
            Noise power density per cycles per sample; None where all samples of the block are zero.
        """
        step = _converter_step(samples)
        if step is None:
            return None
        steady = self._over_time(power)
        if steady is None:
            return np.full(BINS, step**2)
        passband = steady >= _PASSBAND * np.sort(steady)[-_LOUD]
        reference = np.quantile(steady[passband], _REFERENCE)
        quiet = _quietest(samples) / passband.mean()
        floor = np.minimum(steady, min(_RIPPLE * reference, _WHITE * quiet))
        line = slice(ZERO_HZ - _LINE, ZERO_HZ + _LINE + 1)
        beside = np.r_[floor[ZERO_HZ - 3 * _LINE : line.start], floor[line.stop : ZERO_HZ + 3 * _LINE + 1]]
        if steady[line].max() > floor[line].max() and np.allclose(beside, steady[_beside()]):
            floor[line] = steady[line]
        return np.maximum(floor, step**2)

    def _over_time(self, power: np.ndarray) -> np.ndarray | None:
        whole = len(power) // _AVERAGED * _AVERAGED
        averages = power[:whole].reshape(-1, _AVERAGED, BINS).mean(axis=1)
        averages = averages[averages.max(axis=1, initial=0) > 0]
        now = None
        if len(averages) >= _FEWEST or (self._before is None and len(averages)):
            rank = int(_QUANTILE * (len(averages) - 1))
            now = np.partition(averages, rank, axis=0)[rank].astype(float) / _TIME_BIAS
        before, self._before = self._before, self._before if now is None else now
        if now is None or before is None:
            return before if now is None else now
        return np.minimum(now, before)


def _beside() -> np.ndarray:
    return np.r_[ZERO_HZ - 3 * _LINE : ZERO_HZ - _LINE, ZERO_HZ + _LINE + 1 : ZERO_HZ + 3 * _LINE + 1]


def _converter_step(samples: np.ndarray) -> float | None:
    """The smallest value that is not zero: of integers the step, of floating point nearly nothing."""
    values = np.abs(samples.view(np.float32))
    values = values[values > 0]
    return float(values.min()) if values.size else None


def _quietest(samples: np.ndarray) -> float:
    """Power of the quietest moments that hold anything."""
    whole = samples[: max(_SHORT, samples.size // _SHORT * _SHORT)].view(np.float32)
    moments = np.square(whole).reshape(-1, 2 * min(_SHORT, samples.size)).mean(axis=1) * 2
    moments = moments[moments > 0]
    rank = int(_SHORT_QUANTILE * (moments.size - 1))
    return float(np.partition(moments, rank)[rank]) / _SHORT_BIAS
