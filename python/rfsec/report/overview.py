# SPDX-License-Identifier: GPL-3.0-or-later
"""A spectrogram of a whole recording in a picture of bounded size."""

import numpy as np

from ..dsp.power_rows import PowerRows

COLUMNS = 1400  # at most
FLOOR_DB = -20.0  # below the median
_BINS = (64, 256)  # fewest and most
_OVERLAP = 4  # frames that share a sample, at most, where a recording is short


class Overview:
    """The strongest power over time and frequency: a short burst is seen however long the recording is.

    Parameters
    ----------
    sample_count : int
        Samples that will come, at least 1.
    """

    def __init__(self, sample_count: int):
        self.bins = 1 << int(np.clip(np.log2(sample_count) / 2, *np.log2(_BINS)))
        self.columns = max(1, min(COLUMNS, _OVERLAP * sample_count // self.bins))
        per_column = sample_count / self.columns
        # Frames that overlap by half leave nothing out.
        self._rows = PowerRows(per_column, self.bins, max(1, round(per_column / (self.bins // 2))))
        self._power = np.zeros((self.columns, self.bins), np.float32)

    def push(self, samples: np.ndarray) -> None:
        """Take the next samples, complex64 [n]; those that are not finite or above 1e15 count as zero."""
        self._take(*self._rows.push(samples))

    def finish(self) -> None:
        """Say that no more samples come."""
        self._take(*self._rows.finish())

    def _take(self, columns: np.ndarray, power: np.ndarray) -> None:
        inside = columns < self.columns
        columns = columns[inside]
        self._power[columns] = np.maximum(self._power[columns], power[inside])

    def levels_db(self) -> np.ndarray:
        """Power over its median in dB, float32 [bins, columns], the lowest frequency first; `FLOOR_DB` at least."""
        power = self._power.T
        some = power[power > 0]
        if not some.size:
            return np.full_like(power, FLOOR_DB)
        return 10 * np.log10(np.maximum(power / np.median(some), np.float32(10 ** (FLOOR_DB / 10))))
