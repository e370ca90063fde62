# SPDX-License-Identifier: GPL-3.0-or-later
"""Key Agreement: draws secret keys with a peer from the probes of a channel."""

import numpy as np
import pmt
from gnuradio import gr

from ..keygen.agreement import Agreement
from ..keygen.agreement_settings import RECONCILIATIONS, Settings
from ..keygen.curve_link import CurveLink
from ..keygen.identity import read_identity, read_peer
from ..keygen.messages import MAX_MESSAGE_BYTES, Role
from ..keygen.probe_store import ProbeStore
from ..keygen.session import Session
from .key_agreement_probes import WaitingProbes
from .key_agreement_thread import KeyAgreementThread, MessageLink
from .parameters import check_choice, check_real
from .probe_numbers import probe_numbers
from .sample_clock import vector_of

NAME = "Key Agreement"
KEY, STATUS, TO_PEER, FROM_PEER = (pmt.intern(name) for name in ("key", "status", "to_peer", "from_peer"))
ROLES = ("alice", "bob")
LONGEST_TIMEOUT_S = 3600


class key_agreement(gr.sync_block):
    """
    Agree with a peer on secret keys from quantized probes, one key whenever enough probes wait.

    Both ends quantize what they measure of one channel, with a Guard-Band Quantizer of the same settings. A key leaves on the
    port key only, and only once the peer has proved to have the same; for each agreement that fails, the reason leaves on the port
    status, and no key. Probes are used once, across runs too, and what they are worth is counted: an end that stands still
    gets no second key. When the flowgraph stops, an agreement that is going on ends without a key.

    Args:
        identity: path of this end's secret identity, from rfsec keygen identity
        peer: path of the peer's .pub file
        role: "alice" binds the endpoint, "bob" connects to it
        endpoint: ZeroMQ endpoint such as tcp://127.0.0.1:5557; "" talks over the ports to_peer and from_peer
        symbols: labels in a probe, 1 to 4096
        levels: levels of the quantizer, 2 to 8, a power of two
        quantizer: guard-band or decorrelating, and after a space what else decides on symbols, 1 to 120 characters in all; the
            same at both ends
        model: hash of Alice's mapper, or none: 1 to 120 characters, the same at both ends
        reconciliation: "cascade" leaks less, "bch" takes fewer round trips
        key_bits: bits of a key, 128 to 256, whole bytes
        security_bits: bits of security that hashing leaves, 16 to 128; each costs two bits of the probes' worth
        x25519: whether a key exchange is mixed in, so that a weak channel can't weaken the key
        probes: probes of a key, 1 to 1024
        store: path of the file of spent probes, made where it is missing; "" is that of the identity with .probes added
        timeout: longest silence of the peer in s, 1 to 3600

    Ports:
        in: vectors of symbols int8, -1 in a guard band
        from_peer (message): PDUs of the peer's to_peer, where endpoint is ""
        to_peer (message): PDUs for the peer's from_peer, where endpoint is ""
        key (message): one PMT dict per key: key_id (symbol) and key (u8vector)
        status (message): one PMT dict per agreement: agreed (true or false), then key_id, probes, credit_bits and leaked_bits, or
            reason

    Tags:
        probe (uint64) numbers an item; later ones count on from there. Without it items count from 0. The two ends must
            number alike, and no number may come back in a later run with the same store

    Example:
        agreement = rfsec.key_agreement("alice", "bob.pub", "alice", "tcp://*:5557", symbols=128)
        tb.connect(quantizer, agreement)
        tb.msg_connect(agreement, "key", radio, "key")
    """

    def __init__(self, identity: str, peer: str, role: str = "alice", endpoint: str = "tcp://127.0.0.1:5557", symbols: int = 128,
                 levels: int = 2, quantizer: str = "guard-band 0.1", model: str = "none", reconciliation: str = "cascade",
                 key_bits: int = 128, security_bits: int = 32, x25519: bool = False, probes: int = 128, store: str = "",
                 timeout: float = 30):
        check_choice(NAME, "role", role, ROLES)
        check_choice(NAME, "reconciliation", reconciliation, RECONCILIATIONS)
        check_real(NAME, "timeout", timeout, 1, LONGEST_TIMEOUT_S, "s")
        settings = Settings(quantizer=quantizer, symbols=symbols, levels=levels, model=model, reconciliation=reconciliation,
                            key_bits=key_bits, security_bits=security_bits, x25519=bool(x25519), probes=probes)
        gr.sync_block.__init__(self, NAME, [vector_of(np.int8, symbols)], [])
        own, other, whose = read_identity(identity), read_peer(peer), Role[role.upper()]
        spent = ProbeStore(store or f"{identity}.probes")
        self._shape, self._levels, self._next = (-1, symbols), levels, 0
        self.keys = self.failures = 0
        self._waiting = WaitingProbes(spent, symbols)
        self._messages = None if endpoint else MessageLink(self._to_peer)
        self._thread = KeyAgreementThread(
            self._waiting, probes, timeout, agreed=self._agreed, refused=self._refused,
            session=lambda measured: Session(whose, own, other, settings, measured, spent, settings.credit),
            link=self._messages.open if self._messages else lambda: CurveLink(whose, own, other, endpoint))
        for port in (KEY, STATUS, TO_PEER):
            self.message_port_register_out(port)
        self.message_port_register_in(FROM_PEER)
        self.set_msg_handler(FROM_PEER, self._from_peer)

    @property
    def dropped(self) -> int:
        """Probes so far that gave no symbol, or wrong ones, or that the peer did not have."""
        return self._waiting.dropped

    def start(self):
        self._thread.start()
        return True

    def work(self, input_items, output_items):
        symbols = input_items[0].reshape(self._shape)
        numbers = probe_numbers(self, len(symbols), self._next)
        self._next = int(numbers[-1]) + 1
        wrong = ((symbols < -1) | (symbols >= self._levels)).any(axis=1)
        self._waiting.add(numbers, np.where(wrong[:, None], np.int8(-1), symbols))
        return len(symbols)

    def stop(self):
        self._thread.stop()
        return True

    def _from_peer(self, message) -> None:
        if not (self._messages and pmt.is_pair(message) and pmt.is_u8vector(pmt.cdr(message))):
            return
        if pmt.length(pmt.cdr(message)) <= MAX_MESSAGE_BYTES:  # Python needs eight times as much for what is longer, and seconds
            self._messages.put(bytes(pmt.u8vector_elements(pmt.cdr(message))))

    def _to_peer(self, message: bytes) -> None:
        self.message_port_pub(TO_PEER, pmt.cons(pmt.PMT_NIL, pmt.init_u8vector(len(message), list(message))))

    def _agreed(self, agreement: Agreement) -> None:
        self.keys += 1
        key = pmt.init_u8vector(len(agreement.key), list(agreement.key))
        self.message_port_pub(KEY, _dict(key_id=pmt.intern(agreement.key_id), key=key))
        self.message_port_pub(STATUS, _dict(
            agreed=pmt.PMT_T, key_id=pmt.intern(agreement.key_id), probes=pmt.from_long(agreement.probes),
            credit_bits=pmt.from_double(agreement.credit_bits), leaked_bits=pmt.from_double(agreement.leaked_bits)))

    def _refused(self, reason: str) -> None:
        self.failures += 1
        self.logger.warn(reason)
        self.message_port_pub(STATUS, _dict(agreed=pmt.PMT_F, reason=pmt.intern(reason)))


def _dict(**entries):
    made = pmt.make_dict()
    for name, value in entries.items():
        made = pmt.dict_add(made, pmt.intern(name), value)
    return made
