# SPDX-License-Identifier: GPL-3.0-or-later
"""Batches a stream of windows through a session in a thread of its own, results in the order of the windows."""

import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Callable

import numpy as np

from ..errors import ModelError, ParameterError
from .session import ModelSession

WAIT, SKIP = OVERLOAD = ("wait", "skip")
MAX_BACKLOG = 64  # runs of windows not yet collected, in skip mode; beyond it windows are skipped, so memory is bounded
FLUSH_AFTER_S = 0.02
GATHER_S = 0.01


@dataclass(slots=True)
class Decided:
    """Consecutive windows with one fate: classified together, or skipped together.

    ``probabilities`` has one float32 [count, labels] array per head, or is None for skipped windows; ``valid`` is
    bool [count], False where samples or probabilities were not finite.
    """

    first: int
    count: int
    probabilities: list[np.ndarray] | None = None
    valid: np.ndarray | None = None


class StreamClassifier:
    """Classifies windows in batches of one fixed shape.

    A window stands in its batch at its own index modulo ``batch``, and a batch that is not full is padded with zeros.
    So each window always meets the same arithmetic, and results do not depend on how the stream was cut.

    Parameters
    ----------
    session : ModelSession
    batch : int
        Windows in a batch, at least 1.
    on_overload : str
        ``wait``: ``accept`` takes only what it has room for. ``skip``: it takes all, and lets go of the oldest.
    represent : callable
        Turns accepted windows into float32 [n, 2, length].
    length : int
        Samples in a window.

    Raises
    ------
    ParameterError, ModelError
        A parameter is outside its rule; the model can't run a batch of this shape.
    """

    def __init__(self, session: ModelSession, *, length: int, batch: int, on_overload: str,
                 represent: Callable[[np.ndarray], np.ndarray]):
        if batch < 1:
            raise ParameterError(f"The 'batch' of a classifier must be at least 1. Got {batch} instead.")
        if on_overload not in OVERLOAD:
            raise ParameterError(f"The 'on_overload' of a classifier must be one of {', '.join(OVERLOAD)}. Got {on_overload!r} instead.")
        self._session, self._batch, self._skip, self._represent = session, batch, on_overload == SKIP, represent
        self._shape = (batch, 2, length)
        started = time.monotonic()
        session.run(np.zeros(self._shape, np.float32))  # what can go wrong with this shape goes wrong here
        self._flush_after_s = max(FLUSH_AFTER_S, 2 * (time.monotonic() - started))
        self._depth = 1 if self._skip else 2  # waiting, the worker finds its next batch ready; skipping, the newest
        self.error: ModelError | None = None
        self.open()

    def open(self) -> None:
        """Begin a stream: its first window has the index 0."""
        self._worker = ThreadPoolExecutor(1, "rfsec-inference")
        self._running: deque = deque()
        self._queue: deque[tuple[Decided, object, slice]] = deque()
        self._next = 0       # index of the next window to come
        self._row = self._begin = 0  # the open batch holds rows _begin up to _row
        self._open_since = 0.0
        self._new_batch()

    def _new_batch(self) -> None:
        self._rows: np.ndarray | None = None  # made with its first window: a whole batch at once is taken as it is
        self._valid = np.zeros(self._batch, bool)

    @property
    def pending(self) -> bool:
        """Whether any accepted window has not been returned by ``results``."""
        return bool(self._queue) or self._row > self._begin

    def accept(self, windows: np.ndarray) -> int:
        """Take windows, oldest first, and return how many were taken: all of them in skip mode."""
        taken = self._skip_oldest(windows) if self._skip else 0
        while taken < len(windows):
            if self._row == self._batch and not self._dispatch():
                break
            taken += self._put(windows[taken:taken + self._batch - self._row])
        if self._row == self._batch:
            self._dispatch()
        return taken

    def _put(self, windows) -> int:
        if self._row == self._begin:
            self._open_since = time.monotonic()
        rows = slice(self._row, self._row + len(windows))
        values = self._represent(windows)
        valid = np.isfinite(values).reshape(len(values), -1).all(axis=1)
        if not valid.all():
            values = np.where(valid[:, None, None], values, np.float32(0))
        if len(values) == self._batch and not np.may_share_memory(values, windows):
            self._rows = values
        else:
            if self._rows is None:
                self._rows = np.zeros(self._shape, np.float32)
            self._rows[rows] = values
        self._valid[rows] = valid
        self._row, self._next = rows.stop, self._next + len(windows)
        return len(windows)

    def _skip_oldest(self, windows) -> int:
        """Let go of the oldest windows, so that one batch of the newest fits; return how many of ``windows`` went."""
        if self._row == self._batch:
            self._dispatch()
        excess = (self._row - self._begin) + len(windows) - self._batch
        if excess <= 0:
            if self._row + len(windows) > self._batch:
                self._move_to_front(self._begin)
            return 0
        old = min(excess, self._row - self._begin)
        first = self._next - (self._row - self._begin)
        self._next += excess - old
        self._note_skipped(first, excess)
        self._move_to_front(self._begin + old)
        return excess - old

    def _move_to_front(self, begin: int) -> None:
        kept = self._row - begin
        if kept:
            self._rows[:kept], self._valid[:kept] = self._rows[begin:self._row].copy(), self._valid[begin:self._row].copy()
        self._begin, self._row = 0, kept

    def _note_skipped(self, first: int, count: int) -> None:
        if self._queue and self._queue[-1][1] is None:
            self._queue[-1][0].count += count
        else:
            self._queue.append((Decided(first, count), None, slice(0)))

    def _dispatch(self) -> bool:
        """Hand the open batch to the worker, if it has room."""
        self._first_running()
        if len(self._running) >= self._depth or self._skip and len(self._queue) >= MAX_BACKLOG:
            return False
        future = self._worker.submit(self._session.logits, self._rows)
        self._running.append(future)
        rows = slice(self._begin, self._row)
        self._queue.append((Decided(self._next - (rows.stop - rows.start), rows.stop - rows.start), future, rows))
        self._queue[-1][0].valid = self._valid[rows]
        self._begin = self._row = 0 if self._row == self._batch else self._row
        self._new_batch()
        return True

    def _first_running(self):
        """The oldest batch that the worker has not done yet, or None; those that are done are let go of."""
        while self._running and self._running[0].done():
            self._running.popleft()
        return self._running[0] if self._running else None

    def results(self) -> list[Decided]:
        """What is decided by now, in the order of the windows.

        Windows on which the model failed come back as skipped, and ``error`` says why.
        """
        decided = []
        while self._queue and (self._queue[0][1] is None or self._queue[0][1].done()):
            run, future, rows = self._queue.popleft()
            if future is not None:
                self._fill(run, future, rows)
            decided.append(run)
        return decided

    def _fill(self, run: Decided, future, rows: slice) -> None:
        try:
            run.probabilities = self._session.probabilities([values[rows] for values in future.result()])
        except ModelError as error:
            self.error = self.error or error
        else:
            for values in run.probabilities:  # finite samples can still overflow inside a model
                run.valid &= np.isfinite(values).all(axis=1)

    def wait(self) -> None:
        """Let a moment pass: until the running batch is done, or the open one is old enough to go as it is."""
        if running := self._first_running():
            wait([running], timeout=FLUSH_AFTER_S)
        elif self._row > self._begin:
            remaining = self._open_since + self._flush_after_s - time.monotonic()
            if remaining <= 0:
                self._dispatch()
            else:
                time.sleep(min(remaining, 0.001))

    def gather(self) -> None:
        """Let windows gather in skip mode while a batch runs: many small calls would take the core that it runs on."""
        if self._skip and (running := self._first_running()):
            wait([running], timeout=GATHER_S)

    def close(self) -> None:
        """End the thread."""
        self._worker.shutdown(wait=True, cancel_futures=True)
