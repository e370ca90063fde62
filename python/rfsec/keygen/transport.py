# SPDX-License-Identifier: GPL-3.0-or-later
"""Drive a session over a link to its outcome: waiting, repeating what may be lost, and giving up in time."""

import math
import time
from threading import Event
from typing import Protocol

from ..errors import KeyAgreementError, ParameterError
from .agreement import Agreement
from .messages import Role
from .session import Session

GOT_IT = b""  # Bob's word that he has Alice's last answer, so that she need not stay for his repetition
_TURN_S = 0.1
_MOST_LATE = 1024  # messages; a link and its peer's, with what is between, hold as many
LONGEST_TIMEOUT_S = 86_400.0


class Link(Protocol):
    """What carries whole messages between two ends; it may lose or repeat one."""

    def send(self, message: bytes) -> None:
        """Send one message, without waiting for the peer."""

    def receive(self, wait_s: float) -> bytes | None:
        """The next message, or None where none comes within `wait_s`."""


def drive(session: Session, link: Link, *, timeout_s: float = 30.0, resend_s: float = 1.0, stop: Event | None = None) -> Agreement:
    """Take a session to its outcome.

    Parameters
    ----------
    session : Session
        A new one.
    link : Link
    timeout_s : float
        Longest silence of the peer, in seconds, above 0 up to a day; also how long Alice waits for Bob's first message. What is
        said again is silence.
    resend_s : float
        Seconds after which Bob repeats a message that had no answer, above 0.
    stop : Event or None
        Ends the session early where it is set.

    Raises
    ------
    KeyAgreementError
        There is no key; the message says why, and the peer was told where it could be reached.
    """
    check_seconds("timeout_s", timeout_s)
    check_seconds("resend_s", resend_s)
    waiting = _newest(link)
    if session.role is Role.BOB:
        waiting = None  # an answer of an earlier session that came twice
    first = session.start()
    if first is not None:
        link.send(first)
    heard = repeated = time.monotonic()
    while not session.finished:
        message, waiting = waiting or link.receive(min(_TURN_S, resend_s, timeout_s)), None
        now, before = time.monotonic(), session.said.received
        answers = session.receive(message) if message else []
        if session.finished:
            pass
        elif stop is not None and stop.is_set():
            answers = session.abort(f"{session.role.label} was stopped.")
        elif session.said.received > before:  # one that came before, or is left of an earlier session, counts as silence
            heard = repeated = now
        elif now - heard >= timeout_s:
            answers = session.abort(_silence(session, timeout_s))
        elif session.role is Role.BOB and now - repeated >= resend_s:
            repeated, answers = now, [session.last_sent]
        for answer in answers:
            link.send(answer)
    if session.agreement is not None:
        _part(session, link, timeout_s, stop)
    return session.result()


def check_seconds(name: str, value: float) -> None:
    """Raises ParameterError unless `value` is above 0 and at most a day."""
    if not 0 < value <= LONGEST_TIMEOUT_S or math.isnan(value):
        raise ParameterError(f"The '{name}' of a key agreement must be above 0 and at most {LONGEST_TIMEOUT_S:g} seconds. Got {value!r} instead.")


def _part(session: Session, link: Link, timeout_s: float, stop: Event | None) -> None:
    """Bob says that he has the last answer; Alice repeats it until he does. A Bob who lacks it would ask, so silence is consent."""
    if session.role is Role.BOB:
        link.send(GOT_IT)
        return
    ends = time.monotonic() + timeout_s
    while session.agreement is not None and time.monotonic() < ends and not (stop is not None and stop.is_set()):
        message = link.receive(_TURN_S)
        if message == GOT_IT:
            return
        for answer in session.receive(message) if message else []:
            link.send(answer)


def _newest(link: Link) -> bytes | None:
    """The last of the messages that wait: those before it are of sessions that Bob has given up, and their answers would end his present one.

    A peer that sends without end is found out later.
    """
    newest = None
    for _ in range(_MOST_LATE):
        message = link.receive(0)
        if message is None:
            break
        newest = message
    return newest


def _silence(session: Session, timeout_s: float) -> str:
    if session.said.received:
        return f"{session.role.other.label} has said nothing for {timeout_s:g} s. Start both ends again."
    return (f"No message of {session.role.other.label} came within {timeout_s:g} s: that end is not there, or one of the two "
            "does not have the other's present public key. Start both ends, and compare the fingerprints of their identities.")
