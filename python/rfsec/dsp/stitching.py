# SPDX-License-Identifier: GPL-3.0-or-later
"""One spectrum of a band from the spectra of steps: brought to one grid of bins, levelled, and put together."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.linalg import solveh_banded
from scipy.special import polygamma

from .swept_spectrum import SweptSpectrum
from .sweep_grid import SweepGrid

LEAST_DB = -200.0  # what no power at all is called
_GAIN_SPREAD_DB = 2.0  # standard deviation of a step's gain, before anything is measured
_NEPER_DB = 10 / np.log(10)
_HANN_SHARE = 1 / 1.94  # of bins that count as independent under a Hann window: 1 / (1 + 2 * (4/9 + 1/36))
_MEDIAN = np.sqrt(np.pi / 2)  # spread of a median over that of a mean

Values = npt.NDArray[np.float64]


def stitch(grid: SweepGrid, freqs_hz: Sequence[float], powers: npt.NDArray[np.float64], time_ns: int | None = None) -> SweptSpectrum:
    """Return the spectrum of a sweep.

    Each step gives the bins that lie within its kept share, its power divided over them as the density is within each bin
    of the FFT, so that no power comes or goes. Gains are levelled over the overlaps, see `gains_db`. Where two steps measured a
    bin, it has their mean.

    Parameters
    ----------
    grid : SweepGrid
    freqs_hz : float [steps]
        What each step was tuned to, rising.
    powers : float64 [steps, fft_size]
        Of `averaged_power`, in the same order.
    time_ns : int, optional
        UTC time of the first sample.

    Returns
    -------
    SweptSpectrum
        Decibels of full scale, -200 or more; NaN where no step has a finite value.
    """
    first = np.array([grid.first_bin_of(freq_hz) for freq_hz in freqs_hz])
    rows = _on_grid(grid, np.asarray(freqs_hz, float), first, powers)
    rows *= 10.0 ** (-gains_db(grid, first, rows)[:, None] / 10)
    places = first[:, None] + np.arange(rows.shape[1])
    counts = np.isfinite(rows) & (places >= 0) & (places < grid.bins)
    measured = np.bincount(places[counts], minlength=grid.bins)
    with np.errstate(all="ignore"):
        mean = np.bincount(places[counts], rows[counts], minlength=grid.bins) / measured
        power_db = np.maximum(10 * np.log10(mean), LEAST_DB).astype(np.float32)
    return SweptSpectrum(grid.first_hz, grid.bin_hz, power_db, time_ns)


def gains_db(grid: SweepGrid, first: npt.NDArray[np.int64], rows: Values) -> Values:
    """Return the gain of each step over the mean of all, float64 [steps], dB.

    The median ratio of neighbours in the bins that both measured is the difference of their gains, with the spread that
    noise averaged so often gives it. With gains that spread by 2 dB before that, least squares give the most likely
    ones: errors of one overlap do not add up along the sweep.

    Parameters
    ----------
    grid : SweepGrid
    first : int [steps]
        Number of the first bin of each row.
    rows : float64 [steps, bins_of_step]
        Power.
    """
    steps, width = rows.shape
    if steps == 1:
        return np.zeros(1)
    certainty, difference = np.zeros((2, steps - 1))
    for index in range(steps - 1):
        shift = first[index + 1] - first[index]
        if 0 <= shift < width:
            below, above = rows[index, shift:], rows[index + 1, : width - shift]
            both = (below > 0) & (above > 0)  # false for NaN
            if both.any():
                difference[index] = _NEPER_DB * np.median(np.log(above[both] / below[both]))
                certainty[index] = 1 / _spread_db(grid, int(both.sum())) ** 2
    system = np.zeros((2, steps))  # of the normal equations: upper diagonal, diagonal
    system[1] = 1 / _GAIN_SPREAD_DB**2
    system[1, :-1] += certainty
    system[1, 1:] += certainty
    system[0, 1:] = -certainty
    pull = certainty * difference
    wanted = np.r_[0.0, pull] - np.r_[pull, 0.0]
    return solveh_banded(system, wanted)


def _spread_db(grid: SweepGrid, bins: int) -> float:
    """Standard deviation of the median ratio of `bins` bins of noise."""
    independent = max(1.0, min(1.0, grid.bin_hz * grid.fft_size / grid.sample_rate_hz) * bins * _HANN_SHARE)
    return _NEPER_DB * _MEDIAN * np.sqrt(2 * polygamma(1, grid.averages) / independent)


def _on_grid(grid: SweepGrid, freqs_hz: Values, first: npt.NDArray[np.int64], powers: Values) -> Values:
    """Power [steps, bins_of_step] in the bins of the grid from number `first` of each step on."""
    fft_hz = grid.sample_rate_hz / grid.fft_size
    edges_hz = grid.start_hz + (first[:, None] + np.arange(grid.bins_of_step + 1)) * grid.bin_hz
    place = (edges_hz - freqs_hz[:, None]) / fft_hz + grid.fft_size // 2 + 0.5  # edges, in bins of the FFT
    whole = np.clip(np.floor(place).astype(int), 0, grid.fft_size - 1)
    summed = np.concatenate((np.zeros((len(powers), 1)), np.cumsum(powers, axis=1)), axis=1)
    below, above = (np.take_along_axis(summed, whole + one, axis=1) for one in (0, 1))
    return np.diff(below + (place - whole) * (above - below), axis=1)
