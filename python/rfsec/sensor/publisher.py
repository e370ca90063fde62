# SPDX-License-Identifier: GPL-3.0-or-later
"""The sensor's end of delivery: a ZeroMQ ROUTER with CURVE that answers the subscribers whose keys it was given, and no one else."""

import zmq
from zmq.auth.thread import ThreadAuthenticator
from zmq.utils import z85

from ..errors import OutputError
from ..keygen.identity import Identity, Peer
from .protocol import BATCH, MAX_REQUEST_BYTES, Answer, Request
from .spool import Spool

_DOMAIN = b"rfsec-sensor"
_LINGER_MS = 1000
_MOST_WAITING = 64  # messages for one subscriber: one that does not read can't fill the memory
_MOST_REQUESTS = 256  # in one turn: one that asks without end can't hold up the sensor


class Publisher:
    """Serves subscribers from a spool, in the thread that calls it. Each subscriber has a key of its own, and one connection.

    Parameters
    ----------
    endpoint : str
        ``tcp://ADDRESS:PORT`` to bind; port ``*`` takes a free one.
    identity : Identity
        The sensor's.
    clients : list of Peer
        Who may ask.

    Attributes
    ----------
    endpoint : str
        The one that is bound, with its port.
    sent_bytes : int
        Bytes of the messages sent, without what ZeroMQ and TCP add.
    refused : int
        Messages that broke the protocol.

    Raises
    ------
    OutputError
        The endpoint is none, or it is in use.
    """

    def __init__(self, endpoint: str, identity: Identity, clients: list[Peer]) -> None:
        self.sent_bytes = self.refused = 0
        self._asked: dict[str, bytes] = {}  # consumers that wait for decisions, and where they are
        self._known: dict[str, bytes] = {}  # consumers that have asked, and where they were last
        self.set_clients(clients)
        self._context = zmq.Context()
        self._door = ThreadAuthenticator(self._context)
        try:
            self._door.start()
            self._door.configure_curve_callback(domain=_DOMAIN.decode(), credentials_provider=self)
            self._socket = self._context.socket(zmq.ROUTER)
            for option, value in ((zmq.CURVE_SERVER, 1), (zmq.CURVE_SECRETKEY, z85.encode(identity.curve)), (zmq.ZAP_DOMAIN, _DOMAIN),
                                  (zmq.MAXMSGSIZE, MAX_REQUEST_BYTES), (zmq.LINGER, _LINGER_MS), (zmq.RCVHWM, _MOST_WAITING),
                                  (zmq.SNDHWM, _MOST_WAITING), (zmq.ROUTER_MANDATORY, 1), (zmq.IPV6, "[" in endpoint)):
                self._socket.setsockopt(option, value)
            self._socket.bind(endpoint)
            self.endpoint = self._socket.getsockopt(zmq.LAST_ENDPOINT).rstrip(b"\0").decode()
        except (zmq.ZMQError, UnicodeEncodeError) as error:
            self.close()
            raise OutputError(f"{endpoint}: no decisions can be given out here: {getattr(error, 'strerror', 'it is no text')}. "
                              "Name a free endpoint such as tcp://0.0.0.0:5560.") from None

    def __enter__(self) -> "Publisher":
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the socket, after what was sent has left, or a second."""
        self._door.stop()
        self._context.destroy(linger=_LINGER_MS)

    def set_clients(self, clients: list[Peer]) -> None:
        """Let these in from now on; one that is no longer named gets nothing more, connected or not."""
        self._clients = frozenset(consumer_name(peer) for peer in clients)
        for places in (self._asked, self._known):
            for gone in places.keys() - self._clients:
                del places[gone]

    def callback(self, domain: str, key: bytes) -> bool:
        """Whether a CURVE key, z85, may connect; the authenticator asks it."""
        return key.decode() in self._clients

    @property
    def subscribers(self) -> int:
        """How many have asked, and could be reached when they were last sent something."""
        return len(self._known)

    def wait(self, wait_s: float) -> None:
        """Wait for a question, at most `wait_s` seconds."""
        self._socket.poll(round(wait_s * 1000))

    def serve(self, spool: Spool) -> None:
        """Take the questions that have come, and answer those that can be answered. Raises OutputError of the spool."""
        for _ in range(_MOST_REQUESTS):
            try:
                self._hear(spool, self._socket.recv_multipart(zmq.NOBLOCK, copy=False))
            except zmq.Again:
                break
        for consumer, place in list(self._asked.items()):
            if decisions := spool.after(spool.acknowledged(consumer), BATCH):
                del self._asked[consumer]
                self._send(consumer, place, Answer(spool.identity, decisions))

    def tell(self, spool: Spool, health: dict) -> None:
        """Send a health record to every subscriber that has asked; who can't be reached misses it."""
        for consumer, place in list(self._known.items()):
            self._send(consumer, place, Answer(spool.identity, [], health))

    def _hear(self, spool: Spool, frames: list[zmq.Frame]) -> None:
        consumer = frames[-1].get("User-Id")
        if consumer not in self._clients:  # it was let in under an earlier configuration
            return
        try:
            place, message = (frame.bytes for frame in frames)
            request = Request.from_bytes(message)
            if request.sensor == spool.identity:
                if request.acknowledged > spool.last:
                    raise ValueError("never sent")
                spool.acknowledge(consumer, request.acknowledged)
        except ValueError:
            self.refused += 1
            return
        self._asked[consumer] = self._known[consumer] = place

    def _send(self, consumer: str, place: bytes, answer: Answer) -> None:
        message = answer.to_bytes()
        try:
            self._socket.send_multipart([place, message], zmq.NOBLOCK)
            self.sent_bytes += len(message)
        except zmq.ZMQError:  # gone, or it does not read; it will ask again
            self._known.pop(consumer, None)


def consumer_name(peer: Peer) -> str:
    """The name of a subscriber in the spool: its CURVE key, z85."""
    return z85.encode(peer.curve).decode()
