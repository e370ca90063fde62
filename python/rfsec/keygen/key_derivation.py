# SPDX-License-Identifier: GPL-3.0-or-later
"""From the amplified secret to the key, its public name, and the tags by which each end proves that it has it.

HKDF with SHA-256 (RFC 5869) and HMAC (RFC 2104).
"""

import struct

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ..errors import KeyAgreementError, ParameterError

ENDS = ("alice", "bob")
_ID_BYTES, _TAG_KEY_BYTES = 8, 32
_LENGTH = struct.Struct(">I")


class Keys:
    """What both ends derive. Nothing of it shows in its repr, and it can't be pickled.

    Attributes
    ----------
    key : bytes
    key_id : str
        16 hexadecimal digits that name the key and tell nothing of it.
    """

    __slots__ = ("key", "key_id", "_tag_keys")

    def __init__(self, key: bytes, key_id: str, tag_keys: dict[str, bytes]) -> None:
        self.key, self.key_id, self._tag_keys = key, key_id, tag_keys

    def __repr__(self) -> str:
        return f"Keys({self.key_id}, hidden)"

    def __reduce__(self):
        raise KeyAgreementError("Keys are not written by pickle. Write the key to a file of mode 0600.")

    def tag(self, end: str) -> bytes:
        """The tag, 32 bytes, by which "alice" or "bob" proves that it has the key."""
        return self._mac(end).finalize()

    def verify(self, end: str, tag: bytes) -> None:
        """Raise KeyAgreementError unless `tag` is that of `end`; takes the same time for every wrong one."""
        try:
            self._mac(end).verify(tag)
        except InvalidSignature:
            raise KeyAgreementError(f"The confirmation of {end} is wrong: the two ends do not have the same key.") from None

    def _mac(self, end: str) -> HMAC:
        mac = HMAC(self._tag_keys[end], SHA256())
        mac.update(b"gr-rfsec confirmation of " + end.encode())
        return mac


def derive(secret: bytes, transcript: bytes, key_bytes: int, x25519: bytes = b"") -> Keys:
    """Derive the key and what confirms it.

    Parameters
    ----------
    secret : bytes
        The amplified secret of the channel.
    transcript : bytes
        A digest of everything that was said, the salt.
    key_bytes : int
        16 to 64.
    x25519 : bytes
        A shared secret of another kind that is mixed in: who wants the key must know both.

    Raises
    ------
    ParameterError
        The key's length is outside its range.
    """
    if not 16 <= key_bytes <= 64:
        raise ParameterError(f"The 'key_bytes' of a key must be 16 to 64. Got {key_bytes} instead.")
    material = _LENGTH.pack(len(secret)) + secret + _LENGTH.pack(len(x25519)) + x25519

    def expand(what: str, length: int) -> bytes:
        return HKDF(SHA256(), length, salt=transcript, info=b"gr-rfsec " + what.encode()).derive(material)

    tag_keys = {end: expand(f"tag key of {end}", _TAG_KEY_BYTES) for end in ENDS}
    return Keys(expand("key", key_bytes), expand("key id", _ID_BYTES).hex(), tag_keys)
