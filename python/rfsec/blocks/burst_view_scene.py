# SPDX-License-Identifier: GPL-3.0-or-later
"""What a Burst View shows: the latest rows of a spectrogram and the decisions about them, filled and read by two threads."""

import threading
from collections import deque
from dataclasses import dataclass

import numpy as np

from ..dsp.power_rows import PowerRows
from ..records import DecisionRecord

ROWS = 400
_BINS = (64, 512)  # fewest and most
_SAMPLES_PER_ROW = (16, 1 << 40)  # fewest and most, whatever a tag says of the rate
_MOST_FRAMES = 12  # of a row: the view costs the same at any rate
_MOST_RECORDS = 2000
_FLOOR = 1e-20


@dataclass(frozen=True)
class Snapshot:
    """The scene at one moment.

    Attributes
    ----------
    levels_db : float32 [ROWS, bins]
        The newest row first, the lowest frequency first.
    records : list of DecisionRecord
        Oldest first, those that are still in sight.
    end : int
        Sample at which the newest row ends.
    samples_per_row, rate_hz : float
    freq_hz : float or None
        Tuned frequency.
    decisions : int
        All so far.
    """

    levels_db: np.ndarray
    records: list[DecisionRecord]
    end: int
    samples_per_row: float
    rate_hz: float
    freq_hz: float | None
    decisions: int


class Scene:
    """Bounded memory: `ROWS` rows and as many records as are in sight, at most 2000.

    Parameters
    ----------
    span_s : float
        Seconds that are in sight, above 0.
    """

    def __init__(self, span_s: float):
        self._span_s = span_s
        self._lock = threading.Lock()
        self._records: deque[DecisionRecord] = deque(maxlen=_MOST_RECORDS)
        self._rows: PowerRows | None = None
        self._freq_hz: float | None = None
        self._decisions = 0
        self.changes = 0  # grows with everything that can be seen

    def restart(self) -> None:
        """Forget what is in sight: a new run counts its samples from 0."""
        with self._lock:
            self._records.clear()
            self._rows, self._freq_hz = None, None
            self.changes += 1

    def begin(self, sample: int, rate_hz: float) -> None:
        """Say that the next sample is number ``sample`` and that from there on the stream has this rate, above 0 Hz."""
        with self._lock:
            self._rate_hz, self._from = rate_hz, sample
            self._samples_per_row = float(np.clip(self._span_s * rate_hz / ROWS, *_SAMPLES_PER_ROW))
            bins = 1 << int(np.clip(np.log2(self._samples_per_row) + 2, *np.log2(_BINS)))
            frames = int(np.clip(self._samples_per_row / bins, 1, _MOST_FRAMES))
            self._rows = PowerRows(self._samples_per_row, bins, frames)
            self._power = np.zeros((ROWS, bins), np.float32)  # row k is at k % ROWS
            self._newest = 0

    def tune(self, freq_hz: float) -> None:
        """Say which frequency is in the middle."""
        self._freq_hz = freq_hz

    def push(self, samples: np.ndarray) -> None:
        """Take the next samples, complex64 [n]; after ``begin``."""
        rows, power = self._rows.push(samples)
        if not rows.size:
            return
        with self._lock:
            rows, power = rows[-ROWS:], power[-ROWS:]
            passed = np.arange(max(self._newest + 1, rows[-1] + 1 - ROWS), rows[-1] + 1)
            self._power[passed % ROWS] = 0
            self._power[rows % ROWS] = np.maximum(self._power[rows % ROWS], power)
            self._newest = int(rows[-1])
            self.changes += 1

    def decide(self, record: DecisionRecord) -> None:
        """Take a decision about a burst."""
        with self._lock:
            self._records.append(record)
            self._decisions += 1
            self.changes += 1

    def snapshot(self) -> Snapshot | None:
        """What is in sight now; None before ``begin``."""
        with self._lock:
            if self._rows is None:
                return None
            power = self._power[(self._newest - np.arange(ROWS)) % ROWS]
            end = self._from + int((self._newest + 1) * self._samples_per_row)
            oldest = end - self._samples_per_row * ROWS
            records = [one for one in self._records if one.sample_start + one.sample_count > oldest]
            freq_hz, decisions = self._freq_hz, self._decisions
            samples_per_row, rate_hz = self._samples_per_row, self._rate_hz
        levels_db = 10 * np.log10(np.maximum(power, _FLOOR))
        return Snapshot(levels_db, records, end, samples_per_row, rate_hz, freq_hz, decisions)
