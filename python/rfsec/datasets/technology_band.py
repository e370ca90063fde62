# SPDX-License-Identifier: GPL-3.0-or-later
"""The bins that a sweeping sensor measures, each at its own time, and what an emission is in them."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..dsp.swept_spectrum import SweptSpectrum

SAMPLE_RATE_HZ, FFT_SIZE, FRAMES = 2.4e6, 256, 5  # Rajendran et al., table III
RAW_BIN_HZ = SAMPLE_RATE_HZ / FFT_SIZE
FRAME_S = FFT_SIZE / SAMPLE_RATE_HZ
STEP_BINS = 200  # raw bins of a step that are kept: the outer ones lie in the slope of the receiver's filter
BIN_HZ = 10e3

Power = npt.NDArray[np.float64]
Parts = list[tuple["Emission", float]]  # the wanted emission first; levels in dB beside it
_PLACES = (-0.4, -0.2, 0.0, 0.2, 0.4)  # in a bin, at which a density is looked at


@dataclass(frozen=True)
class Band:
    """A sweep of `steps` steps; raw bins stand in one row, from the lowest frequency up.

    Attributes
    ----------
    steps : int
    hz : float64 [bins]
        Middle of each raw bin, from the middle of the band.
    time_s : float64 [FRAMES, bins]
        When the frame began in which a bin was measured: steps follow each other after a retuning.
    """

    steps: int
    hz: npt.NDArray[np.float64]
    time_s: npt.NDArray[np.float64]


def make_band(steps: int, rng: np.random.Generator) -> Band:
    """Return a band that is swept upwards, with a pause of 3 to 60 ms before each step."""
    bins = steps * STEP_BINS
    starts = rng.random() + np.cumsum(0.003 * 20 ** rng.random(steps))
    time_s = np.repeat(starts, STEP_BINS) + FRAME_S * np.arange(FRAMES)[:, None]
    return Band(steps, (np.arange(bins) - (bins - 1) / 2) * RAW_BIN_HZ, time_s)


@dataclass(frozen=True)
class Emission:
    """What one transmitter adds to a band.

    Attributes
    ----------
    low_hz, high_hz : float
        The band that it occupies, from the middle of the sweep.
    random : float64 [FRAMES, bins]
        Mean power of what is like noise within one spectrum; about 1 in the occupied band.
    steady : float64 [FRAMES, bins]
        Power of what is not: a carrier, a pulse.
    """

    low_hz: float
    high_hz: float
    random: Power
    steady: Power

    @property
    def bandwidth_hz(self) -> float:
        return self.high_hz - self.low_hz


def over_bins(density: Callable[[npt.NDArray[np.float64]], Power], hz: npt.NDArray[np.float64]) -> Power:
    """Return the mean of a power density over each raw bin whose middle is at `hz`."""
    return sum(density(hz + place * RAW_BIN_HZ) for place in _PLACES) / len(_PLACES)


def random_emission(low_hz: float, high_hz: float, power: Power, band: Band) -> Emission:
    """Return an emission that is like noise; `power` is broadcast to [FRAMES, bins]."""
    shape = band.time_s.shape
    return Emission(low_hz, high_hz, np.broadcast_to(power, shape), np.zeros(shape))


def regridded(power: Power, first_hz: float) -> SweptSpectrum:
    """Return raw bins as a swept spectrum of 10 kHz bins; power density is kept.

    Parameters
    ----------
    power : float64 [bins]
        Of raw bins without a gap.
    first_hz : float
        Middle of the first.
    """
    edges = first_hz + (np.arange(power.size + 1) - 0.5) * RAW_BIN_HZ
    grid = np.arange(np.ceil(edges[0] / BIN_HZ), np.floor(edges[-1] / BIN_HZ) + 1) * BIN_HZ
    summed = np.interp(grid, edges, np.r_[0.0, np.cumsum(power)])
    density = np.maximum(np.diff(summed) * (RAW_BIN_HZ / BIN_HZ), 1e-30)
    return SweptSpectrum(float(grid[0] + BIN_HZ / 2), BIN_HZ, (10 * np.log10(density)).astype(np.float32))
