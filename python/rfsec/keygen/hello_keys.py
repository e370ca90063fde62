# SPDX-License-Identifier: GPL-3.0-or-later
"""The body of a hello: a nonce, an X25519 public key where wanted, and the settings that both ends must share."""

import os

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from ..errors import KeyAgreementError
from .agreement_settings import Settings

_BYTES = 32
_NONE = bytes(_BYTES)


class HelloKeys:
    """The ephemeral keys of one end, for one session."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._secret = X25519PrivateKey.generate() if settings.x25519 else None

    def body(self) -> bytes:
        """A fresh nonce, the public key or zeros, and the settings."""
        public = _NONE if self._secret is None else self._secret.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return os.urandom(_BYTES) + public + self._settings.encode()

    def shared(self, theirs: bytes) -> bytes:
        """The X25519 secret (RFC 7748), 32 bytes, or none, shared with the sender of the hello `theirs`.

        Raises KeyAgreementError where its settings are others, or its key is none that gives a secret.
        """
        if len(theirs) < 2 * _BYTES:
            raise KeyAgreementError(f"A hello must have at least {2 * _BYTES} bytes. Got {len(theirs)} bytes instead.")
        self._settings.require(theirs[2 * _BYTES :])
        if self._secret is None:
            return b""
        try:
            return self._secret.exchange(X25519PublicKey.from_public_bytes(theirs[_BYTES : 2 * _BYTES]))
        except ValueError:
            raise KeyAgreementError("The peer's X25519 key gives no secret. Its gr-rfsec is not to be trusted.") from None
