# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the samples of a sensor's steps, which are kept until their bursts are decided, fit into this machine's memory."""

import os
from collections.abc import Sequence

from ..dsp.sweep_grid import SweepGrid
from ..errors import ParameterError
from .config_file import ConfigFile
from .sweep import SWEEPS_KEPT

_SAMPLE_BYTES = 8
_SHARE = 0.5  # of the memory


def check_step_memory(file: ConfigFile, grids: Sequence[SweepGrid]) -> None:
    """Raise ParameterError, with the line of `dwell_s`, where the sweeps that are kept take more than half of the memory."""
    dwell_s = file.config.source.dwell_s
    kept = max(len(grid.centres_hz) * max(grid.samples, dwell_s * grid.sample_rate_hz) for grid in grids) * SWEEPS_KEPT * _SAMPLE_BYTES
    most = _SHARE * os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    if kept > most:
        with file.naming("source", "dwell_s"):
            raise ParameterError(f"the samples of {SWEEPS_KEPT} sweeps, in which bursts are looked for, take {kept / 2**30:.1f} GiB, more than half of this "
                                 "machine's memory. Take a shorter dwell_s, narrower bands, or leave out modulation and gallery.")
