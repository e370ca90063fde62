# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys drawn from pairs of probes: whole agreements of two ends in one process."""

from dataclasses import dataclass

import numpy as np

from .agreement_settings import Settings
from .identity import Identity
from .measured_probes import MeasuredProbes
from .messages import Role
from .metrics import agreed
from .pair_symbols import PairSymbols
from .probe_store import ProbeStore
from .session import Session

_RATE = {"cascade": (1.3, 0.0), "bch": (2.0, 0.01)}  # bits told to correct a bit, about: times the entropy of its errors, plus
_RESERVE = 40.0  # bits told whatever is corrected
_MOST_FAILURES = 3  # in a row
_MOST_PROBES = 1024


@dataclass(frozen=True)
class KeysDrawn:
    """What agreements gave.

    Parameters
    ----------
    confirmed, failed : int
        Agreements that ended with one key at both ends, and with none.
    leaked_bits : float
        Bits said in public by all of them.
    used : int
        Probes that they spent.
    reason : str
        Why there is no further key.
    """

    confirmed: int
    failed: int
    leaked_bits: float
    used: int
    reason: str


def draw_keys(symbols: PairSymbols, credit_bits: np.ndarray, reconciliation: str) -> KeysDrawn:
    """Agree on one key of 128 bits after the other, until what is left does not pay for another.

    Probes are used once, in their order, the fewest that should do. Those that are worth less than correcting them tells are
    not offered.

    Parameters
    ----------
    symbols : PairSymbols
        Of n probes.
    credit_bits : float64 [n]
        What each probe is worth when all before it are known.
    reconciliation : str
        "cascade" or "bch".
    """
    alice, bob = symbols.alice, symbols.bob
    settings = Settings(symbols.quantizer, alice.shape[1], symbols.levels, reconciliation=reconciliation, probes=_MOST_PROBES)
    needed = settings.key_bits + 2 * settings.security_bits
    bits = agreed(alice, bob).sum(axis=1) * (symbols.levels.bit_length() - 1)
    cost = _rate(alice, bob, reconciliation) * bits
    ends = [_End(role, alice if role is Role.ALICE else bob, settings) for role in Role]
    confirmed = failed = failed_in_a_row = start = used = 0
    leaked, reserve, reason = 0.0, _RESERVE, ""
    while failed_in_a_row < _MOST_FAILURES:
        worth = np.where(np.arange(len(bits)) < start, 0, credit_bits - cost)
        offered = np.flatnonzero(worth > 0)[:_MOST_PROBES]
        paid = np.cumsum(worth[offered])
        if not paid.size or paid[-1] < needed + reserve:
            left = paid[-1] if paid.size else 0.0
            reason += (f" The probes left are worth {left:.0f} bits more than correcting them tells, and a key needs "
                       f"{needed + reserve:.0f}.")
            break
        chosen = offered[: np.searchsorted(paid, needed + reserve) + 1]
        bobs = _agree(ends, chosen, float(credit_bits[chosen].sum()))
        start, used, leaked = int(chosen[-1]) + 1, used + len(chosen), leaked + bobs.leaked_bits
        if bobs.failure is None:
            confirmed, failed_in_a_row, reason = confirmed + 1, 0, ""
        else:
            failed, failed_in_a_row, reason, reserve = failed + 1, failed_in_a_row + 1, str(bobs.failure), 2 * reserve
    return KeysDrawn(confirmed, failed, leaked, used, reason.strip())


class _End:
    """One end over all agreements: its identity, its symbols of all probes, and which of them are spent."""

    def __init__(self, role: Role, symbols: np.ndarray, settings: Settings) -> None:
        self.role, self.identity = role, Identity.generate()
        self._symbols, self._settings, self._store = symbols, settings, ProbeStore(None)

    def session(self, peer: "_End", chosen: np.ndarray, credit_bits: float) -> Session:
        probes = MeasuredProbes.of(chosen, self._symbols[chosen])
        return Session(self.role, self.identity, peer.identity.public, self._settings, probes, self._store, lambda *known: credit_bits)


def _agree(ends: list[_End], chosen: np.ndarray, credit_bits: float) -> Session:
    """Carry the messages of one agreement to its outcome, and return Bob's session."""
    alice, bob = (end.session(peer, chosen, credit_bits) for end, peer in zip(ends, reversed(ends)))
    messages = [bob.start()]
    receiver, sender = alice, bob
    while messages:
        messages = receiver.receive(messages[0])
        receiver, sender = sender, receiver
    return bob


def _rate(alice: np.ndarray, bob: np.ndarray, reconciliation: str) -> float:
    """About how many bits correcting a bit tells."""
    both = agreed(alice, bob)
    share = float(((alice != bob) & both).sum() / max(1, both.sum()))
    entropy = -sum(p * np.log2(p) for p in (share, 1 - share) if p)
    times, plus = _RATE[reconciliation]
    return times * entropy + plus
