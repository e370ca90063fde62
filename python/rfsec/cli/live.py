# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a flowgraph to its end, to an error or to a signal, with a live view where there is a terminal."""

import signal
import threading
from collections.abc import Callable
from contextlib import contextmanager

from rich.live import Live

POLL_S = 0.1


def run(flowgraph, view, console) -> int:
    """Run ``flowgraph`` while ``view.render()`` shows how it goes; return the number of the signal that ended it, or 0."""
    with gathered_signals() as received:
        flowgraph.start()
        waiter = threading.Thread(target=flowgraph.wait, daemon=True)
        waiter.start()
        with Live(view.render(), console=console, refresh_per_second=8, transient=True) as live:
            finishing = False
            while waiter.is_alive():
                waiter.join(POLL_S)
                if console.is_terminal:
                    live.update(view.render())
                if (received or flowgraph.error) and not finishing:
                    finishing = True
                    flowgraph.finish()
                if len(received) > 1:  # asked twice: now
                    flowgraph.stop()
    return received[0] if received else 0


@contextmanager
def gathered_signals(act: Callable[[], None] = lambda: None):
    """The SIGINT and SIGTERM that arrive, gathered instead of raised; `act` is called at each."""
    received: list[int] = []

    def gather(number: int, frame: object) -> None:
        received.append(number)
        act()

    previous = {number: signal.signal(number, gather) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield received
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
