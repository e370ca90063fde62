# SPDX-License-Identifier: GPL-3.0-or-later
"""Sessions over ZeroMQ with CURVE: only the two pinned ends get in, and a broken connection is mended."""

import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
import zmq
from gnuradio.rfsec.errors import KeyAgreementError, ParameterError
from gnuradio.rfsec.keygen.curve_link import CurveLink
from gnuradio.rfsec.keygen.messages import MAX_MESSAGE_BYTES, Role
from gnuradio.rfsec.keygen.transport import drive
from two_ends import ALICE, BOB, MALLORY, exchange, same_key, two_ends
from zmq.utils import z85

ANY = "tcp://127.0.0.1:*"
QUICK = {"timeout_s": 20, "resend_s": 0.2}


def alices_link(peer=BOB) -> CurveLink:
    return CurveLink(Role.ALICE, ALICE, peer.public, ANY)


def bobs_link(endpoint: str, own=BOB, peer=ALICE) -> CurveLink:
    return CurveLink(Role.BOB, own, peer.public, endpoint)


def both(sessions, links, times=(QUICK, QUICK), stops=(None, None)) -> list:
    """Drive both ends at once; return what each gave: an agreement or the error."""
    def one(session, link, limits, stop):
        try:
            return drive(session, link, stop=stop, **limits)
        except KeyAgreementError as error:
            return error

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(one, sessions, links, times, stops))


@pytest.mark.parametrize("reconciliation", ["cascade", "bch"])
def test_two_ends_agree_over_tcp(reconciliation):
    sessions = two_ends(reconciliation=reconciliation)
    with alices_link() as alice, bobs_link(alice.endpoint) as bob:
        both(sessions, (alice, bob))
    assert same_key(*sessions)


def test_one_link_carries_session_after_session():
    with alices_link() as alice, bobs_link(alice.endpoint) as bob:
        for seed in range(3):
            sessions = two_ends(seed=seed)
            both(sessions, (alice, bob))
            assert same_key(*sessions)


class LateLink:
    """A link on which every message that Bob repeated at the end of an earlier session comes first."""

    def __init__(self, link, late: list[bytes]):
        self.send, self._link, self._late = link.send, link, late

    def receive(self, wait_s: float) -> bytes | None:
        return self._late.pop() if self._late else self._link.receive(wait_s)


def test_a_late_repetition_of_the_last_session_does_not_end_the_next():
    earlier = two_ends()
    late = exchange(*earlier)[-2][1]
    sessions = two_ends(seed=2)
    with alices_link() as alice, bobs_link(alice.endpoint) as bob:
        both(sessions, (LateLink(alice, [late] * 3), bob))
    assert same_key(*earlier) and same_key(*sessions)


class PatientLink(LateLink):
    """A late link on which the first message of the present session is right behind the late ones."""

    def receive(self, wait_s: float) -> bytes | None:
        if not self._late:
            wait_s, self.receive = QUICK["timeout_s"], self._link.receive
        return super().receive(wait_s)


def test_of_the_hellos_that_waited_for_alice_the_newest_counts():
    given_up = [two_ends()[1].start() for _ in range(40)]
    sessions = two_ends()
    with alices_link() as alice, bobs_link(alice.endpoint) as bob:
        both(sessions, (PatientLink(alice, [one for one in given_up for _ in range(3)]), bob))
    assert same_key(*sessions)


def test_repetitions_without_end_count_as_silence():
    late = exchange(*two_ends())[-2][1]
    with alices_link() as link, pytest.raises(KeyAgreementError, match="No message of Bob came within 0.3 s"):
        drive(two_ends()[0], LateLink(link, Endless(late)), timeout_s=0.3)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("stopped", [False, True])
def test_one_message_of_this_session_without_end_counts_as_silence(role, stopped):
    alice, bob = two_ends()
    hello = bob.start()
    repeated, session = (hello, alice) if role is Role.ALICE else (alice.receive(hello)[0], bob)
    sent, stop = [], threading.Event()
    if stopped:
        stop.set()

    class Flooded:
        send = sent.append

        def receive(self, wait_s: float) -> bytes:
            return repeated

    session.start = lambda: hello if role is Role.BOB else None  # it has started above
    with pytest.raises(KeyAgreementError, match="was stopped" if stopped else "has said nothing for 0.5 s"):
        drive(session, Flooded(), timeout_s=0.5, resend_s=0.1, stop=stop)
    assert stopped or sent.count(session.last_sent) > 1


class Endless:
    """As a list that gives one message for ever."""

    def __init__(self, message: bytes):
        self.pop = lambda: message


class CuttingProxy:
    """Carries bytes to a port; ends each connection of a list after so many bytes from the client, and all later ones never."""

    def __init__(self, endpoint: str, cut_after: list[int]):
        self._target = ("127.0.0.1", int(endpoint.rsplit(":", 1)[1]))
        self._cuts, self.cut, self._open = cut_after, 0, []
        self._door = socket.create_server(("127.0.0.1", 0))
        self.endpoint = f"tcp://127.0.0.1:{self._door.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                client, _ = self._door.accept()
            except OSError:
                return
            server = socket.create_connection(self._target)
            self._open += [client, server]
            limit = self._cuts.pop(0) if self._cuts else None
            for source, sink, most in ((client, server, limit), (server, client, None)):
                threading.Thread(target=self._carry, args=(source, sink, most), daemon=True).start()

    def _carry(self, source, sink, most):
        carried = 0
        try:
            while data := source.recv(4096):
                carried += len(data)
                if most is not None and carried > most:
                    self.cut += 1
                    break
                sink.sendall(data)
        except OSError:
            pass
        for one in (source, sink):
            with suppress(OSError):  # it is closed already
                one.shutdown(socket.SHUT_RDWR)

    def close(self):
        for one in (self._door, *self._open):
            one.close()


@pytest.mark.parametrize("cut_after", [[300], [700], [1000], [1000, 700], [1200, 700, 800]])
def test_a_broken_connection_is_mended(cut_after):
    sessions, expected = two_ends(), len(cut_after)
    with alices_link() as alice:
        proxy = CuttingProxy(alice.endpoint, list(cut_after))
        with bobs_link(proxy.endpoint) as bob:
            both(sessions, (alice, bob))
        proxy.close()
    assert same_key(*sessions) and proxy.cut == expected


@pytest.mark.parametrize("own, bobs_peer, alices_peer", [(MALLORY, ALICE, BOB), (BOB, MALLORY, BOB), (BOB, ALICE, MALLORY)])
def test_only_pinned_keys_get_in(own, bobs_peer, alices_peer):
    sessions, short = two_ends(), {"timeout_s": 1, "resend_s": 0.1}
    with alices_link(alices_peer) as alice, bobs_link(alice.endpoint, own, bobs_peer) as bob:
        both(sessions, (alice, bob), (short, short))
    assert not same_key(*sessions)
    assert all("came within 1 s: that end is not there, or one of the two does not have" in str(one.failure) for one in sessions)


def test_a_pinned_curve_key_without_its_signing_key_gets_no_further():
    thief = type(BOB).of(MALLORY.ed25519, BOB.curve)
    sessions = two_ends(bob=thief)
    with alices_link() as alice, bobs_link(alice.endpoint) as bob:
        both(sessions, (alice, bob))
    assert not same_key(*sessions) and "not signed by the pinned peer" in str(sessions[0].failure)


def raw_client(endpoint: str, context) -> zmq.Socket:
    client = context.socket(zmq.DEALER)
    client.setsockopt(zmq.CURVE_SECRETKEY, z85.encode(BOB.curve))
    client.setsockopt(zmq.CURVE_PUBLICKEY, z85.encode(BOB.public.curve))
    client.setsockopt(zmq.CURVE_SERVERKEY, z85.encode(ALICE.public.curve))
    client.setsockopt(zmq.LINGER, 0)
    client.connect(endpoint)
    return client


def test_oversized_and_many_part_messages_never_arrive():
    context = zmq.Context()
    with alices_link() as alice:
        client = raw_client(alice.endpoint, context)
        client.send_multipart([b"one", b"two"])
        assert alice.receive(5) is None
        client.send(b"whole")
        assert alice.receive(5) == b"whole"
        client.send(bytes(MAX_MESSAGE_BYTES + 1))  # ZeroMQ ends the connection
        assert alice.receive(0.3) is None
        client.close()
    context.destroy(linger=0)


def test_a_client_without_curve_never_arrives():
    context = zmq.Context()
    with alices_link() as alice:
        client = context.socket(zmq.DEALER)
        client.setsockopt(zmq.LINGER, 0)
        client.connect(alice.endpoint)
        client.send(b"hello")
        assert alice.receive(0.3) is None
        client.close()
    context.destroy(linger=0)


class StoppedLink:
    """A link whose user sets `stop` after so many messages."""

    def __init__(self, link, stop: threading.Event, messages: int):
        self.send, self._link, self._stop, self._left = link.send, link, stop, messages

    def receive(self, wait_s: float) -> bytes | None:
        if not self._left:
            self._stop.set()
            return None
        message = self._link.receive(wait_s)
        self._left -= message is not None
        return message


@pytest.mark.parametrize("messages", [0, 1, 3, 6])
def test_an_end_that_is_stopped_says_so(messages):
    sessions, stop = two_ends(), threading.Event()
    with alices_link() as alice, bobs_link(alice.endpoint) as bob:
        both(sessions, (alice, StoppedLink(bob, stop, messages)), stops=(None, stop))
    assert not same_key(*sessions) and "Bob stopped: Bob was stopped." in str(sessions[0].failure)


@pytest.mark.parametrize("endpoint", ["tcp://256.0.0.1:1", "nonsense", "tcp://127.0.0.1", "udp://127.0.0.1:5000", "", "tcp://\udcff:1"])
def test_an_endpoint_that_is_none_is_refused(endpoint):
    before = threading.active_count()
    with pytest.raises(KeyAgreementError, match="Name a free endpoint"):
        CurveLink(Role.ALICE, ALICE, BOB.public, endpoint)
    assert threading.active_count() == before  # a thread that went on would keep the process from ending


def test_an_endpoint_in_use_is_refused():
    with alices_link() as alice, pytest.raises(KeyAgreementError, match="in use"):
        CurveLink(Role.ALICE, ALICE, BOB.public, alice.endpoint)


@pytest.mark.parametrize("name", ["timeout_s", "resend_s"])
@pytest.mark.parametrize("value", [0, -1, float("nan"), float("inf"), 1e6])
def test_times_out_of_range_are_refused(name, value):
    with pytest.raises(ParameterError, match=name):
        drive(two_ends()[1], None, **{name: value})
