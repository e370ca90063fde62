# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys: HKDF as the standard has it, tags that only the same key makes, and nothing secret that shows."""

import copy
import hashlib
import hmac
import pickle

import pytest
from gnuradio.rfsec.errors import KeyAgreementError, ParameterError
from gnuradio.rfsec.keygen.key_derivation import derive

SECRET, TRANSCRIPT, X25519 = bytes(range(16)), hashlib.sha256(b"said").digest(), bytes(range(100, 132))


def hkdf(material, salt, info, length):
    """RFC 5869, section 2, by the standard library."""
    pseudorandom, block, found = hmac.digest(salt, material, "sha256"), b"", b""
    for number in range(1, -(-length // 32) + 1):
        block = hmac.digest(pseudorandom, block + info + bytes([number]), "sha256")
        found += block
    return found[:length]


def test_keys_are_those_of_rfc_5869():
    # RFC 5869, appendix A.1
    assert hkdf(b"\x0b" * 22, bytes(range(13)), bytes(range(0xF0, 0xFA)), 42).hex() == (
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865")
    for x25519 in (b"", X25519):
        for key_bytes in (16, 32, 64):
            keys = derive(SECRET, TRANSCRIPT, key_bytes, x25519)
            material = len(SECRET).to_bytes(4, "big") + SECRET + len(x25519).to_bytes(4, "big") + x25519
            assert keys.key == hkdf(material, TRANSCRIPT, b"gr-rfsec key", key_bytes)
            assert keys.key_id == hkdf(material, TRANSCRIPT, b"gr-rfsec key id", 8).hex()
            for end in ("alice", "bob"):
                tag_key = hkdf(material, TRANSCRIPT, b"gr-rfsec tag key of " + end.encode(), 32)
                assert keys.tag(end) == hmac.digest(tag_key, b"gr-rfsec confirmation of " + end.encode(), "sha256")


def test_every_input_changes_everything():
    shown = set()
    for inputs in ((SECRET, TRANSCRIPT, 16), (SECRET[:-1] + b"\0", TRANSCRIPT, 16), (SECRET, TRANSCRIPT[::-1], 16), (SECRET, TRANSCRIPT, 16, X25519),
                   (SECRET[:15], TRANSCRIPT, 16, SECRET[15:]), (b"", TRANSCRIPT, 16, SECRET), (SECRET + X25519, TRANSCRIPT, 16)):
        keys = derive(*inputs)
        shown |= {keys.key, keys.key_id, keys.tag("alice"), keys.tag("bob")}
    assert len(shown) == 4 * 7


def test_a_tag_is_taken_from_its_own_end_alone():
    mine, same, other = derive(SECRET, TRANSCRIPT, 16), derive(SECRET, TRANSCRIPT, 16), derive(SECRET, TRANSCRIPT, 16, X25519)
    for end in ("alice", "bob"):
        mine.verify(end, same.tag(end))
        right = same.tag(end)
        wrong = [other.tag(end), same.tag("bob" if end == "alice" else "alice"), b"", right[:-1], right + b"\0", bytes(32)]
        wrong += [bytes(byte ^ (1 << place % 8) * (place // 8 == at) for at, byte in enumerate(right)) for place in range(0, 256, 7)]
        for tag in wrong:
            with pytest.raises(KeyAgreementError, match=f"confirmation of {end} is wrong"):
                mine.verify(end, tag)


def test_nothing_secret_shows():
    keys = derive(SECRET, TRANSCRIPT, 16)
    with pytest.raises(KeyAgreementError) as refused:
        keys.verify("bob", bytes(32))
    assert refused.value.__cause__ is None
    for shown in (repr(keys), str(keys), f"{keys}", repr([keys]), str(refused.value), keys.key_id):
        for secret in (keys.key, SECRET, keys.tag("alice"), keys.tag("bob")):
            assert secret.hex() not in shown and repr(secret)[2:-1] not in shown
    for write in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(KeyAgreementError, match="not written by pickle"):
            write(keys)
    with pytest.raises(TypeError):
        vars(keys)


@pytest.mark.parametrize("key_bytes", [0, 15, 65])
def test_a_key_of_another_length_is_refused(key_bytes):
    with pytest.raises(ParameterError, match="'key_bytes' of a key must be 16 to 64"):
        derive(SECRET, TRANSCRIPT, key_bytes)
