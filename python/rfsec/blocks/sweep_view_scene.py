# SPDX-License-Identifier: GPL-3.0-or-later
"""What a Sweep View shows: the newest spectrum and the decisions about it, filled and read by several threads."""

import threading
from collections import deque
from dataclasses import dataclass

from ..records import SKIPPED, DecisionRecord
from .swept_items import SweptItem

_STAY = 4  # sweeps for which the decisions of one stay in sight while none come of a newer one
_MOST_RECORDS = 2000  # of a sweep


@dataclass(frozen=True)
class Snapshot:
    """The scene at one moment: the newest sweep, the decisions of the newest one that has any, and how many sweeps there were."""

    item: SweptItem
    records: list[DecisionRecord]
    sweeps: int


class Scene:
    """Bounded memory: one spectrum, and the decisions of one sweep, at most 2000."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._item: SweptItem | None = None
        self._starts: deque[int] = deque(maxlen=_STAY)
        self._decided, self._records = -1, deque(maxlen=_MOST_RECORDS)
        self._sweeps = 0
        self.changes = 0  # grows with everything that can be seen

    def restart(self) -> None:
        """Forget what is in sight: a new run counts its samples from 0."""
        with self._lock:
            self._item, self._decided = None, -1
            self._starts.clear()
            self._records.clear()
            self.changes += 1

    def see(self, item: SweptItem) -> None:
        """Take the newest sweep."""
        with self._lock:
            self._item = item
            self._starts.append(item.sample_start)
            self._sweeps += 1
            self.changes += 1

    def decide(self, record: DecisionRecord) -> None:
        """Take a decision about an emission; those of one sweep come together. A sweep that was skipped has none."""
        if record.verdict == SKIPPED:
            return
        with self._lock:
            if record.sample_start != self._decided:
                self._decided = record.sample_start
                self._records.clear()
            self._records.append(record)
            self.changes += 1

    def snapshot(self) -> Snapshot | None:
        """What is in sight now; None before the first sweep."""
        with self._lock:
            if self._item is None:
                return None
            records = list(self._records) if self._decided >= self._starts[0] else []
            return Snapshot(self._item, records, self._sweeps)
