# SPDX-License-Identifier: GPL-3.0-or-later
"""One key agreement at one end, without any input or output: messages in, messages out, and at last a key or the reason for none."""

from ..errors import KeyAgreementError
from .agreement import Agreement, Credit
from .agreement_settings import Settings
from .agreement_state import AgreementState
from .agreement_steps import alice_steps, bob_steps
from .conversation import Conversation, reason_of
from .identity import Identity, Peer
from .measured_probes import MeasuredProbes
from .messages import Kind, Role
from .probe_store import ProbeStore


class Session:
    """Alice or Bob of one key agreement.

    Bob asks and Alice answers, one message each in turn. Messages may get lost: Bob repeats his last one, and Alice answers a
    repeated one with the same bytes. What he repeated of an earlier session, and comes before his hello, she passes over. Any other
    message that is not the next one of this session, whole, signed by the pinned peer and sensible, ends the session at both
    ends, and there is no key.

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
    said : Conversation
        Counts messages and bytes, without those that were repeated.

    Raises
    ------
    KeyAgreementError
        When it is made: there is no probe to use.
    """

    def __init__(self, role: Role, identity: Identity, peer: Peer, settings: Settings, probes: MeasuredProbes, store: ProbeStore,
                 credit: Credit) -> None:
        self.role = role
        self.agreement: Agreement | None = None
        self.failure: KeyAgreementError | None = None
        self.last_sent, self._last_received = b"", None
        self.said = Conversation(role, identity, peer)
        self._path = f"{store.path}: "
        self._state = AgreementState(role, settings, probes, store, credit)
        self._steps = (alice_steps if role is Role.ALICE else bob_steps)(self._state)
        self._first = next(self._steps)

    @property
    def finished(self) -> bool:
        """Whether there is a key, or a reason for none."""
        return self.agreement is not None or self.failure is not None

    @property
    def round_trips(self) -> int:
        """Pairs of a question and its answer so far."""
        return min(self.said.sent, self.said.received)

    @property
    def leaked_bits(self) -> float:
        """Public bits about the probes so far, also of a session that failed."""
        return self._state.ledger.total

    def result(self) -> Agreement:
        """The agreement. Raises KeyAgreementError where there is none."""
        if self.agreement is None:
            raise self.failure or KeyAgreementError("This key agreement has not come to its end.")
        return self.agreement

    def start(self) -> bytes | None:
        """Bob's first message, to be called once; None for Alice, who waits for it."""
        return self._say(*self._first) if self._first else None

    def receive(self, data: bytes) -> list[bytes]:
        """Take one message of the peer, as it came; return what to send: an answer, the word that this end stops, or nothing."""
        if self.failure:
            return []
        if data == self._last_received:  # the peer did not get the answer, or the way doubled a message
            return [self.last_sent] if self.role is Role.ALICE else []
        try:
            message = self.said.unpack(data)
            if message is None:
                return []
            if message.kind is Kind.ABORT:  # it counts after Alice's last answer too: Bob could not take that
                self._stop(KeyAgreementError(f"{self.role.other.label} stopped: {reason_of(message)}"))
            return [] if self.finished else self._advance(data, message.kind, message.body)
        except KeyAgreementError as error:
            return [] if self.finished else self._refuse(error, data)

    def abort(self, reason: str) -> list[bytes]:
        """Stop without a key, unless there is an outcome; return the message that says so to the peer."""
        return [] if self.finished else self._refuse(KeyAgreementError(reason), b"")

    def _advance(self, data: bytes, kind: Kind, body: bytes) -> list[bytes]:
        self._last_received = data
        self._state.cover(kind, data)
        try:
            answer = [self._say(*self._steps.send((kind, body)))]
        except StopIteration:
            answer = []
        self.agreement = self._state.agreement
        return answer

    def _say(self, kind: Kind, body: bytes) -> bytes:
        self.last_sent = self.said.pack(kind, body)
        self._state.cover(kind, self.last_sent)
        return self.last_sent

    def _refuse(self, error: KeyAgreementError, received: bytes) -> list[bytes]:
        self._stop(error)
        return [self.said.pack_abort(str(error).removeprefix(self._path), received)]  # folders are not the peer's business

    def _stop(self, error: KeyAgreementError) -> None:
        self.failure, self.agreement = error, None
        self._steps.close()
        self._state.forget()
