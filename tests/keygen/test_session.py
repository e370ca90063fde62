# SPDX-License-Identifier: GPL-3.0-or-later
"""Sessions of two honest ends: one key at both, or a reason at both; never two keys."""

from collections import Counter

import numpy as np
import pytest
from gnuradio.rfsec.errors import KeyAgreementError, ParameterError
from gnuradio.rfsec.keygen.agreement_settings import Settings
from gnuradio.rfsec.keygen.measured_probes import MeasuredProbes
from gnuradio.rfsec.keygen.message_bodies import MOST_OFFERED
from gnuradio.rfsec.keygen.messages import MAX_BODY_BYTES, Role
from gnuradio.rfsec.keygen.probe_store import ProbeStore
from gnuradio.rfsec.keygen.session import Session
from two_ends import ALICE, BOB, PROBES, SYMBOLS, exchange, features, generous, same_key, two_ends

both_ways = pytest.mark.parametrize("reconciliation", ["cascade", "bch"])


@both_ways
@pytest.mark.parametrize("x25519", [False, True])
@pytest.mark.parametrize("key_bits", [128, 256])
def test_both_ends_get_one_key(reconciliation, x25519, key_bits):
    alice, bob = two_ends(reconciliation=reconciliation, x25519=x25519, key_bits=key_bits)
    sent = exchange(alice, bob)
    assert same_key(alice, bob)
    agreement = bob.result()
    assert len(agreement.key) == key_bits // 8 and agreement.probes == PROBES and agreement.x25519 is x25519
    assert agreement.credit_bits - agreement.leaked_bits - 64 >= key_bits
    assert bob.round_trips == alice.round_trips == len(sent) / 2
    assert bob.said.bytes_sent == alice.said.bytes_received == sum(len(message) for role, message in sent if role is Role.BOB)


def test_the_key_and_the_bits_are_in_no_message_and_no_repr():
    alice, bob = two_ends()
    said = b"".join(message for _, message in exchange(alice, bob))
    key = bob.result().key
    assert key not in said and key.hex().encode() not in said
    for shown in (repr(bob.result()), repr(bob), str(bob.result())):
        assert key.hex() not in shown and repr(key) not in shown


@both_ways
def test_many_error_rates_never_give_two_keys(reconciliation):
    found = Counter()
    for seed in range(80):
        snr_db = seed % 40 - 5
        alice, bob = two_ends(snr_db, seed, reconciliation=reconciliation)
        exchange(alice, bob)
        found[same_key(alice, bob), "high" if snr_db >= 25 else "low" if snr_db < 5 else ""] += 1
    assert found[False, "high"] == 0 and found[True, "high"] == 20 and found[True, "low"] == 0


def test_each_session_has_another_key_though_the_channel_is_the_same():
    keys = set()
    for _ in range(3):
        alice, bob = two_ends()
        exchange(alice, bob)
        keys.add(bob.result().key)
    assert len(keys) == 3


@pytest.mark.parametrize("name, other", [("quantizer", "guard-band 0.2"), ("levels", 4), ("model", "abc"), ("reconciliation", "bch"),
                                         ("key_bits", 136), ("security_bits", 40), ("x25519", True), ("probes", 31)])
def test_a_setting_that_differs_is_named_at_both_ends(name, other):
    alice, bob = two_ends(bob_set={name: other})
    exchange(alice, bob)
    assert not same_key(alice, bob)
    for end in (alice, bob):
        with pytest.raises(KeyAgreementError, match=f"same settings: {name}="):
            end.result()


@pytest.mark.parametrize("wrong", [{"quantizer": ""}, {"quantizer": "guard-band\nlevels=8"}, {"quantizer": "guard-bands"},
                                   {"symbols": 0}, {"levels": 3}, {"model": "ä"},
                                   {"reconciliation": "none"}, {"key_bits": 64}, {"key_bits": 129}, {"security_bits": 8}, {"probes": 0},
                                   {"probes": 2.0}])
def test_settings_out_of_range_are_refused(wrong):
    with pytest.raises(ParameterError, match=f"'{next(iter(wrong))}' of a key agreement must be"):
        Settings(**{"quantizer": "guard-band", "symbols": 64, **wrong})


def test_probes_are_never_used_twice_and_the_next_ones_are():
    stores = ProbeStore(None), ProbeStore(None)
    alice, bob = two_ends(stores=stores)
    exchange(alice, bob)
    with pytest.raises(KeyAgreementError, match="Bob has no probe to use|Alice has no probe to use"):
        two_ends(stores=stores)
    alice, bob = two_ends(stores=stores, first=PROBES, seed=2)
    exchange(alice, bob)
    assert same_key(alice, bob)


def test_a_store_serves_agreements_of_fewer_levels_after_those_of_more():
    stores, credit = (ProbeStore(None), ProbeStore(None)), Settings("guard-band", SYMBOLS).credit
    for store in stores:
        store.spend(np.arange(PROBES), np.random.default_rng(1).integers(0, 8, (PROBES, SYMBOLS)).astype(np.int8), 8)
    alice, bob = two_ends(stores=stores, first=PROBES, credit=credit)
    exchange(alice, bob)
    assert same_key(alice, bob)


@pytest.mark.parametrize("snr_db", [40, 0])
def test_an_end_keeps_nothing_of_what_a_key_was_drawn_from(snr_db):
    """Neither behind a key, which the agreement itself has, nor behind a failure."""
    alice, bob = two_ends(snr_db)
    exchange(alice, bob)
    assert same_key(alice, bob) is (snr_db == 40)
    for end in (alice, bob):
        state, steps = end._state, end._steps.gi_frame
        assert end.finished and state._keys is None and state._x25519 == b"" and len(state._bits) == len(state._symbols) == len(state._earlier) == 0
        assert steps is None or not {"responder", "corrector"} & set(steps.f_locals)


def test_what_is_spent_at_one_end_only_is_left_out():
    stores = ProbeStore(None), ProbeStore(None)
    stores[1].spend(np.arange(4), np.zeros((4, SYMBOLS), np.int8), 2)
    alice, bob = two_ends(stores=stores, count=PROBES, probes=20)
    exchange(alice, bob)
    assert same_key(alice, bob) and bob.result().probes == 20
    assert set(stores[0].unspent(np.arange(PROBES))) == {0, 1, 2, 3, *range(24, PROBES)}


def test_no_probe_in_common_is_a_reason():
    alice = two_ends()[0]
    bob = two_ends(first=1000)[1]
    exchange(alice, bob)
    assert not same_key(alice, bob) and "no unspent probe in common" in str(bob.failure)


def test_no_path_of_this_machine_is_told_to_the_peer(tmp_path):
    stores = ProbeStore(tmp_path / "alice.probes"), ProbeStore(None)
    alice, bob = two_ends(stores=stores)
    stores[0].spend(np.arange(2), np.zeros((2, SYMBOLS), np.int8), 2)  # as another process may
    exchange(alice, bob)
    assert str(alice.failure).startswith(f"{tmp_path}/alice.probes: another agreement")
    assert str(bob.failure) == "Alice stopped: another agreement has just used one of these probes. Start again."


def far_apart(alices: int, bobs: int, count: int) -> tuple[Session, Session]:
    """Both ends, each with `count` probes from a number on."""
    symbols = np.random.default_rng(1).integers(0, 2, (max(alices, bobs) + count, SYMBOLS)).astype(np.int8)
    settings = Settings("guard-band", SYMBOLS, probes=PROBES)
    probes = [MeasuredProbes.of(np.arange(first, first + count), symbols[first : first + count]) for first in (alices, bobs)]
    return (Session(Role.ALICE, ALICE, BOB.public, settings, probes[0], ProbeStore(None), generous),
            Session(Role.BOB, BOB, ALICE.public, settings, probes[1], ProbeStore(None), generous))


def test_an_alice_who_measured_long_before_bob_finds_what_both_have():
    alice, bob = far_apart(0, MOST_OFFERED, MOST_OFFERED + PROBES)
    exchange(alice, bob)
    assert same_key(alice, bob) and bob.result().probes == PROBES


def test_a_bob_who_measured_long_before_alice_is_told_what_to_leave_out():
    alice, bob = far_apart(MOST_OFFERED, 0, MOST_OFFERED + PROBES)
    exchange(alice, bob)
    assert not same_key(alice, bob) and "leave out what only Bob measured" in str(bob.failure)


def test_probes_whose_messages_would_be_too_long_are_not_chosen():
    symbols, numbers = np.random.default_rng(1).integers(0, 8, (190, 4096)).astype(np.int8), np.arange(190)
    settings, stores = Settings("guard-band", 4096, 8, reconciliation="bch", probes=190), (ProbeStore(None), ProbeStore(None))
    alice, bob = (Session(role, own, peer.public, settings, MeasuredProbes.of(numbers, symbols), store, lambda *probes: 1e6)
                  for role, own, peer, store in zip(Role, (ALICE, BOB), (BOB, ALICE), stores))
    exchange(alice, bob)
    assert same_key(alice, bob), bob.failure
    assert bob.result().bits <= 8 * MAX_BODY_BYTES
    assert len(stores[0].unspent(numbers)) == len(stores[1].unspent(numbers)) == 190 - bob.result().probes > 0


def test_unusable_probes_are_left_out_and_counted():
    alices, bobs = features()
    alices[3], alices[4], bobs[5, 7] = np.nan, 0, np.inf
    alice, bob = (session_of(role, values) for role, values in zip(Role, (alices, bobs)))
    exchange(alice, bob)
    assert same_key(alice, bob) and bob.result().probes == PROBES - 3
    assert alice.result().left_out == 2 and bob.result().left_out == 1


def test_no_usable_probe_is_a_reason():
    with pytest.raises(KeyAgreementError, match="32 gave no symbol"):
        session_of(Role.BOB, np.full((PROBES, SYMBOLS), np.nan, np.float32))


def session_of(role, values):
    from gnuradio.rfsec.keygen.guard_band import quantize

    own, peer = (ALICE, BOB) if role is Role.ALICE else (BOB, ALICE)
    probes = MeasuredProbes.of(np.arange(len(values)), quantize(values))
    return Session(role, own, peer.public, Settings("guard-band", SYMBOLS), probes, ProbeStore(None), generous)


@both_ways
def test_ends_in_different_rooms_stop_with_a_reason(reconciliation):
    alice = two_ends(seed=1, reconciliation=reconciliation)[0]
    bob = two_ends(seed=2, reconciliation=reconciliation)[1]
    exchange(alice, bob)
    assert not same_key(alice, bob)
    assert "channels are too unlike" in str(alice.failure) + str(bob.failure)


@pytest.mark.parametrize("who", ["alice", "bob"])
def test_either_end_refuses_probes_that_it_does_not_credit(who):
    def credit_of(end):
        return (lambda *probes: 0.0) if end == who else generous

    alice, bob = two_ends(credit=credit_of("alice"))[0], two_ends(credit=credit_of("bob"))[1]
    exchange(alice, bob)
    assert not same_key(alice, bob)
    assert all("no key" in str(end.failure) for end in (alice, bob))


@pytest.mark.parametrize("spare", [-1, 0])
def test_a_key_needs_every_bit_that_it_has(spare):
    leaked = two_ends(40)
    exchange(*leaked)
    enough = 128 + 2 * 32 + leaked[0].result().leaked_bits
    alice, bob = two_ends(40, credit=lambda *probes: enough + spare)
    exchange(alice, bob)
    assert same_key(alice, bob) is (spare == 0)


def test_the_credit_sees_the_probes_their_mask_and_all_earlier_ones():
    seen = []

    def watching(symbols, kept, earlier):
        seen.append((symbols, kept, earlier))
        return generous(symbols, kept, earlier)

    stores = ProbeStore(None), ProbeStore(None)
    for first in (0, PROBES):
        exchange(*two_ends(stores=stores, first=first, seed=first, credit=watching))
    (alices, kept, none), (bobs, kept_too, _), (_, _, earlier), _ = seen
    assert len(none) == 0 and earlier.shape == alices.shape
    np.testing.assert_array_equal(kept, kept_too)
    np.testing.assert_array_equal(kept, (alices >= 0) & (bobs >= 0))
    assert any(np.array_equal(earlier, symbols) for symbols in (alices, bobs))


@pytest.mark.parametrize("numbers, symbols", [
    ([1, 1], np.zeros((2, 4), np.int8)), ([-1, 2], np.zeros((2, 4), np.int8)), ([1.0, 2.0], np.zeros((2, 4), np.int8)),
    ([1], np.zeros((2, 4), np.int8)), ([1, 2], np.zeros(2, np.int8)), ([1, 2], np.zeros((2, 4), np.int16)),
    ([1, 2], np.full((2, 4), 8, np.int8)), ([1, 2], np.full((2, 4), -2, np.int8)), ([[1, 2]], np.zeros((2, 4), np.int8))])
def test_probes_out_of_their_rule_are_refused(numbers, symbols):
    with pytest.raises(ParameterError):
        MeasuredProbes.of(np.array(numbers), symbols)


def test_probes_come_in_order():
    probes = MeasuredProbes.of(np.array([7, 3, 5], np.uint16), np.array([[0, 1], [-1, -1], [1, 0]], np.int8))
    assert probes.numbers.tolist() == [5, 7] and probes.symbols.tolist() == [[1, 0], [0, 1]] and probes.left_out == 1
    assert probes.rows(np.array([7])).tolist() == [[0, 1]] and "[0" not in repr(probes)
