# SPDX-License-Identifier: GPL-3.0-or-later
"""A source that may vanish: opened again after a pause that doubles from one failure to the next."""

import time
from collections.abc import Callable

from ..errors import RadioError
from .sweep import Sweep, SweepSource

FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 60.0
SEARCHING, RUNNING, WAITING, ENDED = "searching", "running", "waiting", "ended"


class Radio:
    """Opens a source and reads it; where that raises RadioError, closes it and tries again later.

    Parameters
    ----------
    open_source : callable
        Takes the position to go on from and returns a SweepSource.
    position : str

    Attributes
    ----------
    state : str
        ``searching`` before the first try, ``running``, ``waiting`` for the next try, or ``ended``.
    retries : int
        Tries after failures, since the start.
    pause_s : float
        The present pause, seconds, 0 while it runs; at most ``LONGEST_PAUSE_S``.
    error : str
        Why it waits; "" while it runs.
    """

    def __init__(self, open_source: Callable[[str], SweepSource], position: str) -> None:
        self._open_source, self._position = open_source, position
        self._source: SweepSource | None = None
        self._try_at, self._next_pause_s = 0.0, FIRST_PAUSE_S
        self._before = {"samples": 0, "skipped": 0, "overflows": 0}  # of sources that are closed
        self.state, self.retries, self.pause_s, self.error = SEARCHING, 0, 0.0, ""

    def next(self, wait_s: float) -> Sweep | None:
        """The next sweep, or None where none comes within `wait_s` seconds, or there is no source at present.

        Returns at once in the latter case. Raises what opening raises beside RadioError.
        """
        try:
            if self._source is None:
                if time.monotonic() < self._try_at:
                    return None
                self.retries += self.state == WAITING
                self._source = self._open_source(self._position)
                self.state, self.pause_s, self.error = RUNNING, 0.0, ""
            sweep = self._source.next(wait_s)
        except RadioError as error:
            self.close()
            self.state, self.pause_s, self.error = WAITING, self._next_pause_s, str(error)
            self._try_at = time.monotonic() + self.pause_s
            self._next_pause_s = min(2 * self.pause_s, LONGEST_PAUSE_S)
            return None
        if sweep is not None:
            self._position, self._next_pause_s = sweep.position, FIRST_PAUSE_S
        elif self._source.ended:
            self.state = ENDED
        return sweep

    def restart(self, position: str) -> None:
        """Open the source anew, from `position`, at the next turn."""
        self.close()
        self._position, self._try_at, self._next_pause_s = position, 0.0, FIRST_PAUSE_S
        self.state, self.pause_s, self.error = SEARCHING, 0.0, ""

    def total(self, name: str) -> int:
        """``samples``, ``skipped`` or ``overflows`` since the start, over all tries."""
        return self._before[name] + (getattr(self._source, name) if self._source else 0)

    @property
    def fill(self) -> float:
        """Share of the source's queue that is in use."""
        return self._source.fill if self._source else 0.0

    @property
    def running(self) -> bool:
        """Whether ``next`` may wait for a sweep."""
        return self._source is not None and self.state == RUNNING

    def close(self) -> None:
        """Stop the source, if there is one."""
        if self._source is not None:
            source, self._source = self._source, None
            source.close()
            for name in self._before:
                self._before[name] += getattr(source, name)
