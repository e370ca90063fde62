# SPDX-License-Identifier: GPL-3.0-or-later
"""The bins of a sweep over a band, and the frequencies to tune to so that its steps cover them."""

import math
from dataclasses import dataclass

import numpy as np

from ..errors import ParameterError

KEPT_SHARE = 0.875
"""Share of the sample rate, around the tuned frequency, that is used of a step: the rest lies in the slopes of receivers' filters."""

STEP_SHARE = 0.78125
"""Share of the sample rate from one step to the next: 1.875 MHz at 2.4 MS/s. Neighbours overlap in a share of 0.094."""

MAX_BINS = 1 << 20
MAX_AVERAGES = 10_000
FFT_SIZES = (64, 1 << 16)
_FINEST, _COARSEST = 0.5, 1 / 40  # bins: in bins of the FFT, and of the sample rate


@dataclass(frozen=True)
class SweepGrid:
    """Bins of `bin_hz` side by side from `start_hz` on, measured in steps of one sample rate.

    Attributes
    ----------
    start_hz, stop_hz : float
        The band, Hz, 0 or more. Its last bin ends at `stop_hz`, or by less than half a bin before or behind it.
    sample_rate_hz : float
        1 or more.
    fft_size : int
        Samples of a spectrum, 64 to 65536.
    averages : int
        Spectra whose mean is taken in a step, 1 to 10,000.
    bin_hz : float
        Half an FFT bin or more, at most a fortieth of the sample rate, Hz.

    Raises
    ------
    ParameterError
        A value is outside its range, or the band has no bin, or more than 1,048,576.
    """

    start_hz: float
    stop_hz: float
    sample_rate_hz: float = 2.4e6
    fft_size: int = 256
    averages: int = 5
    bin_hz: float = 10e3

    def __post_init__(self) -> None:
        if not 1 <= self.sample_rate_hz < math.inf:  # slower, and a step could be too small to change a frequency of some GHz at all
            raise ParameterError(f"The 'sample_rate_hz' of a sweep must be 1 Hz or more. Got {self.sample_rate_hz} instead.")
        for name, lowest, highest in (("fft_size", *FFT_SIZES), ("averages", 1, MAX_AVERAGES)):
            value = getattr(self, name)
            if not lowest <= value <= highest or value != int(value):
                raise ParameterError(f"The '{name}' of a sweep must be a whole number, {lowest} to {highest}. Got {value} instead.")
        finest, coarsest = _FINEST * self.sample_rate_hz / self.fft_size, _COARSEST * self.sample_rate_hz
        if not finest <= self.bin_hz <= coarsest:
            raise ParameterError(f"The 'bin_hz' of a sweep must be {finest:g} to {coarsest:g} Hz at this rate and FFT. Got {self.bin_hz} instead.")
        if not 0 <= self.start_hz < self.stop_hz < math.inf:
            raise ParameterError("The 'start_hz' of a sweep must be 0 Hz or more, and below its 'stop_hz'. "
                                 f"Got {self.start_hz} and {self.stop_hz} instead.")
        if not 1 <= self.bins <= MAX_BINS:
            raise ParameterError(f"The band from 'start_hz' to 'stop_hz' must have 1 to {MAX_BINS} bins of {self.bin_hz:g} Hz. "
                                 f"It has {self.bins}.")

    @property
    def bins(self) -> int:
        """Bins of the band."""
        return round((self.stop_hz - self.start_hz) / self.bin_hz)

    @property
    def first_hz(self) -> float:
        """Centre of the first bin, Hz."""
        return self.start_hz + self.bin_hz / 2

    @property
    def samples(self) -> int:
        """Samples of a step that its spectrum takes."""
        return self.fft_size * self.averages

    @property
    def bins_of_step(self) -> int:
        """Whole bins that lie within the kept share of a step, wherever it is tuned to."""
        return math.floor(KEPT_SHARE * self.sample_rate_hz / self.bin_hz) - 1

    def first_bin_of(self, freq_hz: float) -> int:
        """Number of the first bin that a step tuned to `freq_hz` gives; below 0 where that lies before the band."""
        return math.ceil((freq_hz - KEPT_SHARE * self.sample_rate_hz / 2 - self.start_hz) / self.bin_hz)

    def reached(self, freq_hz: float, covered: int) -> int:
        """Of how many bins the sweep has power after a step tuned to `freq_hz`, when it had it of the first `covered`.

        The same number where the step adds nothing, or would leave a gap.
        """
        first = self.first_bin_of(freq_hz)
        return max(covered, min(first + self.bins_of_step, self.bins)) if first <= covered else covered

    def centre_hz(self, covered: int) -> float:
        """Frequency to tune to for the step that follows the first `covered` bins, to a whole Hz where bins are not finer."""
        half_hz = KEPT_SHARE * self.sample_rate_hz / 2
        if self.bins <= self.bins_of_step - 4:
            return self._rounded((self.start_hz + self.stop_hz) / 2)
        overlap_hz = (KEPT_SHARE - STEP_SHARE) * self.sample_rate_hz if covered else self.bin_hz
        return self._rounded(min(self.start_hz + covered * self.bin_hz - overlap_hz, self.stop_hz + 2 * self.bin_hz - 2 * half_hz) + half_hz)

    def _rounded(self, freq_hz: float) -> float:
        return float(round(freq_hz)) if self.bin_hz >= 1 else freq_hz  # else a step could leave a gap of bins

    @property
    def centres_hz(self) -> np.ndarray:
        """Frequencies of all steps of a sweep, float64 [steps], Hz."""
        covered, centres = 0, []
        while covered < self.bins:
            centres.append(self.centre_hz(covered))
            covered = self.reached(centres[-1], covered)
        return np.array(centres)
