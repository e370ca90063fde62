# SPDX-License-Identifier: GPL-3.0-or-later
"""The bins that a sensor measures: those that models of technologies are made for."""

from ..dsp.sweep_grid import SweepGrid
from .config_file import ConfigFile

RATE_HZ = 2.4e6  # what a radio is asked for
BIN_HZ = 10e3
_FFT_BIN_HZ, _AVERAGES = 9375.0, 5  # 256 bins at 2.4 MS/s


def grids_of(file: ConfigFile, sample_rate_hz: float) -> list[SweepGrid]:
    """The grid of each band of a configuration. Raises ParameterError, with the line, for a band that has too few bins or too many."""
    grids = []
    for number, band in enumerate(file.config.bands):
        with file.naming("bands", number):
            grids.append(SweepGrid(band.start_hz, band.stop_hz, sample_rate_hz, round(sample_rate_hz / _FFT_BIN_HZ), _AVERAGES, BIN_HZ))
    return grids
