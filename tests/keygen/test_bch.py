# SPDX-License-Identifier: GPL-3.0-or-later
"""Reconciliation by syndromes: the codes are the published ones, their strength is what it says, and failure is flagged."""

from itertools import combinations

import numpy as np
import pytest
from gnuradio.rfsec.errors import KeyAgreementError
from gnuradio.rfsec.keygen.bch import SPARE, STRENGTHS
from gnuradio.rfsec.keygen.bch_decoder import find_errors, syndromes
from gnuradio.rfsec.keygen.galois_field import field
from gnuradio.rfsec.keygen.interleave import permutation
from gnuradio.rfsec.keygen.reconciliation import make_corrector, make_responder
from reconciling import SEED, reconcile, unlike, with_errors

# Bits of an element, errors that are corrected, and the generator polynomial, the highest power first: the first three as in Lin
# and Costello, "Error Control Coding", table of generator polynomials; all as generator_poly of galois.BCH, galois 0.4.11.
GENERATORS = [(8, 2, 0o267543), (8, 3, 0o156720665), (8, 5, 0o23157564726421), (9, 3, 0o1530225571), (10, 3, 0o12052210423),
              (10, 5, 0o67441634100257771), (11, 5, 0o3251250200044317315), (12, 5, 0o113565127662462507627)]


def product(one, other):
    """Of two polynomials modulo 2, as whole numbers."""
    total = 0
    while other:
        total ^= one * (other & 1)
        one, other = one << 1, other >> 1
    return total


def question(step, *blocks):
    return bytes([step]) + len(blocks).to_bytes(4, "big") + b"".join(block.to_bytes(4, "big") for block in blocks)


@pytest.mark.parametrize("width, strength, generator", GENERATORS)
def test_words_of_the_published_code_have_no_syndromes(width, strength, generator):
    length = (1 << width) - 1
    rng = np.random.default_rng(width + strength)
    message = int.from_bytes(rng.bytes(length // 8), "big") >> generator.bit_length()
    word = product(generator, message)
    assert length - 40 < word.bit_length() <= length
    bits = np.empty(length, np.uint8)
    bits[permutation(SEED, 0, length)] = [word >> place & 1 for place in range(length)]
    responder = make_responder("bch", bits, SEED)
    for step in range(STRENGTHS.index(strength) + 1):
        assert not any(responder.answer(question(step, 0)))
    assert any(responder.answer(question(step + 1, 0)))


@pytest.mark.parametrize("length", [1, 15, 255, 256, 700, 1023, 3400, 4095, 4096, 9000])
def test_every_number_of_errors_costs_what_its_code_costs(length):
    blocks = -(-length // 4095)
    width = max(8, (-(-length // blocks)).bit_length())
    most = min(STRENGTHS[-1] - SPARE, length)
    for errors in {0, 1, 2, 3, 5, 8, 13, 21, 40, most} if blocks == 1 else {0}:
        if errors > most:
            continue
        alice, _ = unlike(length, 0, errors)
        bob = with_errors(alice, np.random.default_rng(errors).choice(length, errors, replace=False))
        corrector, responder, said = reconcile("bch", alice, bob)
        np.testing.assert_array_equal(corrector.bits, alice)
        needed = min(strength for strength in STRENGTHS if strength >= errors + SPARE)
        assert corrector.leaked == responder.leaked == width * needed * blocks
        assert sum(len(answer) for _, answer in said) == 2 * needed * blocks
        assert corrector.round_trips == len(said) == STRENGTHS.index(needed) + 1


@pytest.mark.parametrize("error_rate", [0.001, 0.005, 0.01])
@pytest.mark.parametrize("count", [300, 3400, 10000])
def test_errors_at_random_are_corrected(error_rate, count):
    for seed in range(10):
        alice, bob = unlike(count, error_rate, seed)
        corrector, responder, _ = reconcile("bch", alice, bob, seed.to_bytes(32, "big"))
        np.testing.assert_array_equal(corrector.bits, alice)
        assert corrector.leaked == responder.leaked


def test_all_errors_of_a_short_word_are_found():
    small = field(8)
    for weight in range(4):
        for places in combinations(range(15), weight):
            told = syndromes(np.array(places, np.int64), range(1, 6, 2), small)
            assert find_errors(told, 15, small).tolist() == list(places)
    for places in combinations(range(15), 4):
        found = find_errors(syndromes(np.array(places), range(1, 6, 2), small), 15, small)
        assert found is None or len(found) == 3  # a word of the code is 7 or more away from any other
    three = np.array([0, 85, 170])  # whose elements are cube roots of 1
    assert find_errors(syndromes(three, range(1, 4, 2), small), 255, small) is None
    assert find_errors(syndromes(three, range(1, 6, 2), small), 255, small).tolist() == three.tolist()
    assert find_errors(syndromes(three, range(1, 6, 2), small), 170, small) is None  # beyond the word


def test_too_many_errors_are_flagged():
    large, rng, wrong = field(10), np.random.default_rng(1), 0
    for trial in range(300):
        places = rng.choice(1023, 11 + trial % 30, replace=False)
        found = find_errors(syndromes(places, range(1, 20, 2), large), 1023, large)
        wrong += found is not None and len(found) <= 10 - SPARE
    assert wrong == 0


def test_a_block_beyond_the_strongest_code_stops_it():
    alice, bob = unlike(2000, 0.5, 1)
    with pytest.raises(KeyAgreementError, match="2000 bits has more than 58 errors.*too unlike"):
        reconcile("bch", alice, bob)


def test_an_alice_who_lies_ends_it():
    ended = set()
    for seed in range(40):
        rng = np.random.default_rng(seed)
        alice, bob = unlike(500, 0.01, seed)

        def between(_, answer):
            return answer if rng.random() < 0.5 else (rng.integers(0, 512, len(answer) // 2).astype(">u2")).tobytes()

        try:
            reconcile("bch", alice, bob, between=between)
            ended.add("bits")
        except KeyAgreementError:
            ended.add("reason")
    assert ended == {"bits", "reason"}


@pytest.mark.parametrize("wrong", [b"", b"\0" * 4, question(0), question(1, 0), question(0, 1, 0), question(0, 0, 0), question(0, 3),
                                   question(0, 2**32 - 1), question(0, 0) + b"\0", question(0, 0)[:-1]])
def test_a_question_that_is_none_is_refused(wrong):
    responder = make_responder("bch", unlike(9000, 0, 1)[0], SEED)
    with pytest.raises(KeyAgreementError, match="question of BCH"):
        responder.answer(wrong)
    assert responder.leaked == 0


def test_a_settled_block_is_not_asked_for_again_and_steps_end():
    responder = make_responder("bch", unlike(9000, 0, 1)[0], SEED)
    responder.answer(question(0, 0, 2))
    with pytest.raises(KeyAgreementError, match="not settled"):
        responder.answer(question(1, 1))
    for step in range(1, len(STRENGTHS)):
        responder.answer(question(step, 2))
    with pytest.raises(KeyAgreementError, match="not settled"):
        responder.answer(question(len(STRENGTHS), 2))
    assert responder.leaked == 12 * (2 * STRENGTHS[0] + STRENGTHS[-1] - STRENGTHS[0])


@pytest.mark.parametrize("answer", [b"", b"\0" * 3, b"\0" * 6, b"\xff\xff\0\0", b"\x02\0\0\0"])
def test_an_answer_that_is_none_is_refused(answer):
    corrector = make_corrector("bch", unlike(300, 0, 1)[0], SEED)
    with pytest.raises(KeyAgreementError, match="BCH must"):
        corrector.take(answer)
    assert corrector.leaked == 0
