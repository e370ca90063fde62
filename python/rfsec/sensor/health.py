# SPDX-License-Identifier: GPL-3.0-or-later
"""The health record: how a sensor is, once every few seconds, as one JSON object."""

import os
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

from ..records import iso_time
from .publisher import Publisher
from .radio import Radio
from .spool import Spool

SAMPLE_BYTES = 4  # of a sample as radios send them, two int16: what it would have cost to send the samples instead
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


@dataclass
class Counts:
    """What a sensor has done since it started.

    Attributes
    ----------
    sweeps, decisions : int
        Decided about, and decided.
    undecided : int
        Sweeps on which a model failed.
    lost : int
        Decisions that the spool could not take.
    reloads : int
        Configurations taken on SIGHUP.
    errors : dict of str
        What is wrong at present, by what it is about: ``configuration``, ``spool``, ``jsonl``, ``model``, ``health``.
    """

    sweeps: int = 0
    decisions: int = 0
    undecided: int = 0
    lost: int = 0
    reloads: int = 0
    errors: dict[str, str] = field(default_factory=dict)


class Health:
    """Makes the records; rates are those since the last one."""

    def __init__(self) -> None:
        self._started = self._at = time.monotonic()
        self._last = {"decisions": 0, "sent": 0, "samples": 0}

    def record(self, counts: Counts, radio: Radio, spool: Spool, publisher: Publisher | None) -> dict:
        """The present record.

        ``sent_bytes_per_s`` is what subscribers were sent, health records too; ``samples_bytes_per_s`` what the samples would
        have cost (``SAMPLE_BYTES`` each); ``reduction`` the second over the first since the start, None where nothing was sent.
        """
        now, samples, sent = time.monotonic(), radio.total("samples"), publisher.sent_bytes if publisher else 0
        rates = self._rates(now, decisions=counts.decisions, sent=sent, samples=samples)
        return {
            "time": iso_time(time.time_ns()), "uptime_s": round(now - self._started, 1), **asdict(counts),
            "decisions_per_s": rates["decisions"], "sent_bytes_per_s": rates["sent"],
            "samples": samples, "samples_bytes_per_s": round(rates["samples"] * SAMPLE_BYTES, 1),
            "reduction": round(samples * SAMPLE_BYTES / sent, 1) if sent else None,
            "skipped": radio.total("skipped"), "overflows": radio.total("overflows"), "queue_fill": round(radio.fill, 3),
            "spool_decisions": spool.waiting, "spool_bytes": spool.used_bytes, "dropped": spool.dropped,
            "subscribers": publisher.subscribers if publisher else 0, "refused": publisher.refused if publisher else 0,
            "memory_bytes": memory_bytes(),
            "source": {"state": radio.state, "retries": radio.retries, "pause_s": radio.pause_s, "error": radio.error},
        }

    def _rates(self, now: float, **totals: int) -> dict[str, float]:
        passed = max(now - self._at, 1e-3)
        rates = {name: round((total - self._last[name]) / passed, 2) for name, total in totals.items()}
        self._at, self._last = now, totals
        return rates


def memory_bytes() -> int:
    """Resident memory of this process. Linux only."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE_BYTES
