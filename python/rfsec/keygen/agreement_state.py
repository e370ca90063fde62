# SPDX-License-Identifier: GPL-3.0-or-later
"""What one end knows during a key agreement: its probes, bits, ledger and keys, and the checks that they must pass."""

import hashlib

import numpy as np

from ..errors import KeyAgreementError
from .agreement import Agreement, Credit
from .agreement_settings import Settings
from .amplification import secret_bits, seed_bytes, toeplitz_hash
from .guard_band import bits_of
from .hello_keys import HelloKeys
from .key_derivation import Keys, derive
from .ledger import LeakageLedger
from .measured_probes import MeasuredProbes
from .message_bodies import pack_mask, unpack_mask
from .messages import MAX_BODY_BYTES, Kind, Role
from .probe_store import ProbeStore
from .reconciliation import Corrector, Responder, make_corrector, make_responder


class AgreementState:
    """The state of `role` from its measured probes to its key. Every method raises KeyAgreementError where a check fails.

    Parameters are those of `session.Session`.
    """

    def __init__(self, role: Role, settings: Settings, probes: MeasuredProbes, store: ProbeStore, credit: Credit) -> None:
        self.settings = settings
        self.agreement: Agreement | None = None
        self.ledger = LeakageLedger()
        self._role, self._probes, self._store, self._credit_of = role, probes, store, credit
        self._hello, self._x25519 = HelloKeys(settings), b""
        self._transcript, self._order_seed = hashlib.sha256(), b""
        self._symbols = self._earlier = np.empty((0, settings.symbols), np.int8)
        self._bits = np.empty(0, np.uint8)
        self._credit, self._corrected = 0.0, None
        self._keys: Keys | None = None

    def cover(self, kind: Kind, message: bytes) -> None:
        """Take a message into the transcript, to which the keys are bound; those that confirm keys come too late for it."""
        if kind < Kind.CONFIRM:
            self._transcript.update(hashlib.sha256(message).digest())
        if kind is Kind.PROBES:  # the probes are chosen, and nothing is known of them: now their order can be drawn
            self._order_seed = self._transcript.digest()

    @property
    def most_probes(self) -> int:
        """Probes to draw the key from: as many as the settings say, or as give no more bits than the seed of their hash fits a message."""
        bits = self.settings.symbols * (self.settings.levels.bit_length() - 1)
        return min(self.settings.probes, (8 * MAX_BODY_BYTES - self.settings.key_bits + 1) // bits)

    def unspent(self) -> np.ndarray:
        """The numbers, int64 [n], of the probes that this end can still use."""
        if self._probes.symbols.shape[1] != self.settings.symbols:
            raise KeyAgreementError(f"The settings say {self.settings.symbols} symbols a probe, and {self._role.label}'s probes have "
                                    f"{self._probes.symbols.shape[1]}. Quantize them as the settings say.")
        found = self._store.unspent(self._probes.numbers)
        if not len(found):
            raise KeyAgreementError(f"{self._role.label} has no probe to use: {len(self._probes.numbers)} are spent, "
                                    f"{self._probes.left_out} gave no symbol. Measure new ones.")
        return found

    def hello(self) -> bytes:
        """The body of this end's hello."""
        return self._hello.body()

    def meet(self, hello: bytes) -> None:
        """Take the peer's hello."""
        self._x25519 = self._hello.shared(hello)

    def spend(self, numbers: np.ndarray) -> None:
        """Spend the chosen probes, before anything of them leaves this end, and remember what was spent before them."""
        symbols = self._probes.rows(numbers)
        self._earlier = self._store.spend(numbers, symbols, self.settings.levels)
        self._symbols = symbols

    def guard_bands(self) -> bytes:
        """Which symbols of this end lie in guard bands."""
        return pack_mask(self._symbols < 0)

    def combine(self, guard_bands: bytes) -> None:
        """Draw the bits from what neither end has in a guard band, and credit them."""
        kept = (self._symbols >= 0) & ~unpack_mask(guard_bands, self._symbols.shape)
        self._bits = bits_of(self._symbols, kept, self.settings.levels)
        if len(self._bits) < self.settings.key_bits:
            raise KeyAgreementError(f"Outside the guard bands of both ends lie {len(self._bits)} bits, and the key needs {self.settings.key_bits}. "
                                    "Measure more probes, or narrow the guard bands.")
        self._credit = self._credit_of(self._symbols, kept, self._earlier)
        self.require_credit()

    def corrector(self) -> Corrector:
        """Bob's half of the reconciliation."""
        return make_corrector(self.settings.reconciliation, self._bits, self._order_seed)

    def responder(self) -> Responder:
        """Alice's half of it."""
        return make_responder(self.settings.reconciliation, self._bits, self._order_seed)

    def told(self, half: Corrector | Responder) -> None:
        """Enter what the reconciliation has told so far, and see whether the credit still pays for it."""
        self.ledger.add(self.settings.reconciliation, half.leaked - self.ledger.total)
        try:
            self.require_credit()
        except KeyAgreementError:
            raise KeyAgreementError(f"Correcting Bob's bits has told {self.ledger.total:.0f} of them, more than the probes' credit pays for: the "
                                    "two channels are too unlike, or the probes too few.") from None

    def correct(self, bits: np.ndarray) -> None:
        """Take Bob's corrected bits in place of his own."""
        self._corrected = int(np.count_nonzero(bits != self._bits))
        self._bits = bits

    def require_credit(self) -> None:
        """The credit of this end must pay for all that leaked so far, and the key. Either end refuses, so the lesser credit counts."""
        left = secret_bits(self._credit, self.ledger.total, 2.0**-self.settings.security_bits)
        if left < self.settings.key_bits:
            raise KeyAgreementError(f"{self._role.label}'s probes leave {left} secret bits, and the key needs {self.settings.key_bits}. "
                                    "Measure more probes, at more places.")

    def count(self) -> bytes:
        """How many bits leaked, as this end counts."""
        return b"%.17g" % self.ledger.total

    def check_count(self, theirs: bytes) -> None:
        """Both ends must have counted alike."""
        if theirs != self.count():
            raise KeyAgreementError("The two ends counted different numbers of leaked bits. Install the same gr-rfsec at both ends.")

    @property
    def seed_bytes(self) -> int:
        """Bytes of the seed of the universal hash."""
        return seed_bytes(len(self._bits), self.settings.key_bits)

    def derive(self, seed: bytes) -> None:
        """Draw the keys from the bits and what both ends said so far."""
        if len(seed) != self.seed_bytes:
            raise KeyAgreementError(f"The seed of the hash must have {self.seed_bytes} bytes. Got {len(seed)} bytes instead.")
        secret = toeplitz_hash(self._bits, seed, self.settings.key_bits)
        self._keys = derive(secret, self._transcript.digest(), self.settings.key_bits // 8, self._x25519)

    def tag(self) -> bytes:
        """This end's proof that it has the keys."""
        return self._keys.tag(self._role.name.lower())

    def confirm(self, tag: bytes) -> None:
        """Check the peer's proof."""
        self._keys.verify(self._role.other.name.lower(), tag)

    def agree(self) -> None:
        """The peer has proved that its key is the same, and has seen that ours is."""
        self.agreement = Agreement(self._keys.key, self._keys.key_id, self._credit, self.ledger.total, len(self._symbols), len(self._bits),
                                   self._probes.left_out, self._corrected, self.settings.x25519)
        self.forget()

    def forget(self) -> None:
        """Drop what is secret."""
        self._keys, self._x25519 = None, b""
        self._symbols = self._earlier = np.empty((0, 0), np.int8)
        self._bits = np.empty(0, np.uint8)
