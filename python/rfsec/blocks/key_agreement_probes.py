# SPDX-License-Identifier: GPL-3.0-or-later
"""Probes that wait for a key agreement, filled by the scheduler and emptied by another thread."""

import logging
import threading

import numpy as np

from ..keygen.measured_probes import MeasuredProbes
from ..keygen.message_bodies import MOST_OFFERED
from ..keygen.probe_store import ProbeStore

logger = logging.getLogger(__name__)


class WaitingProbes:
    """The newest 8,192 probes that no agreement has used.

    Parameters
    ----------
    store : ProbeStore
        Knows which are spent.
    symbols : int
        Of a probe.

    Attributes
    ----------
    dropped : int
        Probes so far that nobody waited for, or that gave no symbol.
    """

    def __init__(self, store: ProbeStore, symbols: int) -> None:
        self.dropped = 0
        self._store, self._more, self._said = store, threading.Condition(), False
        self._numbers, self._symbols = np.empty(0, np.int64), np.empty((0, symbols), np.int8)

    def add(self, numbers: np.ndarray, symbols: np.ndarray) -> None:
        """Add probes, int64 [n] and int8 [n, m]; of two with one number the first one counts."""
        with self._more:
            numbers, first = np.unique(np.append(self._numbers, numbers), return_index=True)
            self._keep(numbers, np.concatenate((self._symbols, symbols))[first], slice(-MOST_OFFERED, None))
            self._more.notify()

    def wait(self, count: int, stop: threading.Event) -> MeasuredProbes | None:
        """All that wait, once at least `count` are fit for use; None where `stop` is set before."""
        with self._more:
            while not stop.is_set():
                if len(self._numbers) >= count:
                    fresh = np.isin(self._numbers, self._store.unspent(self._numbers))
                    self._say(self._numbers[~fresh])
                    self._keep(self._numbers, self._symbols, fresh & (self._symbols >= 0).any(axis=1))
                    if len(self._numbers) >= count:
                        return MeasuredProbes(self._numbers, self._symbols, self.dropped)
                self._more.wait()
        return None

    def settle(self) -> None:
        """After an agreement: those before the last one that is spent are the peer's no more."""
        with self._more:
            left = np.isin(self._numbers, self._store.unspent(self._numbers))
            last = self._numbers[~left].max(initial=-1)
            self._keep(self._numbers[left], self._symbols[left], self._numbers[left] > last)  # what was spent is not counted

    def wake(self) -> None:
        """Let `wait` see that it is to stop."""
        with self._more:
            self._more.notify_all()

    def _say(self, spent: np.ndarray) -> None:
        """Say once that numbers came back: nothing else tells why there is no agreement."""
        if len(spent) and not self._said:
            self._said = True
            logger.warning("%s: %d probes that wait are spent, numbers %d to %d. A number must not come back: go on counting from run to "
                           "run, or number by the time, as Channel Features does.", self._store.path, len(spent), spent[0], spent[-1])

    def _keep(self, numbers: np.ndarray, symbols: np.ndarray, which: slice | np.ndarray) -> None:
        self._numbers, self._symbols = numbers[which], symbols[which]
        self.dropped += len(numbers) - len(self._numbers)
