# SPDX-License-Identifier: GPL-3.0-or-later
"""Sessions with somebody in between, or a dishonest peer: at every step both ends stop with a reason, and the next session is clean."""

from dataclasses import replace

import numpy as np
import pytest
from gnuradio.rfsec.keygen.messages import MAX_MESSAGE_BYTES, NO_SESSION, Kind, Message, Role
from gnuradio.rfsec.keygen.probe_store import ProbeStore
from hypothesis import given, settings
from hypothesis import strategies as st
from two_ends import ALICE, BOB, MALLORY, PROBES, exchange, same_key, two_ends

OWNERS = {Role.ALICE: ALICE, Role.BOB: BOB}


def good_run(**how) -> list[tuple[Role, bytes]]:
    alice, bob = two_ends(**how)
    sent = exchange(alice, bob)
    assert same_key(alice, bob)
    return sent


EARLIER = good_run(reconciliation="bch")  # another session of the same two ends, of which somebody kept every message
STEPS = range(len(EARLIER))
every_step = pytest.mark.parametrize("step", STEPS)


def flipped(data: bytes, bit: int) -> bytes:
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def signed_again(data: bytes, sender: Role, owner=None, **changed) -> bytes:
    message = Message.unpack(data, sender, OWNERS[sender].public)
    return replace(message, **changed).pack(owner or OWNERS[sender])


LATER = ("replayed from an earlier session", 0)  # a hello that is replayed ends at the next step: see the test of it
# What Bob has signed, and Alice takes for a late repetition in place of his hello.
PASSED_OVER = ("replayed from this session", "a later one from an earlier session", "an old word that the peer stops")
# What arrives instead of `message` number `step`, where `sent` are those before it.
ATTACKS = {
    "changed head": lambda sender, step, message, sent: flipped(message, 8 * 10),
    "changed body": lambda sender, step, message, sent: flipped(message, 4 * len(message)),
    "changed signature": lambda sender, step, message, sent: flipped(message, 8 * len(message) - 1),
    "cut": lambda sender, step, message, sent: message[: len(message) * 2 // 3],
    "cut by a byte": lambda sender, step, message, sent: message[:-1],
    "nothing": lambda sender, step, message, sent: b"",
    "lengthened": lambda sender, step, message, sent: message + b"\0",
    "oversized": lambda sender, step, message, sent: message + bytes(MAX_MESSAGE_BYTES),
    "replayed from this session": lambda sender, step, message, sent: sent[step - 4] if step >= 4 else EARLIER[step + 4][1],
    "replayed from an earlier session": lambda sender, step, message, sent: EARLIER[step][1],
    "a later one from an earlier session": lambda sender, step, message, sent: EARLIER[(step + 2) % len(EARLIER)][1],
    "reflected": lambda sender, step, message, sent: sent[-1] if sent else EARLIER[1][1],
    "forged": lambda sender, step, message, sent: signed_again(message, sender, MALLORY),
    "another version": lambda sender, step, message, sent: message[:5] + b"\x02" + message[6:],
    "signed with another number": lambda sender, step, message, sent: signed_again(message, sender, number=step // 2 + 1),
    "signed as another kind": lambda sender, step, message, sent: signed_again(message, sender, kind=Kind(step % 7 + 1), number=step // 2)
    if Message.unpack(message, sender, OWNERS[sender].public).kind != step % 7 + 1 else b"?",
    "signed for another session": lambda sender, step, message, sent: signed_again(message, sender, session=bytes(31) + b"\1"),
    "signed with another body": lambda sender, step, message, sent: signed_again(message, sender, body=bytes(40)),
    "an old word that the peer stops": lambda sender, step, message, sent: signed_again(message, sender, kind=Kind.ABORT, session=NO_SESSION),
}


@pytest.mark.parametrize("attack, step", [(attack, step) for attack in ATTACKS for step in STEPS
                                          if (attack, step) != LATER and (step or attack not in PASSED_OVER)])
def test_an_attack_stops_both_ends_and_the_next_session_is_clean(attack, step):
    stores, seen = (ProbeStore(None), ProbeStore(None)), []

    def between(sender, number, message):
        arriving = ATTACKS[attack](sender, number, message, seen) if number == step else message
        seen.append(message)
        return [arriving]

    alice, bob = two_ends(reconciliation="bch", stores=stores)
    exchange(alice, bob, between)
    assert not same_key(alice, bob)
    assert all("\n" not in str(end.failure) and len(str(end.failure)) < 500 for end in (alice, bob))
    clean(stores)


def clean(stores):
    """The next session of the same stores, over new probes, gives a key."""
    alice, bob = two_ends(reconciliation="bch", stores=stores, first=PROBES, seed=2)
    exchange(alice, bob)
    assert same_key(alice, bob)


def test_a_replayed_hello_leads_nowhere():
    alice = two_ends(reconciliation="bch")[0]
    (answer,) = alice.receive(EARLIER[0][1])
    assert answer != EARLIER[1][1]  # a nonce of this session
    alice.receive(EARLIER[2][1])
    assert alice.agreement is None and "another session" in str(alice.failure)


@pytest.mark.parametrize("attack", PASSED_OVER)
def test_what_is_left_of_an_earlier_session_is_passed_over_until_the_hello(attack):
    alice, bob = two_ends(reconciliation="bch")
    late = []

    def between(sender, number, message):
        late.extend([] if number else [ATTACKS[attack](sender, 0, message, [])])
        return [message] if number else [*late, message]

    exchange(alice, bob, between)
    assert late and same_key(alice, bob)


@every_step
def test_a_lost_message_is_made_good(step):
    alice, bob = two_ends(reconciliation="bch")
    exchange(alice, bob, lambda sender, number, message: [] if number == step else [message], repetitions=1)
    assert same_key(alice, bob)


@pytest.mark.parametrize("copies", [2, 3])
def test_messages_that_come_twice_change_nothing(copies):
    alice, bob = two_ends()
    exchange(alice, bob, lambda sender, number, message: [message] * copies)
    assert same_key(alice, bob)


@every_step
def test_an_end_that_dies_leaves_the_other_without_a_key_and_the_next_session_clean(step):
    stores = ProbeStore(None), ProbeStore(None)
    alice, bob = two_ends(reconciliation="bch", stores=stores)
    exchange(alice, bob, lambda sender, number, message: [] if number >= step else [message])
    dead, alive = (bob, alice) if step % 2 == 0 else (alice, bob)
    assert alive.abort("The peer is silent.") and alive.agreement is None and alive.failure
    if step > 4:  # the probes were chosen, and stay spent at both ends
        assert not len(stores[0].unspent(np.arange(PROBES))) and not len(stores[1].unspent(np.arange(PROBES)))
    clean(stores)


def test_an_end_that_stops_tells_the_other_why():
    for step in STEPS[1:-1]:
        alice, bob = two_ends(reconciliation="bch")

        def between(sender, number, message):
            if number != step:
                return [message]
            told.extend((bob if sender is Role.BOB else alice).abort("Out of\nbattery \N{BATTERY}."))
            return told

        told = []
        exchange(alice, bob, between)
        assert not same_key(alice, bob)
        assert f"{'Bob' if step % 2 == 0 else 'Alice'} stopped: Out of?battery ?." in {str(alice.failure), str(bob.failure)}


def test_both_ends_must_count_the_same_leakage():
    kinds = [Message.unpack(data, sender, OWNERS[sender].public).kind for sender, data in EARLIER]
    step = kinds.index(Kind.AMPLIFY)
    alice, bob = two_ends(reconciliation="bch")
    exchange(alice, bob, lambda sender, number, message: [signed_again(message, sender, body=b"1") if number == step else message])
    assert "counted different numbers of leaked bits" in str(alice.failure) and not same_key(alice, bob)


def test_the_wrong_peer_is_told_apart():
    alice, bob = two_ends(bob=MALLORY)
    exchange(alice, bob)
    assert not same_key(alice, bob) and "not signed by the pinned peer" in str(alice.failure)
    alice, bob = two_ends(bobs_peer=MALLORY)
    exchange(alice, bob)
    assert not same_key(alice, bob) and "not signed by the pinned peer" in str(bob.failure)


def test_an_x25519_key_that_gives_no_secret_is_refused():
    alice, bob = two_ends(x25519=True)
    hello = bob.start()
    body = Message.unpack(hello, Role.BOB, BOB.public).body
    alice.receive(signed_again(hello, Role.BOB, body=body[:32] + bytes(32) + body[64:]))
    assert "X25519 key gives no secret" in str(alice.failure)


@settings(deadline=None, max_examples=150)
@given(st.binary(max_size=400), st.integers(0, len(EARLIER) - 1))
def test_random_bytes_stop_a_session_and_nothing_more(data, step):
    alice, bob = two_ends(reconciliation="bch")
    exchange(alice, bob, lambda sender, number, message: [data] if number == step else [message])
    assert not same_key(alice, bob)


@settings(deadline=None, max_examples=200)
@given(st.sampled_from(["cascade", "bch"]), st.integers(0, 40), st.booleans(), st.integers(0, 2**32), st.binary(max_size=300))
def test_a_pinned_peer_that_lies_gets_no_key_past_the_other(reconciliation, step, one_bit, bit, lie):
    alice, bob = two_ends(15, reconciliation=reconciliation)
    lied = []

    def between(sender, number, message):
        if number != step:
            return [message]
        body = Message.unpack(message, sender, OWNERS[sender].public).body
        told = flipped(body, bit % (8 * len(body))) if one_bit and body else lie
        lied.append(told != body)
        return [signed_again(message, sender, body=told)]

    exchange(alice, bob, between)
    assert same_key(alice, bob) is not any(lied)
