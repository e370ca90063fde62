# SPDX-License-Identifier: GPL-3.0-or-later
"""Identities: two files, of which one is secret, and signatures that only their owner can make."""

import json
from pathlib import Path

import pytest
import zmq
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from gnuradio.rfsec.errors import KeyAgreementError, OutputError
from gnuradio.rfsec.keygen.identity import Identity, public_path, read_identity, read_peer, write_identity
from zmq.utils import z85

# RFC 8032, section 7.1, test 2
SEED = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
PUBLIC = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
SIGNATURE = ("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
             "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")


def test_signatures_are_those_of_the_standard():
    identity = Identity.of(SEED, bytes(range(32)))
    assert identity.public.ed25519.hex() == PUBLIC and identity.sign(b"\x72").hex() == SIGNATURE
    assert z85.encode(identity.public.curve) == zmq.curve_public(z85.encode(bytes(range(32))))


def test_both_halves_come_back_and_only_one_is_secret(tmp_path):
    path, identity = tmp_path / "alice", Identity.generate()
    write_identity(path, identity)
    assert read_identity(path) == identity and read_peer(public_path(path)) == identity.public
    assert path.stat().st_mode & 0o777 == 0o600
    secrets = (identity.ed25519.hex(), identity.curve.hex())
    assert not any(secret in public_path(path).read_text() for secret in secrets)
    assert not any(secret in repr(identity) or repr(bytes.fromhex(secret)) in repr(identity) for secret in secrets)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["alice", "alice.pub"]


def test_two_identities_differ_and_so_do_their_fingerprints():
    one, two = Identity.generate(), Identity.generate()
    assert one.ed25519 != two.ed25519 and one.curve != two.curve and one.public.fingerprint != two.public.fingerprint


@pytest.mark.parametrize("path", [".", "", "/"])
def test_a_path_without_a_name_is_refused(path):
    with pytest.raises(OutputError, match="names no file"):
        write_identity(Path(path), Identity.generate())


def test_an_identity_is_never_replaced(tmp_path):
    path = tmp_path / "alice"
    write_identity(path, Identity.generate())
    before = path.read_bytes(), public_path(path).read_bytes()
    with pytest.raises(OutputError, match="exists"):
        write_identity(path, Identity.generate())
    assert (path.read_bytes(), public_path(path).read_bytes()) == before
    path.unlink()
    with pytest.raises(OutputError, match="exists"):  # the public half of another one is there
        write_identity(path, Identity.generate())
    assert not path.exists() and public_path(path).read_bytes() == before[1]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o610, 0o700 | 0o001])
def test_a_secret_that_others_may_reach_is_refused(tmp_path, mode):
    path = tmp_path / "alice"
    write_identity(path, Identity.generate())
    path.chmod(mode)
    with pytest.raises(KeyAgreementError, match="chmod 600"):
        read_identity(path)


@pytest.mark.parametrize("text", [
    "", "{", "[]", "null", "[" * 4000, "{}", '{"format": "gr-rfsec peer 1"}',
    json.dumps({"format": "gr-rfsec peer 2", "ed25519": "00" * 32, "curve": "00" * 32}),
    json.dumps({"format": "gr-rfsec peer 1", "ed25519": "00" * 31, "curve": "00" * 32}),
    json.dumps({"format": "gr-rfsec peer 1", "ed25519": 7, "curve": "00" * 32}),
    json.dumps({"format": "gr-rfsec peer 1", "ed25519": "zz" * 32, "curve": "00" * 32}),
    json.dumps({"format": "gr-rfsec peer 1", "ed25519": "00" * 32, "curve": "00" * 32, "more": 1}), "\udcff"])
def test_what_is_no_public_half_is_refused(tmp_path, text):
    path = tmp_path / "peer.pub"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(KeyAgreementError, match="peer.pub"):
        read_peer(path)


def test_a_secret_half_is_no_public_half_and_missing_files_are_named(tmp_path):
    write_identity(tmp_path / "alice", Identity.generate())
    with pytest.raises(KeyAgreementError, match="format"):
        read_peer(tmp_path / "alice")
    with pytest.raises(KeyAgreementError, match="bob.*can't be read"):
        read_identity(tmp_path / "bob")


def test_a_changed_message_or_signature_is_refused():
    identity = Identity.generate()
    signature = identity.sign(b"message")
    identity.public.verify(signature, b"message")
    Ed25519PublicKey.from_public_bytes(identity.public.ed25519).verify(signature, b"message")
    for forged, signed in ((signature, b"massage"), (signature[:-1], b"message"), (bytes(64), b"message"), (b"", b"message"),
                           (Identity.generate().sign(b"message"), b"message")):
        with pytest.raises(KeyAgreementError, match="not signed by the pinned peer"):
            identity.public.verify(forged, signed)
