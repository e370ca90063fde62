# SPDX-License-Identifier: GPL-3.0-or-later
"""Delivery over ZeroMQ: every decision once to each subscriber with a key, nothing to others, and hostile messages do no harm."""

import json
import time
import zlib

import pytest
import zmq
from gnuradio.rfsec.errors import OutputError
from gnuradio.rfsec.keygen.identity import Identity
from gnuradio.rfsec.records import DecisionRecord
from gnuradio.rfsec.sensor.decision_log import LONGEST_RECORD, DecisionLog
from gnuradio.rfsec.sensor.protocol import BATCH, MAX_ANSWER_TEXT, Answer, Request
from gnuradio.rfsec.sensor.publisher import Publisher, consumer_name
from gnuradio.rfsec.sensor.spool import MIN_BYTES, Spool
from gnuradio.rfsec.sensor.subscriber import Subscriber
from zmq.utils import z85
from zmq.utils.monitor import recv_monitor_message

DEADLINE_S = 20
SENSOR, ONE, TWO, STRANGER = (Identity.generate() for _ in range(4))


def record(number: int) -> str:
    return DecisionRecord(number, 1, None, 1e9, 2.4e6, 3.0, "technology", "gsm", 0.5, "accepted", "m").to_json()


@pytest.fixture
def end(tmp_path):
    """The sensor's end: a spool, and a publisher for two clients."""
    clients = [ONE.public, TWO.public]
    with Spool(tmp_path / "spool.db", MIN_BYTES, [consumer_name(one) for one in clients]) as spool:
        with Publisher("tcp://127.0.0.1:*", SENSOR, clients) as publisher:
            yield spool, publisher


def fill(spool, count):
    first = spool.last + 1
    spool.append([record(number) for number in range(first, first + count)], "")


def drive(end, subscribers, done):
    """Let the ends talk until `done` says so."""
    spool, publisher = end
    deadline = time.monotonic() + DEADLINE_S
    received = []
    while not done():
        assert time.monotonic() < deadline
        publisher.serve(spool)
        received += [one for one in (subscriber.receive(0.01) for subscriber in subscribers) if one is not None]
    return received


def numbers(path) -> list[int]:
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert all(line["sequence"] == line["sample_start"] and line["head"] == "technology" for line in lines)
    return [line["sequence"] for line in lines]


def subscriber(end, folder, identity, name: str):
    log = DecisionLog(folder / name)
    return log, Subscriber(end[1].endpoint, identity, SENSOR.public, log)


def test_what_a_sensor_said_just_before_it_ended_arrives(end, tmp_path):
    fill(end[0], 1)
    log, one = subscriber(end, tmp_path, ONE, "one")
    with log, one:
        monitor = one._socket.get_monitor_socket(zmq.EVENT_DISCONNECTED)
        drive(end, [one], lambda: end[0].waiting == end[0].last == log.sequence and end[0].acknowledged(consumer_name(ONE.public)) == 1)
        end[1].tell(end[0], {"sweeps": 7})
        end[1].close()
        assert monitor.poll(DEADLINE_S * 1000)  # it is gone, and nothing that it said has been read
        received = [one.receive(0.1) for _ in range(3)]
        one._socket.disable_monitor()
    assert [answer.health for answer in received if answer is not None] == [{"sweeps": 7}]


def test_each_subscriber_gets_everything_once(end, tmp_path):
    fill(end[0], 2 * BATCH + 3)
    (log_one, one), (log_two, two) = subscriber(end, tmp_path, ONE, "one"), subscriber(end, tmp_path, TWO, "two")
    with log_one, one, log_two, two:
        drive(end, [one], lambda: log_one.sequence == end[0].last)
        drive(end, [one], lambda: end[0].acknowledged(consumer_name(ONE.public)) == end[0].last)
        assert end[0].waiting == end[0].last  # the other lacks them all
        fill(end[0], 2)
        drive(end, [one, two], lambda: end[0].waiting == 0)
    assert numbers(tmp_path / "one") == numbers(tmp_path / "two") == list(range(1, 2 * BATCH + 6))


def test_a_subscriber_that_dies_goes_on_where_its_file_ends(end, tmp_path):
    fill(end[0], 5)
    log, one = subscriber(end, tmp_path, ONE, "one")
    with log, one:
        drive(end, [one], lambda: log.sequence == 5)  # its acknowledgement may never be heard
    fill(end[0], 3)
    with open(tmp_path / "one", "ab") as file:
        file.write(b'{"sensor":"01234567')  # cut short
    log, one = subscriber(end, tmp_path, ONE, "one")
    with log, one:
        received = drive(end, [one], lambda: end[0].acknowledged(consumer_name(ONE.public)) == 8)
    assert numbers(tmp_path / "one") == list(range(1, 9)) and sum(one.decisions for one in received) == 3


def test_a_file_that_was_moved_away_gets_only_what_was_not_acknowledged(end, tmp_path):
    fill(end[0], 5)
    log, one = subscriber(end, tmp_path, ONE, "one")
    with log, one:
        drive(end, [one], lambda: end[0].acknowledged(consumer_name(ONE.public)) == 5)
    fill(end[0], 1)
    log, one = subscriber(end, tmp_path, ONE, "another")
    with log, one:
        drive(end, [one], lambda: log.sequence == 6)
    assert numbers(tmp_path / "another") == [6]


def test_what_was_dropped_is_said(end, tmp_path):
    fill(end[0], 1)
    log, one = subscriber(end, tmp_path, ONE, "one")
    with log, one:
        drive(end, [one], lambda: log.sequence == 1)
    for _ in range(50):
        fill(end[0], 100)
    assert end[0].dropped > 100
    log, one = subscriber(end, tmp_path, ONE, "one")
    with log, one:
        received = drive(end, [one], lambda: log.sequence == end[0].last)
    assert sum(one.missed for one in received) == end[0].after(0, 1)[0][0] - 2 >= end[0].dropped - 1


def test_a_spool_made_anew_is_another_sensor(end, tmp_path):
    fill(end[0], 3)
    log = DecisionLog(tmp_path / "one")
    log.append("f" * 32, [(70, record(70))])
    with log, Subscriber(end[1].endpoint, ONE, SENSOR.public, log) as one:
        received = drive(end, [one], lambda: log.sequence == 3)
    assert numbers(tmp_path / "one") == [70, 1, 2, 3] and sum(one.missed for one in received) == 0


def test_health_reaches_who_has_asked(end, tmp_path):
    log, one = subscriber(end, tmp_path, ONE, "one")
    with log, one:
        drive(end, [one], lambda: end[1].subscribers == 1)
        end[1].tell(end[0], {"sweeps": 3})
        heard = []
        while not heard:
            heard = [got.health for got in [one.receive(0.05)] if got is not None]
    assert heard == [{"sweeps": 3}] and end[1].sent_bytes > 0 and numbers(tmp_path / "one") == []


def raw(end, identity, server=SENSOR):
    socket = zmq.Context.instance().socket(zmq.DEALER)
    socket.setsockopt(zmq.LINGER, 0)
    if identity is not None:
        for option, value in ((zmq.CURVE_SECRETKEY, identity.curve), (zmq.CURVE_PUBLICKEY, identity.public.curve),
                              (zmq.CURVE_SERVERKEY, server.public.curve)):
            socket.setsockopt(option, z85.encode(value))
    socket.connect(end[1].endpoint)
    return socket


@pytest.mark.parametrize("identity, server", [(STRANGER, SENSOR), (None, SENSOR), (ONE, STRANGER)])
def test_without_a_key_nothing_comes(end, tmp_path, identity, server):
    fill(end[0], 3)
    with raw(end, identity, server) as socket:
        for _ in range(20):
            socket.send(Request(None, 0).to_bytes())
        log, two = subscriber(end, tmp_path, TWO, "two")
        with log, two:  # who has one is served all the while
            drive(end, [two], lambda: end[0].acknowledged(consumer_name(TWO.public)) == 3)
        end[1].tell(end[0], {})
        assert not socket.poll(200) and end[0].acknowledged(consumer_name(ONE.public)) == 0


def test_a_stranger_is_not_even_let_in(end):
    with raw(end, STRANGER) as socket, socket.get_monitor_socket(zmq.EVENT_HANDSHAKE_FAILED_AUTH | zmq.EVENT_HANDSHAKE_SUCCEEDED) as monitor:
        assert monitor.poll(DEADLINE_S * 1000)
        assert recv_monitor_message(monitor)["event"] == zmq.EVENT_HANDSHAKE_FAILED_AUTH


def test_an_answer_that_comes_twice_is_stored_once(tmp_path):
    with zmq.Context() as context, context.socket(zmq.ROUTER) as sensor:
        for option, value in ((zmq.CURVE_SERVER, 1), (zmq.CURVE_SECRETKEY, z85.encode(SENSOR.curve)), (zmq.LINGER, 0)):
            sensor.setsockopt(option, value)
        endpoint = f"tcp://127.0.0.1:{sensor.bind_to_random_port('tcp://127.0.0.1')}"
        with DecisionLog(tmp_path / "one") as log, Subscriber(endpoint, ONE, SENSOR.public, log) as one:
            while not sensor.poll(10):
                one.receive(0.01)
            place, question = sensor.recv_multipart()
            for numbers_sent in ([1, 2], [1, 2], [2, 3], [1], [4]):
                sensor.send_multipart([place, Answer("a" * 32, [(number, record(number)) for number in numbers_sent]).to_bytes()])
            while log.sequence < 4:
                one.receive(0.05)
    assert Request.from_bytes(question) == Request(None, 0) and numbers(tmp_path / "one") == [1, 2, 3, 4]


def test_a_key_that_is_taken_back_gets_nothing_more(end, tmp_path):
    with raw(end, ONE) as socket:
        socket.send(Request(None, 0).to_bytes())
        drive(end, [], lambda: end[1].subscribers == 1)
        end[1].set_clients([TWO.public])
        fill(end[0], 1)
        socket.send(Request(None, 0).to_bytes())
        log, two = subscriber(end, tmp_path, TWO, "two")
        with log, two:
            drive(end, [two], lambda: log.sequence == 1)
        end[1].tell(end[0], {})
        assert not socket.poll(200)


def lies(spool):
    def message(**fields):
        return [json.dumps({"version": 1, "sensor": spool.identity, "acknowledged": 0, **fields}).encode()]

    fields = [{"version": 2}, {"acknowledged": 10**9}, {"acknowledged": -1}, {"acknowledged": True}, {"acknowledged": "1"}, {"sensor": "x"},
              {"sensor": 7}, {"more": 1}]
    return [[b""], [b"x"], [b"\xff\xfe"], [b"[" * 300], [b"null"], [b"{}", b"{}"], [b"", b""], *(message(**one) for one in fields)]


def test_hostile_questions_change_nothing_and_are_counted(end, tmp_path):
    fill(end[0], 3)
    with raw(end, ONE) as socket:
        for frames in lies(end[0]):
            socket.send_multipart(frames)
        drive(end, [], lambda: end[1].refused == len(lies(end[0])))
        assert end[0].waiting == 3 and not socket.poll(50)
        socket.send(b"x" * 100_000)  # closes the connection
    log, one = subscriber(end, tmp_path, ONE, "one")
    with log, one:
        drive(end, [one], lambda: log.sequence == 3)


@pytest.mark.parametrize("change", [
    lambda found: found.update(version=2), lambda found: found.update(sensor="../x"), lambda found: found["decisions"].reverse(),
    lambda found: found["decisions"].append([2, {"label": "short"}]), lambda found: found["decisions"].append("x"),
    lambda found: found.update(health=3), lambda found: found["decisions"][0][1].update(label="\ud800"),
    lambda found: found["decisions"][0][1].update(label="x" * LONGEST_RECORD),
    lambda found: found["decisions"].insert(0, found["decisions"][0]), lambda found: found.update(decisions=found["decisions"] * BATCH)])
def test_hostile_answers_are_refused(change):
    answer = Answer("a" * 32, [(1, record(1)), (2, record(2))])
    assert Answer.from_bytes(answer.to_bytes()) == answer
    found = json.loads(zlib.decompress(answer.to_bytes()))
    change(found)
    with pytest.raises(ValueError):
        Answer.from_bytes(zlib.compress(json.dumps(found).encode()))


@pytest.mark.parametrize("number", ["NaN", "-Infinity", "1e999"])
@pytest.mark.parametrize("answer", ['{"queue_fill":%s}', '{"source":[{"pause_s":%s}]}'])
def test_health_that_would_be_no_json_for_who_reads_it_is_refused(answer, number):
    text = f'{{"version":1,"sensor":"{"a" * 32}","decisions":[],"health":{answer % number}}}'
    with pytest.raises(ValueError):
        Answer.from_bytes(zlib.compress(text.encode()))


@pytest.mark.parametrize("message", [b"", b"x", zlib.compress(b" " * (MAX_ANSWER_TEXT + 1)), Answer("a" * 32, []).to_bytes()[:-5]])
def test_an_answer_that_does_not_expand_is_refused(message):
    with pytest.raises(ValueError):
        Answer.from_bytes(message)


def test_an_endpoint_of_a_sensor_that_is_no_text_is_refused(tmp_path):
    with DecisionLog(tmp_path / "out.jsonl") as log, pytest.raises(OutputError, match="no sensor can be asked here: it is no text"):
        Subscriber("tcp://\udcff:1", ONE, SENSOR.public, log)


def test_an_endpoint_in_use_is_named(end):
    with pytest.raises(OutputError, match="no decisions can be given out here"):
        Publisher(end[1].endpoint, SENSOR, [ONE.public])
