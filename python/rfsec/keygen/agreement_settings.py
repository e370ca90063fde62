# SPDX-License-Identifier: GPL-3.0-or-later
"""What both ends of a key agreement must have set alike."""

import re
from dataclasses import dataclass, fields

from ..errors import KeyAgreementError, ParameterError
from .entropy import ProbeCredit

RECONCILIATIONS = ("cascade", "bch")
QUANTIZERS = ("guard-band", "decorrelating")
_WORDS = re.compile(r"[\w.,:=+ -]{1,120}", re.ASCII)
_RANGES = {"symbols": (1, 4096), "levels": (2, 8), "key_bits": (128, 256), "security_bits": (16, 128), "probes": (1, 1024)}


@dataclass(frozen=True)
class Settings:
    """Raises ParameterError where one is outside its range.

    Parameters
    ----------
    quantizer : str
        "guard-band" or "decorrelating", and after a space whatever else decides on symbols, for instance its hash.
    symbols : int
        Symbols of a probe, 1 to 4096.
    levels : int
        Levels of the quantizer: 2, 4 or 8.
    model : str
        Hash of the model that Alice maps her features with, or "none".
    reconciliation : str
        "cascade" or "bch".
    key_bits : int
        Bits of the key, 128 to 256, whole bytes.
    security_bits : int
        s, 16 to 128: the key is within 2^-s of a uniform one. It costs 2 s bits.
    x25519 : bool
        Whether an X25519 secret is mixed in.
    probes : int
        Most probes of one key, 1 to 1024; fewer where the seed of the hash of so many symbols fits no message.
    """

    quantizer: str
    symbols: int
    levels: int = 2
    model: str = "none"
    reconciliation: str = "cascade"
    key_bits: int = 128
    security_bits: int = 32
    x25519: bool = False
    probes: int = 128

    def __post_init__(self) -> None:
        for name, (lowest, highest) in _RANGES.items():
            value = getattr(self, name)
            if type(value) is not int or not lowest <= value <= highest:
                _refuse(name, f"a whole number, {lowest} to {highest}", value)
        if self.levels not in (2, 4, 8):
            _refuse("levels", "2, 4 or 8", self.levels)
        if self.key_bits % 8:
            _refuse("key_bits", "whole bytes", self.key_bits)
        if self.reconciliation not in RECONCILIATIONS:
            _refuse("reconciliation", " or ".join(RECONCILIATIONS), self.reconciliation)
        for name in ("quantizer", "model"):
            if not _WORDS.fullmatch(getattr(self, name)):
                _refuse(name, "1 to 120 letters, digits, spaces and . , : = + - _", getattr(self, name))

        if self.quantizer.split(" ")[0] not in QUANTIZERS:
            _refuse("quantizer", f"{' or '.join(QUANTIZERS)}, and after a space its own settings", self.quantizer)

    @property
    def credit(self) -> ProbeCredit:
        """What probes of these symbols are worth."""
        return ProbeCredit(self.levels, carriers=self.quantizer.split(" ")[0] == "guard-band")

    def encode(self) -> bytes:
        """One line a setting, the same bytes for the same settings."""
        return "\n".join(f"{one.name}={getattr(self, one.name)}" for one in fields(self)).encode()

    def require(self, theirs: bytes) -> None:
        """Raises KeyAgreementError, and names the first setting that differs, where the peer's encoded settings are others."""
        ours = self.encode()
        if theirs == ours:
            return
        for mine, other in zip(ours.split(b"\n"), theirs.split(b"\n")):
            if mine != other:
                shown = "".join(letter if letter.isprintable() else "?" for letter in other[:160].decode("ascii", "replace"))
                raise KeyAgreementError(f"Both ends must have the same settings: {mine.decode()} here, {shown} at the peer.")
        raise KeyAgreementError("Both ends must have the same settings, and the peer's are of another form. Install the same gr-rfsec.")


def _refuse(name: str, rule: str, value: object) -> None:
    raise ParameterError(f"The '{name}' of a key agreement must be {rule}. Got {value!r} instead.")
