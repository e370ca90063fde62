# SPDX-License-Identifier: GPL-3.0-or-later
"""The messages of one session at one end: numbered, named after both hellos, signed, and refused where they don't follow."""

import hashlib

from ..errors import KeyAgreementError
from .identity import Identity, Peer
from .messages import NO_SESSION, Kind, Message, Role

_LONGEST_REASON = 300


class Conversation:
    """Packs what this end says, and unpacks what the peer says.

    Parameters
    ----------
    role : Role
    identity : Identity
        Of this end.
    peer : Peer

    Attributes
    ----------
    sent, received : int
        Messages so far, each once.
    bytes_sent, bytes_received : int
        Of those.
    """

    def __init__(self, role: Role, identity: Identity, peer: Peer) -> None:
        self.sent = self.received = self.bytes_sent = self.bytes_received = 0
        self._role, self._identity, self._peer = role, identity, peer
        self._session, self._hello = NO_SESSION, b""  # Bob's hello

    def pack(self, kind: Kind, body: bytes) -> bytes:
        """The next message. Raises KeyAgreementError where it would be too long."""
        if kind is Kind.HELLO and self._role is Role.ALICE:
            self._session = self._session_name(body)
        data = Message(kind, self._role, self.sent, self._session, body).pack(self._identity)
        if kind is Kind.HELLO and self._role is Role.BOB:
            self._hello = data
        self.sent += 1
        self.bytes_sent += len(data)
        return data

    def pack_abort(self, reason: str, received: bytes) -> bytes:
        """The word that this end stops. Until both ends know the name of the session, Bob's hello as it came names it."""
        named = self.received > (1 if self._role is Role.ALICE else 0)
        session = self._session if named else _digest(self._hello or received)
        return Message(Kind.ABORT, self._role, self.sent, session, reason.encode("ascii", "replace")[:_LONGEST_REASON]).pack(self._identity)

    def unpack(self, data: bytes) -> Message | None:
        """The peer's next message, or its word that it stops. Raises KeyAgreementError where `data` is none of these.

        None for what Bob has signed, but said before his hello: a late repetition of an earlier session, which changes nothing.
        """
        message = Message.unpack(data, self._role.other, self._peer)
        if self._role is Role.ALICE and self.received == 0 and message.kind is not Kind.HELLO:
            return None
        if message.kind is Kind.ABORT and message.session == _digest(self._hello):
            return message
        if message.kind is Kind.HELLO and self.received == 0:
            self._begin(data, message)
        elif message.session != self._session or self._session == NO_SESSION:
            raise KeyAgreementError("A message is of another session: it was replayed, or the peer has started again. Start both again.")
        if message.kind is Kind.ABORT:
            return message
        if message.number != self.received:
            raise KeyAgreementError(f"A message is out of order: number {self.received} should have come, and {message.number} came. "
                                    "Messages were replayed, exchanged or lost.")
        self.received += 1
        self.bytes_received += len(data)
        return message

    def _session_name(self, answer: bytes) -> bytes:
        """Of both ends and both hellos: neither end can make it repeat an earlier one, or give it to a third."""
        ends = (self._peer, self._identity.public) if self._role is Role.BOB else (self._identity.public, self._peer)
        return hashlib.sha256(b"gr-rfsec session\0" + b"".join(end.ed25519 + end.curve for end in ends) + self._hello + answer).digest()

    def _begin(self, data: bytes, message: Message) -> None:
        """Take the peer's hello, and see that it is one of this session."""
        if self._role is Role.ALICE:
            self._hello = data
            expected = NO_SESSION
        else:
            expected = self._session = self._session_name(message.body)
        if message.session != expected:
            raise KeyAgreementError("A hello is of another session: it was replayed. Start both ends again.")


def reason_of(abort: Message) -> str:
    """What a peer that stops gives as its reason, fit for one line of a terminal."""
    return "".join(letter if letter.isprintable() else "?" for letter in abort.body[:_LONGEST_REASON].decode("ascii", "replace"))


def _digest(data: bytes) -> bytes:
    return hashlib.sha256(b"gr-rfsec hello\0" + data).digest()
