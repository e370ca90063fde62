# SPDX-License-Identifier: GPL-3.0-or-later
"""The bins that a sensor measures: those that models of technologies are made for."""

from ..dsp.sweep_grid import FFT_SIZES, SweepGrid
from ..errors import ParameterError
from .config_file import ConfigFile

RATE_HZ = 2.4e6  # what a radio is asked for
BIN_HZ = 10e3
_FFT_BIN_HZ, _AVERAGES = 9375.0, 5  # 256 bins at 2.4 MS/s


def grids_of(file: ConfigFile, sample_rate_hz: float) -> list[SweepGrid]:
    """The grid of each band of a configuration.

    Raises ParameterError, with the line, for a sample rate at which its bins can't be measured, and for a band that has too few bins or
    too many.
    """
    fft_size, grids = round(sample_rate_hz / _FFT_BIN_HZ), []
    with file.naming("source", "replay", "path"):
        if not FFT_SIZES[0] <= fft_size <= FFT_SIZES[1]:
            lowest, highest = (_FFT_BIN_HZ * size / 1e6 for size in FFT_SIZES)
            raise ParameterError(f"the sample rate of a sensor must be {lowest:g} to {highest:g} MS/s. Got {sample_rate_hz / 1e6:g} instead.")
    for number, band in enumerate(file.config.bands):
        with file.naming("bands", number):
            grids.append(SweepGrid(band.start_hz, band.stop_hz, sample_rate_hz, fft_size, _AVERAGES, BIN_HZ))
    return grids
