# SPDX-License-Identifier: GPL-3.0-or-later
"""Key Agreement in running flowgraphs: two blocks get one key over ports or sockets, and no key goes anywhere else."""

import socket
import threading

import numpy as np
import pmt
import pytest
import zmq
from flowgraphs import RecordCollector
from gnuradio import gr, rfsec
from gnuradio.rfsec.blocks.key_agreement_probes import WaitingProbes
from gnuradio.rfsec.blocks.key_agreement_thread import KeyAgreementThread, MessageLink
from gnuradio.rfsec.errors import KeyAgreementError, ParameterError
from gnuradio.rfsec.keygen.guard_band import quantize
from gnuradio.rfsec.keygen.identity import write_identity
from gnuradio.rfsec.keygen.messages import MAX_MESSAGE_BYTES
from gnuradio.rfsec.keygen.probe_store import ProbeStore
from two_ends import ALICE, BOB, MALLORY, PROBES, SYMBOLS, features

DEADLINE_S = 20
COMMON = {"symbols": SYMBOLS, "probes": PROBES, "timeout": 10}


class HoldingSource(gr.sync_block):
    """Emits probes, and then lets the flowgraph go on until `over` is set."""

    def __init__(self, symbols: np.ndarray, over: threading.Event, tags=()):
        gr.sync_block.__init__(self, "Holding Source", [], [(np.int8, symbols.shape[1])])
        self._left, self._over, self._tags = symbols, over, tags

    def work(self, input_items, output_items):
        count = min(len(output_items[0]), len(self._left))
        if not count and self._over.is_set():
            return -1
        output_items[0][:count] = self._left[:count]
        for offset, number in self._tags:
            self.add_item_tag(0, offset, pmt.intern("probe"), number)
        self._left, self._tags = self._left[count:], ()
        return count


class Listener(RecordCollector):
    """Collects messages, and sets `over` after `count` of them."""

    def __init__(self, port: str, count: int, over: threading.Event):
        super().__init__(port)
        self._count, self._over = count, over

    def _take(self, message):
        super()._take(message)
        if len(self.messages) >= self._count:
            self._over.set()


@pytest.fixture
def files(tmp_path):
    for name, identity in (("alice", ALICE), ("bob", BOB), ("mallory", MALLORY)):
        write_identity(tmp_path / name, identity)
    return tmp_path


def ends(files, alice=None, bob=None, **both) -> list:
    endpoint = both.pop("endpoint", "")
    return [rfsec.key_agreement(str(files / own), str(files / f"{peer}.pub"), own, **{"endpoint": endpoint, **COMMON, **both, **(changed or {})})
            for own, peer, changed in (("alice", "bob", alice), ("bob", "alice", bob))]


def run(blocks, probes, results: int = 1, tags=((), ()), ports: bool = True):
    """Run both ends in one flowgraph until each gave `results` words; return keys and statuses of both."""
    top, overs, keys, statuses = gr.top_block(), [], [], []
    held = []
    for block, symbols, marks in zip(blocks, probes, tags):
        overs.append(threading.Event())
        keys.append(RecordCollector("key"))
        statuses.append(Listener("status", results, overs[-1]))
        held.append(HoldingSource(symbols, overs[-1], marks))
        top.connect(held[-1], block)
        top.msg_connect(block, "key", keys[-1], "key")
        top.msg_connect(block, "status", statuses[-1], "status")
    if ports:
        for one, other in (blocks, blocks[::-1]):
            top.msg_connect(one, "to_peer", other, "from_peer")
    top.start()
    done = all(over.wait(DEADLINE_S) for over in overs)
    top.stop()
    top.wait()
    assert done, [block.failures for block in blocks]
    return [[pmt.to_python(message) for message in one.messages] for one in keys + statuses]


def first_word(block, probes, messages=(), wait_s: float = DEADLINE_S):
    """Run one end, post `messages` of a peer to it; return its first status, or None where it has none in time, and its keys."""
    top, over = gr.top_block(), threading.Event()
    source, status, keys = HoldingSource(probes, over), Listener("status", 1, over), RecordCollector("key")
    top.connect(source, block)
    top.msg_connect(block, "status", status, "status")
    top.msg_connect(block, "key", keys, "key")
    top.start()
    for message in messages:
        block.to_basic_block()._post(pmt.intern("from_peer"), message)
    over.wait(wait_s)
    over.set()
    top.stop()
    top.wait()
    return (pmt.to_python(status.messages[0]) if status.messages else None), keys.messages


def quantized(**how) -> list[np.ndarray]:
    return [quantize(values) for values in features(**how)]


def free_endpoint() -> str:
    """An endpoint that was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        return f"tcp://127.0.0.1:{door.getsockname()[1]}"


@pytest.mark.parametrize("over_sockets", [False, True])
@pytest.mark.parametrize("reconciliation", ["cascade", "bch"])
def test_two_blocks_get_one_key(files, over_sockets, reconciliation):
    endpoint = free_endpoint() if over_sockets else ""
    blocks = ends(files, reconciliation=reconciliation, endpoint=endpoint)
    alices, bobs, alice_says, bob_says = run(blocks, quantized(), ports=not over_sockets)
    assert len(alices) == len(bobs) == 1 and alices[0]["key_id"] == bobs[0]["key_id"]
    key = bytes(alices[0]["key"])
    assert key == bytes(bobs[0]["key"]) and len(key) == 16
    for words in (alice_says, bob_says):
        assert words[0]["agreed"] and words[0]["key_id"] == alices[0]["key_id"] and words[0]["probes"] == PROBES
        assert "key" not in words[0] and key.hex() not in str(words)


def test_key_after_key_and_every_probe_once(files):
    blocks = ends(files)
    alices, bobs, *_ = run(blocks, quantized(count=3 * PROBES), results=3)
    assert [one.dropped for one in blocks] == [0, 0]  # all were used
    assert [bytes(one["key"]) for one in alices] == [bytes(one["key"]) for one in bobs]
    assert len({one["key_id"] for one in alices}) == 3


def test_a_second_run_does_not_use_the_same_numbers_again_and_says_so(files, caplog):
    run(ends(files), quantized())
    later = [[(0, pmt.from_uint64(1_000_000))]] * 2
    alices, bobs, *_ = run(ends(files), quantized(seed=2), tags=later)
    assert len(alices) == 1 and bytes(alices[0]["key"]) == bytes(bobs[0]["key"])
    block = ends(files)[0]
    assert first_word(block, quantized()[0], wait_s=0.5) == (None, [])  # its probes are spent: it does not even begin
    [said] = [one.getMessage() for one in caplog.records]
    assert said.startswith(f"{files}/alice.probes: {PROBES} probes that wait are spent, numbers 0 to {PROBES - 1}.") and "\n" not in said
    assert block.keys == block.failures == 0 and block.dropped == PROBES


def test_tags_number_the_probes_of_an_end_that_lost_some(files):
    alices_probes, bobs_probes = quantized(count=2 * PROBES)
    lost = 5
    tags = ([(0, pmt.from_uint64(100))], [(0, pmt.from_uint64(100)), (9, pmt.from_uint64(100 + 9 + lost))])
    bobs_probes = np.delete(bobs_probes, range(9, 9 + lost), axis=0)
    alices, bobs, *_ = run(ends(files), (alices_probes, bobs_probes), tags=tags)
    assert bytes(alices[0]["key"]) == bytes(bobs[0]["key"])


def test_wrong_symbols_and_tags_stop_nothing(files):
    alices_probes, bobs_probes = quantized(count=PROBES + 2)
    alices_probes[0], bobs_probes[1, 3], alices_probes[1, 0] = -1, 7, -100
    nonsense = [(0, pmt.intern("first")), (1, pmt.from_long(-4)), (2, pmt.from_double(0.5)), (3, pmt.from_uint64(1 << 62)), (4, pmt.PMT_T)]
    blocks = ends(files)
    alices, bobs, *_ = run(blocks, (alices_probes, bobs_probes), tags=(nonsense, ()))
    assert bytes(alices[0]["key"]) == bytes(bobs[0]["key"])
    assert blocks[0].dropped >= 2


@pytest.mark.parametrize("bob, reason", [({"reconciliation": "bch"}, "same settings: reconciliation"),
                                         ({"x25519": True}, "same settings: x25519")])
def test_a_reason_and_no_key(files, bob, reason):
    blocks = ends(files, bob=bob)
    alices, bobs, *says = run(blocks, quantized())
    assert alices == bobs == []
    assert all(not words[0]["agreed"] and reason in words[0]["reason"] for words in says)


def test_an_end_that_stands_still_gets_no_second_key(files):
    alices_probes, bobs_probes = quantized()
    still = [np.concatenate([probes, np.repeat(probes[:1], PROBES, axis=0)]) for probes in (alices_probes, bobs_probes)]
    alices, bobs, alice_says, bob_says = run(ends(files), still, results=2)
    assert len(alices) == len(bobs) == 1
    assert [words["agreed"] for words in alice_says] == [words["agreed"] for words in bob_says] == [True, False]


def test_messages_of_strangers_give_no_key(files):
    foreign = (pmt.PMT_NIL, pmt.intern("hello"), pmt.cons(pmt.PMT_NIL, pmt.init_f32vector(2, [1, 2])),
               pmt.cons(pmt.PMT_NIL, pmt.init_u8vector(200, [7] * 200)))
    word, keys = first_word(ends(files)[0], quantized()[0], foreign)
    assert not keys and not word["agreed"] and "no message of a key agreement" in word["reason"]


def test_a_message_longer_than_any_is_not_unpacked(files, monkeypatch):
    unpacked = []
    monkeypatch.setattr(pmt, "u8vector_elements", lambda vector: unpacked.append(pmt.length(vector)) or [])
    for length in (MAX_MESSAGE_BYTES, MAX_MESSAGE_BYTES + 1):
        ends(files)[0]._from_peer(pmt.cons(pmt.PMT_NIL, pmt.make_u8vector(length, 0)))
    assert unpacked == [MAX_MESSAGE_BYTES]


def test_a_peer_that_is_not_there_is_a_reason(files):
    word, keys = first_word(ends(files, timeout=1)[1], quantized()[0])
    assert not keys and "No message of Alice came within 1 s" in word["reason"]


def test_a_fault_in_an_agreement_is_told_without_its_words():
    """As a store that holds what no quantizer gives would cause it."""
    probes, refused, told = WaitingProbes(ProbeStore(None), 2), [], threading.Event()

    def refuse(reason):
        refused.append(reason)
        told.set()

    def session(measured):
        raise IndexError(f"index {measured.symbols[0, 0]} is out of bounds")

    thread = KeyAgreementThread(probes, 1, 1.0, session, MessageLink(lambda message: None).open, refused.append, refuse)
    thread.start()
    probes.add(np.array([1]), np.array([[1, 0]], np.int8))
    assert told.wait(DEADLINE_S)
    thread.stop()
    assert len(refused) == 1 and "IndexError" in refused[0] and "index 1" not in refused[0] and "\n" not in refused[0]


def test_an_endpoint_in_use_is_a_reason(files):
    with zmq.Context() as context, context.socket(zmq.REP) as other:
        port = other.bind_to_random_port("tcp://127.0.0.1")
        block = ends(files, endpoint=f"tcp://127.0.0.1:{port}")[0]
        word, _ = first_word(block, quantized()[0])
    assert "in use" in word["reason"]


@pytest.mark.parametrize("wrong, reason", [({"role": "eve"}, "'role'"), ({"timeout": 0}, "'timeout'"), ({"symbols": 0}, "'symbols'"),
                                           ({"levels": 3}, "'levels'"), ({"reconciliation": "none"}, "'reconciliation'"),
                                           ({"key_bits": 100}, "'key_bits'"), ({"probes": 5000}, "'probes'"),
                                           ({"security_bits": 1}, "'security_bits'"), ({"quantizer": "sharp"}, "'quantizer'")])
def test_parameters_out_of_range_are_refused(files, wrong, reason):
    with pytest.raises(ParameterError, match=reason):
        rfsec.key_agreement(str(files / "alice"), str(files / "bob.pub"), **{**COMMON, **wrong})


def test_identities_that_are_none_are_refused(files):
    with pytest.raises(KeyAgreementError, match="nobody"):
        rfsec.key_agreement(str(files / "nobody"), str(files / "bob.pub"))
    with pytest.raises(KeyAgreementError, match="format"):
        rfsec.key_agreement(str(files / "alice"), str(files / "bob"))


def test_the_store_is_asked_when_there_are_probes_enough(files):
    """A store of many spent probes is not read again for each one that comes."""
    asked = []
    with ProbeStore(None) as store:
        store._db.set_trace_callback(asked.append)
        waiting, stop, found = WaitingProbes(store, 4), threading.Event(), []
        thread = threading.Thread(target=lambda: found.append(waiting.wait(3, stop)))
        thread.start()
        for number in range(3):
            assert not asked
            waiting.add(np.array([number]), np.zeros((1, 4), np.int8))
        thread.join(DEADLINE_S)
    assert len(asked) == 1 and found[0].numbers.tolist() == [0, 1, 2]
