# SPDX-License-Identifier: GPL-3.0-or-later
"""A thread that works on the newest of what comes, for blocks that never hold their source up."""

import threading
from collections.abc import Callable
from typing import Any


class NewestFirst:
    """Calls `work` for one thing after another in a thread of its own; what is replaced by a newer one while it waits goes to `pass_by`.

    Parameters
    ----------
    work, pass_by : callable
        Take a thing; the second is called by the thread that puts.
    """

    def __init__(self, work: Callable[[Any], None], pass_by: Callable[[Any], None]):
        self._work, self._pass_by = work, pass_by
        self._change = threading.Condition()
        self._next: Any = None
        self._working = self._open = False
        self._thread: threading.Thread | None = None

    def open(self) -> None:
        """Start the thread."""
        self._open = True
        self._thread = threading.Thread(target=self._run, name="newest first", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Finish what waits, and end the thread, if there is one."""
        if self._thread is not None:
            with self._change:
                self._open = False
                self._change.notify_all()
            self._thread.join()
            self._thread = None

    def put(self, thing: Any) -> None:
        """Work on this next; returns at once."""
        with self._change:
            replaced, self._next = self._next, thing
            self._change.notify_all()
        if replaced is not None:
            self._pass_by(replaced)

    def wait(self, wait_s: float) -> None:
        """Wait until there is nothing to do, at most so many seconds."""
        with self._change:
            self._change.wait_for(lambda: not self.busy, wait_s)

    @property
    def busy(self) -> bool:
        """Whether something is worked on, or waits."""
        with self._change:
            return self._working or self._next is not None

    def _run(self) -> None:
        with self._change:
            while True:
                self._change.wait_for(lambda: self._next is not None or not self._open)
                if self._next is None:
                    return
                thing, self._next, self._working = self._next, None, True
                self._change.release()
                try:
                    self._work(thing)
                finally:
                    self._change.acquire()
                    self._working = False
                    self._change.notify_all()
