# SPDX-License-Identifier: GPL-3.0-or-later
"""The link of two ends over ZeroMQ with CURVE: Alice binds and lets only the pinned Bob in; Bob connects to the pinned Alice only."""

import zmq
from zmq.auth.thread import ThreadAuthenticator
from zmq.utils import z85

from ..errors import KeyAgreementError
from .identity import Identity, Peer
from .messages import MAX_MESSAGE_BYTES, Role

_LINGER_MS = 1000
_MOST_WAITING = 64  # messages in each queue: a peer can't fill the memory
_DOMAIN = b"rfsec"


class CurveLink:
    """One end of the link; use it in a ``with`` statement, in one thread.

    Parameters
    ----------
    role : Role
    identity : Identity
    peer : Peer
    endpoint : str
        ``tcp://ADDRESS:PORT``: what Alice binds (port ``*`` takes a free one), and where Bob connects.

    Attributes
    ----------
    endpoint : str
        The one that Alice has bound, with its port.

    Raises
    ------
    KeyAgreementError
        The endpoint is none, or it is in use.
    """

    def __init__(self, role: Role, identity: Identity, peer: Peer, endpoint: str) -> None:
        self._context, self._door, self._bob = zmq.Context(), None, None
        self._alice = role is Role.ALICE
        try:
            if self._alice:
                self._door = ThreadAuthenticator(self._context)
                self._door.start()
                self._door.configure_curve_callback(domain=_DOMAIN.decode(), credentials_provider=_Only(peer))
            self._socket = self._context.socket(zmq.ROUTER if self._alice else zmq.DEALER)
            self._configure(identity, peer, endpoint)
            (self._socket.bind if self._alice else self._socket.connect)(endpoint)
            self.endpoint = self._socket.getsockopt(zmq.LAST_ENDPOINT).rstrip(b"\0").decode()
        except (zmq.ZMQError, UnicodeEncodeError) as error:
            self.close()
            raise KeyAgreementError(f"{endpoint}: no key agreement can be held here: {getattr(error, 'strerror', 'it is no text')}. "
                                    "Name a free endpoint such as tcp://127.0.0.1:5557.") from None

    def _configure(self, identity: Identity, peer: Peer, endpoint: str) -> None:
        socket = self._socket
        socket.setsockopt(zmq.CURVE_SECRETKEY, z85.encode(identity.curve))
        socket.setsockopt(zmq.CURVE_PUBLICKEY, z85.encode(identity.public.curve))
        if self._alice:
            socket.setsockopt(zmq.CURVE_SERVER, 1)
            socket.setsockopt(zmq.ZAP_DOMAIN, _DOMAIN)
        else:
            socket.setsockopt(zmq.CURVE_SERVERKEY, z85.encode(peer.curve))
        socket.setsockopt(zmq.MAXMSGSIZE, MAX_MESSAGE_BYTES)
        socket.setsockopt(zmq.LINGER, _LINGER_MS)
        socket.setsockopt(zmq.RCVHWM, _MOST_WAITING)
        socket.setsockopt(zmq.SNDHWM, _MOST_WAITING)
        socket.setsockopt(zmq.IPV6, "[" in endpoint)

    def __enter__(self) -> "CurveLink":
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the link, after what was sent has left, or a second."""
        if self._door is not None:
            self._door.stop()
            self._door = None
        self._context.destroy(linger=_LINGER_MS)

    def send(self, message: bytes) -> None:
        """Send a message: Bob to Alice, and Alice to where Bob's last one came from. It is lost where nobody can take it."""
        if self._alice and self._bob is None:
            return
        try:
            self._socket.send_multipart([self._bob, message] if self._alice else [message], zmq.NOBLOCK)
        except zmq.Again:
            pass  # it waits for a peer that is not there; Bob's repetition will ask again

    def receive(self, wait_s: float) -> bytes | None:
        """The next message, or None where none comes within `wait_s` seconds. Messages of more than one part are dropped."""
        if not self._socket.poll(max(1, round(wait_s * 1000))):
            return None
        parts = self._socket.recv_multipart(copy=True)
        if len(parts) != 1 + self._alice:
            return None
        if self._alice:
            self._bob = parts[0]
        return parts[-1]


class _Only:
    """Lets one CURVE key in (ZeroMQ RFC 27)."""

    def __init__(self, peer: Peer) -> None:
        self._key = z85.encode(peer.curve)

    def callback(self, domain: str, key: bytes) -> bool:
        return key == self._key
