# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages: every bit of one is signed, and nothing else than such a message is read."""

import numpy as np
import pytest
from gnuradio.rfsec.errors import KeyAgreementError
from gnuradio.rfsec.keygen.identity import Identity
from gnuradio.rfsec.keygen.message_bodies import pack_mask, pack_numbers, unpack_mask, unpack_numbers
from gnuradio.rfsec.keygen.messages import MAX_BODY_BYTES, Kind, Message, Role
from hypothesis import given, settings
from hypothesis import strategies as st

BOB = Identity.of(bytes(range(32)), bytes(range(32, 64)))
OTHER = Identity.of(bytes(range(1, 33)), bytes(range(32, 64)))
MESSAGE = Message(Kind.MASKS, Role.BOB, 7, bytes(range(32)), b"guard bands")
VERSION_AT = 5


def test_a_message_comes_back():
    assert Message.unpack(MESSAGE.pack(BOB), Role.BOB, BOB.public) == MESSAGE


def test_any_bit_that_is_changed_any_cut_and_any_addition_is_refused():
    data = MESSAGE.pack(BOB)
    for bit in range(8 * len(data)):
        changed = bytearray(data)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(KeyAgreementError):
            Message.unpack(bytes(changed), Role.BOB, BOB.public)
    for other in (*(data[:size] for size in range(len(data))), data + b"\0", b"\0" + data, data + data):
        with pytest.raises(KeyAgreementError):
            Message.unpack(other, Role.BOB, BOB.public)


def test_each_refusal_says_why():
    data = MESSAGE.pack(BOB)
    other_version = data[:VERSION_AT] + b"\x02" + data[VERSION_AT + 1 :]
    for wrong, sender, peer, reason in (
            (other_version, Role.BOB, BOB, "speaks version 2"), (data, Role.BOB, OTHER, "not signed by the pinned peer"),
            (data, Role.ALICE, BOB, "of another role"), (b"GET / HTTP/1.1\r\n" + bytes(100), Role.BOB, BOB, "no message of a key"),
            (bytes(MAX_BODY_BYTES + 200), Role.BOB, BOB, "must have"), (data[:-70] + data[-64:], Role.BOB, BOB, "cut or lengthened")):
        with pytest.raises(KeyAgreementError, match=reason):
            Message.unpack(wrong, sender, peer.public)


def test_a_signed_message_of_an_unknown_kind_is_refused():
    unknown = Message(99, Role.BOB, 0, bytes(32), b"").pack(BOB)
    with pytest.raises(KeyAgreementError, match="unknown kind 99"):
        Message.unpack(unknown, Role.BOB, BOB.public)


def test_a_body_has_a_largest_size():
    largest = Message(Kind.MASKS, Role.BOB, 0, bytes(32), bytes(MAX_BODY_BYTES))
    assert Message.unpack(largest.pack(BOB), Role.BOB, BOB.public) == largest
    with pytest.raises(KeyAgreementError, match="Use fewer probes"):
        Message(Kind.MASKS, Role.BOB, 0, bytes(32), bytes(MAX_BODY_BYTES + 1)).pack(BOB)


@given(st.binary(max_size=600))
def test_random_bytes_are_refused(data):
    with pytest.raises(KeyAgreementError):
        Message.unpack(data, Role.BOB, BOB.public)


@settings(deadline=None)
@given(st.sets(st.integers(0, 2**63 - 1), min_size=1, max_size=50))
def test_numbers_come_back(numbers):
    array = np.array(sorted(numbers), np.int64)
    np.testing.assert_array_equal(unpack_numbers(pack_numbers(array), 50), array)


@pytest.mark.parametrize("numbers", [[], [1, 1], [2, 1], [-1, 0], [5, -5], range(51)])
def test_numbers_out_of_their_rule_are_refused(numbers):
    with pytest.raises(KeyAgreementError):
        unpack_numbers(pack_numbers(np.array(numbers, np.int64)), 50)
    with pytest.raises(KeyAgreementError):
        unpack_numbers(b"1234567", 50)


@settings(deadline=None)
@given(st.integers(1, 20), st.integers(1, 20), st.randoms())
def test_masks_come_back_and_have_one_form_only(rows, columns, random):
    mask = np.array([random.random() < 0.5 for _ in range(rows * columns)]).reshape(rows, columns)
    body = pack_mask(mask)
    np.testing.assert_array_equal(unpack_mask(body, mask.shape), mask)
    for wrong in (body + b"\0", body[:-1], b""):
        with pytest.raises(KeyAgreementError):
            unpack_mask(wrong, mask.shape)
    if mask.size % 8:
        with pytest.raises(KeyAgreementError, match="end with zeros"):
            unpack_mask(body[:-1] + bytes([body[-1] | 1]), mask.shape)
