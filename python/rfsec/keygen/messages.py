# SPDX-License-Identifier: GPL-3.0-or-later
"""The messages of a key agreement as bytes: version, kind, sender, number and session, a bounded body, and a signature over all.

A message is hostile until `unpack` returns: it has been checked for its size, its fields and its Ed25519 signature by then.
What a body means is checked where it is used.
"""

import struct
from dataclasses import dataclass
from enum import IntEnum

from ..errors import KeyAgreementError
from .identity import SIGNATURE_BYTES, Identity, Peer

VERSION = 1
MAX_BODY_BYTES = 1 << 18
SESSION_BYTES = 32
NO_SESSION = bytes(SESSION_BYTES)
_MAGIC = b"rfKA"
_HEADER = struct.Struct(f">4sHBBI{SESSION_BYTES}sI")  # magic, version, kind, sender, number, session, bytes of the body
_CONTEXT = b"gr-rfsec key agreement, one message\0"  # so that a signature is of no use anywhere else
_LEAST = _HEADER.size + SIGNATURE_BYTES
MAX_MESSAGE_BYTES = _LEAST + MAX_BODY_BYTES


class Role(IntEnum):
    """Alice binds and answers; Bob connects and asks."""

    ALICE = 1
    BOB = 2

    @property
    def other(self) -> "Role":
        """The other end."""
        return Role.BOB if self is Role.ALICE else Role.ALICE

    @property
    def label(self) -> str:
        """The name of an end as people write it."""
        return self.name.capitalize()


class Kind(IntEnum):
    """What a message is for; Bob's and Alice's answer to it have the same kind."""

    HELLO = 1
    PROBES = 2
    MASKS = 3
    RECONCILE = 4
    AMPLIFY = 5
    CONFIRM = 6
    DONE = 7
    ABORT = 8


@dataclass(frozen=True)
class Message:
    """One message. `number` counts the messages of its sender in the session, from 0."""

    kind: Kind
    sender: Role
    number: int
    session: bytes
    body: bytes

    def pack(self, identity: Identity) -> bytes:
        """The signed bytes. Raises KeyAgreementError where the body is over 256 KiB."""
        if len(self.body) > MAX_BODY_BYTES:
            raise KeyAgreementError(f"A message must have at most {MAX_BODY_BYTES} bytes, and this one would have {len(self.body)}. "
                                    "Use fewer probes.")
        header = _HEADER.pack(_MAGIC, VERSION, self.kind, self.sender, self.number, self.session, len(self.body))
        return header + self.body + identity.sign(_CONTEXT + header + self.body)

    @classmethod
    def unpack(cls, data: bytes, sender: Role, peer: Peer) -> "Message":
        """The message in `data`. Raises KeyAgreementError where it is not one of this version, from `sender`, signed by `peer`."""
        if not _LEAST <= len(data) <= MAX_MESSAGE_BYTES:
            raise KeyAgreementError(f"A message must have {_LEAST} to {MAX_MESSAGE_BYTES} bytes. Got {len(data)} bytes instead.")
        magic, version, kind, role, number, session, length = _HEADER.unpack_from(data)
        if magic != _MAGIC:
            raise KeyAgreementError("What came is no message of a key agreement. Check that both ends run rfsec keygen.")
        if version != VERSION:
            raise KeyAgreementError(f"The peer speaks version {version} of the protocol and this end version {VERSION}. "
                                    "Install the same gr-rfsec at both ends.")
        if length != len(data) - _LEAST:
            raise KeyAgreementError(f"A message was cut or lengthened: its body should have {length} bytes and has {len(data) - _LEAST}.")
        peer.verify(data[-SIGNATURE_BYTES:], _CONTEXT + data[:-SIGNATURE_BYTES])
        if role != sender:
            raise KeyAgreementError(f"A message of {sender.label} was expected, and this one is of another role. "
                                    "Run one end as Alice and the other as Bob.")
        try:
            return cls(Kind(kind), Role(role), number, session, data[_HEADER.size : -SIGNATURE_BYTES])
        except ValueError:
            raise KeyAgreementError(f"A message has the unknown kind {kind}. Install the same gr-rfsec at both ends.") from None
