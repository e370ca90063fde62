# SPDX-License-Identifier: GPL-3.0-or-later
"""Gathers single decisions into stretches that a person can read."""

from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass

from ..records import ACCEPTED, DecisionRecord

WINDOWS_A_SLICE = 64
KEPT = 40  # a radio may run for weeks


@dataclass(slots=True)
class Stretch:
    """Neighbouring slices with the same majority label; ``agreeing`` of its ``windows`` decided for it."""

    label: str
    sample_start: int
    sample_end: int
    time_ns: int | None
    rate_hz: float | None
    windows: int
    agreeing: int
    confidence_sum: float


class Stretches:
    """Takes decision records of one head one by one; ``found`` holds the last stretches, the newest of which may still grow.

    ``total`` counts all stretches, and ``windows`` all windows by label.

    The majority of each slice of 64 windows decides: single windows that differ do not tear a stretch apart.
    """

    def __init__(self):
        self.found: deque[Stretch] = deque(maxlen=KEPT)
        self.total = 0
        self.windows: Counter[str] = Counter()
        self._slice: list[DecisionRecord] = []

    def write(self, record: DecisionRecord) -> None:
        self.windows[_name(record)] += 1
        self._slice.append(record)
        if len(self._slice) == WINDOWS_A_SLICE:
            self._close_slice()

    def _close_slice(self) -> None:
        records, self._slice = self._slice, []
        label, agreeing = Counter(map(_name, records)).most_common(1)[0]
        confidence = sum(one.confidence or 0 for one in records if _name(one) == label)
        first, last = records[0], records[-1]
        end = last.sample_start + last.sample_count
        if self.found and self.found[-1].label == label:
            whole = self.found[-1]
            whole.sample_end, whole.windows = end, whole.windows + len(records)
            whole.agreeing, whole.confidence_sum = whole.agreeing + agreeing, whole.confidence_sum + confidence
        else:
            self.total += 1
            self.found.append(Stretch(label, first.sample_start, end, first.time_ns, first.sample_rate_hz, len(records),
                                      agreeing, confidence))

    def close(self) -> None:
        if self._slice:
            self._close_slice()


class StretchesByHead:
    """Takes decision records of all heads of a model; ``heads`` holds the ``Stretches`` of each by its name."""

    def __init__(self, names: Iterable[str]):
        self.heads = {name: Stretches() for name in names}

    def write(self, record: DecisionRecord) -> None:
        self.heads[record.head].write(record)

    def close(self) -> None:
        for stretches in self.heads.values():
            stretches.close()


def _name(record: DecisionRecord) -> str:
    return record.label if record.verdict == ACCEPTED else record.verdict
