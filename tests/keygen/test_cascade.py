# SPDX-License-Identifier: GPL-3.0-or-later
"""Cascade: Bob's bits become Alice's, what she tells is counted, and neither end can keep the other busy for ever."""

import numpy as np
import pytest
from gnuradio.rfsec.errors import KeyAgreementError, ParameterError
from gnuradio.rfsec.keygen.interleave import permutation
from gnuradio.rfsec.keygen.reconciliation import make_corrector, make_responder
from reconciling import SEED, reconcile, unlike, with_errors


def asked(question):
    """What a question asks, read by hand: pairs of a permutation's number and a number of bits."""
    return [(question[at], int.from_bytes(question[at + 1 : at + 5], "big")) for at in range(0, len(question), 5)]


def place(number, end):
    return bytes([number]) + end.to_bytes(4, "big")


def rank(rows):
    """Of bool [n, m], modulo 2."""
    left, found = [int("".join(map(str, row.astype(int))), 2) for row in rows], 0
    while left:
        pivot = left.pop()
        if pivot:
            found, lowest = found + 1, pivot & -pivot
            left = [row ^ pivot if row & lowest else row for row in left]
    return found


@pytest.mark.parametrize("error_rate, most_round_trips", [(0.001, 30), (0.01, 110), (0.03, 240), (0.05, 280), (0.1, 350)])
def test_every_error_is_corrected_for_little_more_than_the_limit(error_rate, most_round_trips):
    limit = 3000 * (-error_rate * np.log2(error_rate) - (1 - error_rate) * np.log2(1 - error_rate))  # Slepian and Wolf
    leaked, round_trips = [], []
    for seed in range(8):
        alice, bob = unlike(3000, error_rate, seed)
        corrector, _, said = reconcile("cascade", alice, bob, seed.to_bytes(32, "big"))
        np.testing.assert_array_equal(corrector.bits, alice)
        assert corrector.round_trips == len(said)
        leaked.append(corrector.leaked)
        round_trips.append(corrector.round_trips)
    assert limit < np.mean(leaked) < 1.25 * limit + 15
    assert np.mean(round_trips) < most_round_trips  # a quarter above what it took once


def test_equal_bits_cost_next_to_nothing():
    alice, _ = unlike(10000, 0, 1)
    corrector, _, _ = reconcile("cascade", alice, alice)
    assert corrector.leaked <= 20 and corrector.round_trips <= 4


@pytest.mark.parametrize("count", [40, 63, 128, 129, 1000])
def test_any_length_does(count):
    for seed in range(10):
        alice, _ = unlike(count, 0, seed)
        bob = with_errors(alice, np.array([seed % count]))
        assert np.array_equal(reconcile("cascade", alice, bob)[0].bits, alice)


def test_a_bad_probe_is_as_good_as_errors_all_over():
    alice, _ = unlike(3400, 0, 1)
    bob = with_errors(alice, np.arange(1000, 1040))
    corrector, _, _ = reconcile("cascade", alice, bob)
    assert np.array_equal(corrector.bits, alice) and corrector.leaked < 450


@pytest.mark.parametrize("error_rate", [0, 0.01, 0.1])
def test_both_count_all_that_was_told(error_rate):
    alice, bob = unlike(300, error_rate, 3)
    corrector, responder, said = reconcile("cascade", alice, bob)
    assert len({place for question, _ in said for place in asked(question)}) == corrector.leaked  # none is asked for twice
    rows, told = [], []
    for question, answer in said:
        for (number, end), parity in zip(asked(question), np.unpackbits(np.frombuffer(answer, np.uint8))):
            rows.append(np.isin(np.arange(len(alice)), permutation(SEED, number, len(alice))[:end]))
            told.append(parity)
    np.testing.assert_array_equal(told, np.array(rows) @ alice.astype(int) % 2)
    assert corrector.leaked == responder.leaked == len(told)
    assert rank(np.array(rows)) <= len(told)  # bits of information on uniform bits


def test_an_alice_who_lies_ends_it():
    ended = set()
    for seed in range(60):
        rng = np.random.default_rng(seed)
        alice, bob = unlike(int(rng.integers(128, 2000)), 0.02, seed)

        def between(_, answer):
            lie = bytearray(answer)
            if rng.random() < 0.2:
                lie[rng.integers(len(lie))] ^= 1 << rng.integers(8)
            return bytes(lie)

        try:
            corrector, _, _ = reconcile("cascade", alice, bob, between=between)
            assert corrector.leaked <= len(alice)
            ended.add("bits")
        except KeyAgreementError as error:
            ended.add(str(error).split(" ")[0])
    assert "Two" in ended  # parities that contradict each other


def test_ends_without_anything_in_common_stop():
    alice, bob = unlike(2000, 0.5, 1)
    with pytest.raises(KeyAgreementError, match="more parities than there are bits .2000.*too unlike"):
        reconcile("cascade", alice, bob)


def test_a_bob_whose_alice_answers_for_ever_stops():
    alice, bob = unlike(2000, 0.5, 1)
    corrector = make_corrector("cascade", bob, SEED)
    with pytest.raises(KeyAgreementError, match="more parities than there are bits .2000"):
        while (question := corrector.question()) is not None:
            corrector.take(make_responder("cascade", alice, SEED).answer(question))  # a new one each time: it forgets what it told
    assert corrector.leaked <= 2000


def test_it_ends_when_fresh_halves_of_the_bits_find_nothing():
    alice, _ = unlike(800, 0, 1)
    pair = permutation(SEED, 0, 800)[:2]  # in one block: the first pass does not see them
    for bob, last in ((alice, 10), (with_errors(alice, pair), 20)):
        corrector, _, said = reconcile("cascade", alice, bob)
        assert np.array_equal(corrector.bits, alice)
        assert asked(said[-1][0]) == [(number, 400) for number in range(last - 9, last + 1)]


@pytest.mark.parametrize("question", [b"", b"\0" * 4, b"\0" * 6, place(0, 0), place(0, 301), place(100, 1), place(0, 1) + place(0, 2**32 - 1)])
def test_a_question_that_is_none_is_refused(question):
    responder = make_responder("cascade", unlike(300, 0, 1)[0], SEED)
    with pytest.raises(KeyAgreementError, match="question of Cascade"):
        responder.answer(question)
    assert responder.leaked == 0


def test_a_bob_who_asks_for_ever_is_refused():
    responder = make_responder("cascade", unlike(300, 0, 1)[0], SEED)
    for _ in range(300):
        responder.answer(place(0, 7))
    with pytest.raises(KeyAgreementError, match="more parities"):
        responder.answer(place(0, 7))
    with pytest.raises(KeyAgreementError, match="more parities"):
        make_responder("cascade", unlike(300, 0, 1)[0], SEED).answer(place(0, 7) * 301)
    assert responder.leaked == 300


@pytest.mark.parametrize("answer", [b"", b"\0\0\0", b"\0" * 1000])
def test_an_answer_that_is_none_is_refused(answer):
    corrector = make_corrector("cascade", unlike(300, 0, 1)[0], SEED)
    with pytest.raises(KeyAgreementError, match="answer of Cascade must have"):
        corrector.take(answer)
    assert corrector.leaked == 0


def test_permutations_are_permutations_that_have_nothing_in_common():
    count, numbers = 2000, range(4)
    orders = [permutation(SEED, number, count) for number in numbers]
    for order in orders:
        np.testing.assert_array_equal(np.sort(order), np.arange(count))
    np.testing.assert_array_equal(permutation(SEED, 1, count), orders[1])
    ranks = [np.argsort(order) for order in [*orders, permutation(SEED[::-1], 0, count)]]
    for one in range(len(ranks)):
        for other in range(one):
            for shift in range(-16, 17):
                assert abs(np.corrcoef(ranks[one], np.roll(ranks[other], shift))[0, 1]) < 0.15
    with pytest.raises(ParameterError, match="must have 32 bytes"):
        permutation(SEED[:16], 0, count)
