# SPDX-License-Identifier: GPL-3.0-or-later
"""Who an end is: a long-term Ed25519 key for its messages and a CURVE key for its transport; the public half is what a peer pins."""

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path

import zmq
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from zmq.utils import z85

from ..errors import KeyAgreementError, OutputError
from .secret_file import refuse_open_secret, write_new

SIGNATURE_BYTES = 64
_KEY_BYTES = 32
_SECRET, _PUBLIC = "gr-rfsec identity 1", "gr-rfsec peer 1"
_LONGEST_FILE = 4096


@dataclass(frozen=True)
class Peer:
    """The public half of an identity: `ed25519` and `curve`, 32 bytes each."""

    ed25519: bytes
    curve: bytes

    @property
    def fingerprint(self) -> str:
        """32 hexadecimal digits, for people to compare over a call."""
        return hashlib.sha256(b"gr-rfsec peer" + self.ed25519 + self.curve).hexdigest()[:32]

    def verify(self, signature: bytes, signed: bytes) -> None:
        """Raises KeyAgreementError where `signature` is not this peer's over `signed`."""
        try:
            Ed25519PublicKey.from_public_bytes(self.ed25519).verify(signature, signed)
        except (InvalidSignature, ValueError):
            raise KeyAgreementError("A message is not signed by the pinned peer: it was forged or changed on its way, or the "
                                    "wrong public key is pinned. Compare the fingerprints of both identities.") from None


@dataclass(frozen=True)
class Identity:
    """Both secret keys, 32 bytes each, which its repr hides, and the `public` half."""

    ed25519: bytes = field(repr=False)
    curve: bytes = field(repr=False)
    public: Peer

    @classmethod
    def generate(cls) -> "Identity":
        """A new identity from the system's random numbers."""
        signing = Ed25519PrivateKey.generate().private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
        return cls.of(signing, z85.decode(zmq.curve_keypair()[1]))

    @classmethod
    def of(cls, ed25519: bytes, curve: bytes) -> "Identity":
        """The identity of two secret keys, 32 bytes each."""
        verifying = Ed25519PrivateKey.from_private_bytes(ed25519).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return cls(ed25519, curve, Peer(verifying, z85.decode(zmq.curve_public(z85.encode(curve)))))

    def sign(self, message: bytes) -> bytes:
        """The Ed25519 signature (RFC 8032) of `message`, 64 bytes."""
        return Ed25519PrivateKey.from_private_bytes(self.ed25519).sign(message)


def public_path(path: str | Path) -> Path:
    """Where the public half of the identity at `path` is."""
    return Path(f"{path}.pub")


def write_identity(path: str | Path, identity: Identity) -> None:
    """Write the secret half to a new file of mode 0600, and the public half beside it, with ``.pub`` added to its name.

    Raises OutputError where one of the two exists or can't be written: an identity is never replaced.
    """
    write_new(Path(path), _text(_SECRET, identity))
    try:
        write_new(public_path(path), _text(_PUBLIC, identity.public), 0o644)
    except OutputError:
        Path(path).unlink()
        raise


def read_identity(path: str | Path) -> Identity:
    """Raises KeyAgreementError where the file is missing, is no identity, or may be read by others."""
    return Identity.of(*_read(Path(path), _SECRET, "Make one with: rfsec keygen identity FILE", secret=True))


def read_peer(path: str | Path) -> Peer:
    """Raises KeyAgreementError where the file is missing or is not the public half of an identity."""
    return Peer(*_read(Path(path), _PUBLIC, "Take the peer's own .pub file", secret=False))


def _text(form: str, keys: Identity | Peer) -> bytes:
    return (json.dumps({"format": form, "ed25519": keys.ed25519.hex(), "curve": keys.curve.hex()}, indent=1) + "\n").encode()


def _read(path: Path, form: str, way_out: str, *, secret: bool) -> tuple[bytes, bytes]:
    try:
        with path.open("rb") as file:
            if secret:
                refuse_open_secret(path, file.fileno())
            text = file.read(_LONGEST_FILE)
    except OSError as error:
        raise KeyAgreementError(f"{path}: this identity can't be read: {error.strerror}. {way_out}.") from None
    try:
        found = json.loads(text)
        if found.keys() != {"format", "ed25519", "curve"} or found["format"] != form:
            raise ValueError
        keys = bytes.fromhex(found["ed25519"]), bytes.fromhex(found["curve"])
        if any(len(key) != _KEY_BYTES for key in keys):
            raise ValueError
    except (ValueError, TypeError, AttributeError, RecursionError):
        raise KeyAgreementError(f"{path}: this is no file of the format {form!r}. {way_out}.") from None
    return keys
