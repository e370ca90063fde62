# SPDX-License-Identifier: GPL-3.0-or-later
"""One key agreement at one end, without any input or output: messages in, messages out, and at last a key or the reason for none."""

import hashlib

from ..errors import KeyAgreementError
from .agreement_settings import Settings
from .agreement import Agreement, Credit
from .agreement_state import AgreementState
from .agreement_steps import alice_steps, bob_steps
from .identity import Identity, Peer
from .measured_probes import MeasuredProbes
from .messages import NO_SESSION, Kind, Message, Role
from .probe_store import ProbeStore

_LONGEST_REASON = 300


class Session:
    """Alice or Bob of one key agreement.

    Bob asks and Alice answers, one message each in turn. Messages may get lost: Bob repeats his last one, and Alice answers a
    repeated one with the same bytes. Any other message that is not the next one of this session, whole, signed by the
    pinned peer and sensible, ends the session at both ends, and there is no key.

    Parameters
    ----------
    role : Role
    identity : Identity
        Of this end.
    peer : Peer
        The pinned public half of the other end's.
    settings : Settings
        Must be the same at both ends.
    probes : MeasuredProbes
        Those that the two ends have in common are used, the lowest numbers first.
    store : ProbeStore
        Of this end. It marks probes as spent before anything about them is sent.
    credit : callable
        What probes are worth: see `agreement.Credit`.

    Attributes
    ----------
    agreement : Agreement or None
        Set once the peer has proved that it has the same key.
    failure : KeyAgreementError or None
        Set once this end has stopped without a key.
    last_sent : bytes
        What to repeat where no answer comes.
    bytes_sent, bytes_received : int
        Without messages that were repeated.
    """

    def __init__(self, role: Role, identity: Identity, peer: Peer, settings: Settings, probes: MeasuredProbes, store: ProbeStore,
                 credit: Credit) -> None:
        self.role = role
        self.agreement: Agreement | None = None
        self.failure: KeyAgreementError | None = None
        self.last_sent = self._last_received = b""
        self._identity, self._peer = identity, peer
        self._state = AgreementState(role, settings, probes, store, credit)
        self._session, self._hello = NO_SESSION, b""
        self._sent = self._received = self.bytes_sent = self.bytes_received = 0
        self._steps = (alice_steps if role is Role.ALICE else bob_steps)(self._state)
        self._asked = next(self._steps)

    @property
    def finished(self) -> bool:
        """Whether there is a key, or a reason for none."""
        return self.agreement is not None or self.failure is not None

    @property
    def heard(self) -> bool:
        """Whether a message of the pinned peer came."""
        return self._received > 0

    @property
    def round_trips(self) -> int:
        """Pairs of a question and its answer."""
        return min(self._sent, self._received)

    def result(self) -> Agreement:
        """The agreement. Raises KeyAgreementError where there is none."""
        if self.agreement is None:
            raise self.failure or KeyAgreementError("This key agreement has not come to its end.")
        return self.agreement

    def start(self) -> bytes | None:
        """Bob's first message; None for Alice, who waits for it."""
        return self._pack(*self._asked) if self._asked and not self.last_sent else None

    def receive(self, data: bytes) -> list[bytes]:
        """Take one message of the peer, as it came; return what to send: an answer, the word that this end stops, or nothing."""
        if self.failure:
            return []
        if data == self._last_received:  # the peer did not get the answer, or the way doubled a message
            return [self.last_sent] if self.role is Role.ALICE else []
        try:
            message = self._unpack(data)
            if message.kind is Kind.ABORT:  # it counts after Alice's last answer too: Bob could not take that
                self._stop(KeyAgreementError(f"{self.role.other.label} stopped: {_shown(message.body)}"))
            return [] if self.finished else self._advance(data, message)
        except KeyAgreementError as error:
            return [] if self.finished else self._refuse(error, data)

    def abort(self, reason: str) -> list[bytes]:
        """Stop without a key, unless there is an outcome; return the message that says so to the peer."""
        return [] if self.finished else self._refuse(KeyAgreementError(reason), b"")

    def _advance(self, data: bytes, message: Message) -> list[bytes]:
        self._last_received = data
        self._received += 1
        self.bytes_received += len(data)
        self._state.cover(message.kind, data)
        try:
            kind, body = self._steps.send((message.kind, message.body))
            answer = [self._pack(kind, body)]
        except StopIteration:
            answer = []
        self.agreement = self._state.agreement
        return answer

    def _unpack(self, data: bytes) -> Message:
        message = Message.unpack(data, self.role.other, self._peer)
        if message.kind is Kind.HELLO and self._session == NO_SESSION:
            self._begin(data, message)
        if message.kind is Kind.ABORT and message.session == _digest(self._hello):
            return message  # the peer never learnt the name of the session
        if message.session != self._session and message.kind is not Kind.HELLO:
            raise KeyAgreementError("A message is of another session: it was replayed, or the peer has started again. Start both again.")
        if message.number != self._received and message.kind is not Kind.ABORT:
            raise KeyAgreementError(f"A message is out of order: number {self._received} should have come, and {message.number} came. "
                                    "Messages were replayed, exchanged or lost.")
        return message

    def _begin(self, data: bytes, message: Message) -> None:
        """Name the session after both hellos: neither end can make it repeat an earlier one."""
        if self.role is Role.ALICE:
            self._hello = data
            named = NO_SESSION
        else:
            named = self._session = _session_name(self._hello, message.body)
        if message.session != named:
            raise KeyAgreementError("A hello is of another session: it was replayed. Start both ends again.")

    def _pack(self, kind: Kind, body: bytes) -> bytes:
        if kind is Kind.HELLO and self.role is Role.ALICE:
            self._session = _session_name(self._hello, body)
        message = Message(kind, self.role, self._sent, self._session, body).pack(self._identity)
        if kind is Kind.HELLO and self.role is Role.BOB:
            self._hello = message
        self.last_sent = message
        self._sent += 1
        self.bytes_sent += len(message)
        self._state.cover(kind, message)
        return message

    def _refuse(self, error: KeyAgreementError, received: bytes) -> list[bytes]:
        """Stop, and tell the peer; before the session has a name, what Bob said names it."""
        self._stop(error)
        session = self._session if self._session != NO_SESSION else _digest(self._hello or received)
        return [Message(Kind.ABORT, self.role, self._sent, session, str(error).encode("ascii", "replace")[:_LONGEST_REASON]).pack(self._identity)]

    def _stop(self, error: KeyAgreementError) -> None:
        self.failure, self.agreement = error, None
        self._steps.close()
        self._state.forget()


def _session_name(hello: bytes, answer: bytes) -> bytes:
    return hashlib.sha256(b"gr-rfsec session\0" + hello + answer).digest()


def _digest(data: bytes) -> bytes:
    return hashlib.sha256(b"gr-rfsec hello\0" + data).digest()


def _shown(reason: bytes) -> str:
    """What a peer gives as its reason, fit for one line of a terminal."""
    return "".join(letter if letter.isprintable() else "?" for letter in reason[:_LONGEST_REASON].decode("ascii", "replace"))
