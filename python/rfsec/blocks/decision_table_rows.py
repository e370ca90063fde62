# SPDX-License-Identifier: GPL-3.0-or-later
"""What a Decision Table shows, filled by GNU Radio's thread and read by Qt's."""

import threading
from collections import Counter, deque

from ..records import VERDICTS, DecisionRecord, iso_time
from .burst_view_text import frequency_text
from .fingerprint_replies import Reply

COLUMNS = ("Time", "Label", "Score", "Verdict", "Centre", "SNR", "Head", "Model")


class Rows:
    """The latest decisions and the last reply; bounded memory.

    Parameters
    ----------
    most : int
        Decisions that are kept, at least 1.
    """

    def __init__(self, most: int):
        self._lock = threading.Lock()
        self._records: deque[DecisionRecord] = deque(maxlen=most)
        self._verdicts: Counter[str] = Counter()
        self._reply: Reply | None = None
        self.changes = 0  # grows with everything that can be seen

    def decide(self, record: DecisionRecord) -> None:
        """Take a decision."""
        with self._lock:
            self._records.appendleft(record)
            self._verdicts[record.verdict] += 1
            self.changes += 1

    def reply(self, reply: Reply) -> None:
        """Take an answer to a command."""
        with self._lock:
            self._reply = reply
            self.changes += 1

    def snapshot(self) -> tuple[list[DecisionRecord], str, Reply | None]:
        """The decisions, newest first; how many there were of each verdict, in words; the last reply."""
        with self._lock:
            counts = ", ".join(f"{self._verdicts[one]:,} {one}" for one in VERDICTS if self._verdicts[one])
            return list(self._records), counts or "no decisions yet", self._reply


def cells_of(record: DecisionRecord) -> tuple[str, ...]:
    """The texts of one row, in the order of `COLUMNS`."""
    centre = None if record.centre_hz is None else (record.freq_hz or 0.0) + record.centre_hz
    return (_time_of(record), record.label or "", "" if record.confidence is None else f"{record.confidence:.3f}",
            record.verdict.replace("_", " "), "" if centre is None else frequency_text(centre),
            "" if record.snr_db is None else f"{record.snr_db:.1f} dB", record.head, record.model)


def _time_of(record: DecisionRecord) -> str:
    """UTC time of day where the source tells it, else seconds or samples from the stream's start."""
    if record.time_ns is not None:
        return iso_time(record.time_ns)[11:23]
    if record.sample_rate_hz:
        return f"{record.sample_start / record.sample_rate_hz:.6f} s"
    return f"{record.sample_start:,}"
