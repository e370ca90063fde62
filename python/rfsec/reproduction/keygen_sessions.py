# SPDX-License-Identifier: GPL-3.0-or-later
"""Key agreements in the simulated room: Bob walks, both ends measure, and Eve listens beside him."""

import time
from dataclasses import dataclass, field, replace

import numpy as np

from ..datasets.room import trace
from ..datasets.room_radios import measure
from ..datasets.room_scene import grid
from ..errors import KeyAgreementError, ParameterError
from ..inference.mapper_session import MapperSession
from ..keygen.agreement_settings import Settings
from ..keygen.amplification import toeplitz_hash
from ..keygen.decorrelating import DecorrelatingQuantizer, fit
from ..keygen.guard_band import bits_of, quantize
from ..keygen.identity import Identity
from ..keygen.measured_probes import MeasuredProbes
from ..keygen.message_bodies import unpack_numbers
from ..keygen.messages import Kind, Message, Role
from ..keygen.metrics import agreed
from ..keygen.probe_store import ProbeStore
from ..keygen.session import Session
from .keygen_attack import TableAttack
from .keygen_walks import WalkedChannels

LEVELS, EPSILON = 2, 0.1
_FITTED_TO, _COMPONENTS, _FITTED_DB = 3000, 20, 25.0  # positions, and the SNR there
_MOST_PROBES = 1024


@dataclass(frozen=True)
class SessionResult:
    """How an agreement ended.

    Attributes
    ----------
    succeeded : bool
        Whether both ends report success.
    equal : bool or None
        Whether their keys are the same; None where not both report one.
    reason : str
        Why there is no key, as Bob tells it.
    key_error_rate, eve_error_rate : float
        Share of raw bits outside the guard bands in which Alice and Bob differ, and Eve and Bob.
    table_error_rate : float or None
        The same of an Eve with a table of the room; None where she has none.
    credit_bits, leaked_bits : float
    probes, round_trips, bytes : int
        Probes spent; messages of Bob that Alice answered; bytes of all messages.
    feature_seconds, seconds : float
        From measured responses to symbols, and from symbols to the key, at both ends together.
    eve_hash_errors : float or None
        Share of the bits of the amplified secret that Eve has wrong when she hashes her bits as Alice told her to.
    raw_bits : uint8 [n]
        Bob's outside the guard bands.
    key : bytes or None
        Bob's, for statistics; None where there is none. Neither is part of what is printed.
    """

    succeeded: bool
    equal: bool | None
    reason: str
    key_error_rate: float
    eve_error_rate: float
    table_error_rate: float | None
    credit_bits: float
    leaked_bits: float
    probes: int
    round_trips: int
    bytes: int
    feature_seconds: float
    seconds: float
    eve_hash_errors: float | None
    raw_bits: np.ndarray = field(repr=False, compare=False)
    key: bytes | None = field(repr=False, compare=False)


def fit_quantizer(mapper: MapperSession, rng: np.random.Generator) -> DecorrelatingQuantizer:
    """Return a decorrelating quantizer of what Bob sees all over the mapper's room."""
    positions = rng.permutation(grid())[:_FITTED_TO]
    _, band2 = trace(scenario_of(mapper), positions)
    return fit(mapper.bob(measure(band2, _FITTED_DB, rng, mapper.card.radio)), _COMPONENTS, LEVELS, EPSILON)


def scenario_of(mapper: MapperSession) -> str:
    """The scenario whose room a mapper knows. Raises ParameterError where it was trained on something else."""
    if not mapper.card.channels.startswith("room "):
        raise ParameterError(f"The mapper {mapper.card.name} was trained on {mapper.card.channels}; a simulation needs one that was trained on the room.")
    return mapper.card.channels.removeprefix("room ")


class Pair:
    """Alice and Bob over several agreements: their identities, and what they remember.

    Parameters
    ----------
    mapper : MapperSession
        Of the room.
    reconciliation : str
        "cascade" or "bch".
    quantizer : DecorrelatingQuantizer or None
        None for the paper's guard bands.
    attack : TableAttack or None
        Eve's, where she has a table of the room.
    """

    def __init__(self, mapper: MapperSession, reconciliation: str, quantizer: DecorrelatingQuantizer | None = None,
                 attack: TableAttack | None = None) -> None:
        self._mapper, self._quantizer, self._attack = mapper, quantizer, attack
        self._identities = {role: Identity.generate() for role in Role}
        self._stores = {role: ProbeStore(None) for role in Role}
        self._next = 0
        if quantizer is None:
            name, symbols = f"guard-band {LEVELS} levels, epsilon {EPSILON}", 2 * mapper.card.input.carriers
        else:
            name, symbols = f"decorrelating {quantizer.sha256}", len(quantizer.axes)
        self._settings = Settings(name, symbols, LEVELS, model=mapper.sha256, reconciliation=reconciliation, probes=_MOST_PROBES)

    def agree(self, way: WalkedChannels, snr_db: float, rng: np.random.Generator) -> SessionResult:
        """Measure probes along a walk, Eve's as well, at `snr_db` in dB, and agree on a key from them."""
        radio = self._mapper.card.radio
        measured = [measure(band, snr_db, rng, radio) for band in (way.band1, way.band2)]
        begun = time.perf_counter()
        symbols = {Role.ALICE: self._symbols(self._mapper.alice(measured[0])), Role.BOB: self._symbols(self._mapper.bob(measured[1]))}
        of_features = time.perf_counter() - begun
        hers = self._mapper.bob(measure(way.eves, snr_db, rng, radio))
        eve = self._symbols(hers, guards=False)
        looked_up = None if self._attack is None else self._symbols(self._attack.guess(hers, way.from_eve), guards=False)
        numbers = self._next + np.arange(len(way.band1))
        self._next += len(way.band1)
        sessions = {role: Session(role, self._identities[role], self._identities[role.other].public, self._settings,
                                  MeasuredProbes.of(numbers, symbols[role]), self._stores[role], self._settings.credit) for role in Role}
        started = time.perf_counter()
        heard = _converse(sessions, self._identities)
        return self._result(sessions, heard, symbols, eve, looked_up, numbers, (of_features, time.perf_counter() - started))

    def _symbols(self, features: np.ndarray, guards: bool = True) -> np.ndarray:
        if self._quantizer is None:
            return quantize(features, LEVELS, EPSILON if guards else 0.0)
        cuts = self._quantizer.cuts
        without = replace(self._quantizer, cuts=np.repeat(cuts.mean(axis=1, keepdims=True), 2, axis=1))
        return (self._quantizer if guards else without).quantize(features)

    def _result(self, sessions, heard, symbols, eve, looked_up, numbers, seconds) -> SessionResult:
        kept = agreed(symbols[Role.ALICE], symbols[Role.BOB])
        alices, bobs, eves = (bits_of(one, kept, LEVELS) for one in (symbols[Role.ALICE], symbols[Role.BOB], np.maximum(eve, 0)))
        keys, reason = {}, ""
        for role, session in sessions.items():
            try:
                keys[role] = session.result()
            except KeyAgreementError as error:
                reason = str(error)
        both = len(keys) == len(sessions)
        done = keys.get(Role.BOB)
        return SessionResult(
            succeeded=both,
            equal=keys[Role.ALICE].key == keys[Role.BOB].key if both else None,
            reason="" if both else reason,
            key_error_rate=float(np.mean(alices != bobs)) if alices.size else float("nan"),
            eve_error_rate=float(np.mean(eves != bobs)) if alices.size else float("nan"),
            table_error_rate=None if looked_up is None else float(np.mean(bits_of(np.maximum(looked_up, 0), kept, LEVELS) != bobs)),
            credit_bits=done.credit_bits if done else 0.0,
            leaked_bits=sessions[Role.BOB].leaked_bits,
            probes=done.probes if done else 0,
            round_trips=sum(one.sender is Role.BOB for one in heard),
            bytes=sum(len(one.body) for one in heard),
            feature_seconds=seconds[0],
            seconds=seconds[1],
            eve_hash_errors=_eves_hash(heard, numbers, kept, symbols[Role.ALICE], eve, self._settings.key_bits) if both else None,
            raw_bits=bobs,
            key=done.key if both else None,
        )


def _converse(sessions: dict[Role, Session], identities: dict[Role, Identity]) -> list[Message]:
    """Carry messages from end to end until there are no more; return them all, as Eve heard them."""
    heard, receiver, waiting = [], Role.ALICE, [sessions[Role.BOB].start()]
    while waiting:
        heard.append(Message.unpack(waiting[0], receiver.other, identities[receiver.other].public))
        waiting = sessions[receiver].receive(waiting[0])
        receiver = receiver.other
    return heard


def _eves_hash(
    heard: list[Message], numbers: np.ndarray, kept: np.ndarray, alice: np.ndarray, eve: np.ndarray, key_bits: int
) -> float:
    """Share of the amplified secret that Eve has wrong: she heard which probes, which guard bands, and the seed."""
    said = {one.kind: one.body for one in heard if one.sender is Role.ALICE}
    rows = np.searchsorted(numbers, unpack_numbers(said[Kind.PROBES], len(numbers)))
    secret, guess = (
        np.unpackbits(np.frombuffer(toeplitz_hash(bits_of(one[rows], kept[rows], LEVELS), said[Kind.AMPLIFY], key_bits), np.uint8))
        for one in (alice, np.maximum(eve, 0))
    )
    return float(np.mean(secret != guess))
