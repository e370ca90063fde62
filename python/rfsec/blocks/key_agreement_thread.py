# SPDX-License-Identifier: GPL-3.0-or-later
"""The thread in which a block agrees on key after key, so that the scheduler never waits for a peer."""

import queue
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from ..errors import KeyAgreementError
from ..keygen.agreement import Agreement
from ..keygen.session import Session
from ..keygen.transport import Link, drive
from .key_agreement_probes import WaitingProbes

_PAUSE_S = 1.0  # after an agreement that failed: a peer with other settings would have both ends spin
_MOST_WAITING = 64  # messages of the peer


class KeyAgreementThread:
    """Draws a key whenever enough probes wait, until it is stopped.

    Parameters
    ----------
    probes : WaitingProbes
    count : int
        Probes of a key.
    timeout_s : float
    session : callable
        Makes a session of measured probes.
    link : callable
        Opens the link to the peer, in the thread.
    agreed, refused : callable
        Get each agreement, and each reason for none.
    """

    def __init__(self, probes: WaitingProbes, count: int, timeout_s: float, session: Callable[..., Session],
                 link: Callable[[], AbstractContextManager[Link]], agreed: Callable[[Agreement], None], refused: Callable[[str], None]) -> None:
        self._probes, self._count, self._timeout_s = probes, count, timeout_s
        self._session, self._link, self._agreed, self._refused = session, link, agreed, refused
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin."""
        self._stop.clear()
        self._thread = threading.Thread(target=self._run, name="key agreement", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End; the peer of a session that goes on is told."""
        self._stop.set()
        self._probes.wake()
        if self._thread:
            self._thread.join()

    def _run(self) -> None:
        try:
            with self._link() as link:
                while (probes := self._probes.wait(self._count, self._stop)) is not None:
                    self._agree(link, probes)
        except KeyAgreementError as error:  # no link, or a store that fails: nothing can go on
            self._refused(str(error))
        except Exception as error:  # a fault of this module must be seen; its own words could tell a symbol
            self._refused(f"A fault ended this block's agreements: {type(error).__name__}. Start the flowgraph again, and report it.")

    def _agree(self, link: Link, probes) -> None:
        try:
            self._agreed(drive(self._session(probes), link, timeout_s=self._timeout_s, stop=self._stop))
        except KeyAgreementError as error:
            if not self._stop.is_set():
                self._refused(str(error))
                self._stop.wait(_PAUSE_S)
        self._probes.settle()


class MessageLink:
    """A link over message ports: `publish` sends, and `put` takes what came. A message that finds no room is lost."""

    def __init__(self, publish: Callable[[bytes], None]) -> None:
        self.send = publish
        self._waiting: queue.Queue[bytes] = queue.Queue(_MOST_WAITING)

    def put(self, message: bytes) -> None:
        """Take a message of the peer."""
        if not self._waiting.full():
            self._waiting.put(message)

    def receive(self, wait_s: float) -> bytes | None:
        """See `transport.Link`."""
        try:
            return self._waiting.get(timeout=wait_s) if wait_s else self._waiting.get_nowait()
        except queue.Empty:
            return None

    def open(self) -> AbstractContextManager["MessageLink"]:
        """It needs no opening; the block owns the ports."""
        return nullcontext(self)
