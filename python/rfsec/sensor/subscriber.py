# SPDX-License-Identifier: GPL-3.0-or-later
"""A subscriber's end of delivery: asks a sensor for decisions, and appends each to a file exactly once."""

import time
from dataclasses import dataclass

import zmq
from zmq.utils import z85

from ..errors import OutputError
from ..keygen.identity import Identity, Peer
from .decision_log import DecisionLog
from .protocol import MAX_ANSWER_BYTES, Answer, Request

ASK_AGAIN_S = 2.0
_RECONNECT_MS, _SLOWEST_RECONNECT_MS = 100, 5000
_MOST_WAITING = 64


@dataclass(frozen=True)
class Received:
    """What one turn brought: `decisions` new in the file, `missed` that the sensor had dropped before, and a health record or None."""

    decisions: int = 0
    missed: int = 0
    health: dict | None = None


class Subscriber:
    """Collects the decisions of one sensor. The file itself says how far it has come, so a crash of either end changes nothing.

    Parameters
    ----------
    endpoint : str
        ``tcp://ADDRESS:PORT`` of the sensor.
    identity : Identity
        The subscriber's own, which the sensor's configuration must name. Two processes must not share one.
    sensor : Peer
        The sensor's public half.
    log : DecisionLog

    Attributes
    ----------
    refused : int
        Answers that broke the protocol.

    Raises
    ------
    OutputError
        The endpoint is none.
    """

    def __init__(self, endpoint: str, identity: Identity, sensor: Peer, log: DecisionLog) -> None:
        self._log, self.refused = log, 0
        self._context = zmq.Context()
        self._socket = self._context.socket(zmq.DEALER)  # without IMMEDIATE: it throws away what came just before the sensor ended
        for option, value in ((zmq.CURVE_SECRETKEY, z85.encode(identity.curve)), (zmq.CURVE_PUBLICKEY, z85.encode(identity.public.curve)),
                              (zmq.CURVE_SERVERKEY, z85.encode(sensor.curve)), (zmq.MAXMSGSIZE, MAX_ANSWER_BYTES), (zmq.LINGER, 0),
                              (zmq.RCVHWM, _MOST_WAITING), (zmq.SNDHWM, _MOST_WAITING), (zmq.RECONNECT_IVL, _RECONNECT_MS),
                              (zmq.RECONNECT_IVL_MAX, _SLOWEST_RECONNECT_MS), (zmq.IPV6, "[" in endpoint)):
            self._socket.setsockopt(option, value)
        try:
            self._socket.connect(endpoint)
        except (zmq.ZMQError, UnicodeEncodeError) as error:
            self.close()
            raise OutputError(f"{endpoint}: no sensor can be asked here: {getattr(error, 'strerror', 'it is no text')}. "
                              "Name its endpoint, such as tcp://192.168.1.7:5560.") from None
        self._ask_at = 0.0

    def __enter__(self) -> "Subscriber":
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._context.destroy(linger=0)

    def receive(self, wait_s: float) -> Received | None:
        """Wait for the sensor at most `wait_s` seconds, and store what it sends. None where nothing came.

        Raises OutputError where the file can't be written; the decisions are then not acknowledged and come again.
        """
        if time.monotonic() >= self._ask_at:
            self._ask()
        wait_s = min(wait_s, self._ask_at - time.monotonic())
        if not self._socket.poll(max(1, round(wait_s * 1000))):
            return None
        frames = self._socket.recv_multipart()
        try:
            [message] = frames
            answer = Answer.from_bytes(message)
        except ValueError:
            self.refused += 1
            return None
        return self._store(answer)

    def _store(self, answer: Answer) -> Received:
        same = answer.sensor == self._log.sensor
        new = [one for one in answer.decisions if not same or one[0] > self._log.sequence]
        missed = new[0][0] - self._log.sequence - 1 if new and same else 0
        if new:
            self._log.append(answer.sensor, new)
            self._ask()
        return Received(len(new), missed, answer.health)

    def _ask(self) -> None:
        """Acknowledge what the file holds, and ask for more."""
        try:
            self._socket.send(Request(self._log.sensor, self._log.sequence).to_bytes(), zmq.NOBLOCK)
        except zmq.Again:  # the sensor has been away for long, and enough questions wait for it
            pass
        self._ask_at = time.monotonic() + ASK_AGAIN_S
