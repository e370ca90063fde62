# SPDX-License-Identifier: GPL-3.0-or-later
"""Two ends of a key agreement in one process, over made-up channels, with somebody in between who may touch every message."""

import numpy as np
from gnuradio.rfsec.keygen.agreement_settings import Settings
from gnuradio.rfsec.keygen.guard_band import quantize
from gnuradio.rfsec.keygen.identity import Identity
from gnuradio.rfsec.keygen.measured_probes import MeasuredProbes
from gnuradio.rfsec.keygen.messages import Role
from gnuradio.rfsec.keygen.probe_store import ProbeStore
from gnuradio.rfsec.keygen.session import Session

ALICE = Identity.of(bytes(range(32)), bytes(range(32, 64)))
BOB = Identity.of(bytes(range(1, 33)), bytes(range(33, 65)))
MALLORY = Identity.of(bytes(range(2, 34)), bytes(range(34, 66)))
SYMBOLS, PROBES = 64, 32


def generous(symbols, kept, earlier) -> float:
    """Credits more than Gaussian noise at each subcarrier of made-up channels: what protocols need to go on."""
    return 24.0 * len(symbols)


def features(snr_db: float = 25, count: int = PROBES, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """What both ends measure of `count` independent channels, float32 [count, SYMBOLS] each."""
    rng = np.random.default_rng(seed)
    channel = rng.normal(size=(count, SYMBOLS))
    noise = 10 ** (-snr_db / 20) * rng.normal(size=(2, count, SYMBOLS))
    return tuple((channel + noise).astype(np.float32))


def two_ends(snr_db: float = 25, seed: int = 1, first: int = 0, count: int = PROBES, stores=None, alice_set=None, bob_set=None, *, bob=BOB,
             bobs_peer=ALICE, credit=generous, **both) -> tuple[Session, Session]:
    """Alice and Bob before their first message, with probes numbered from `first`; `both` are settings of both."""
    sessions = []
    for role, own, peer, values, store, changed in zip(
            Role, (ALICE, bob), (BOB, bobs_peer), features(snr_db, count, seed), stores or (ProbeStore(None), ProbeStore(None)),
            (alice_set, bob_set)):
        probes = MeasuredProbes.of(np.arange(first, first + count), quantize(values))
        settings = Settings(**{"quantizer": "guard-band", "symbols": SYMBOLS, "probes": PROBES, **both, **(changed or {})})
        sessions.append(Session(role, own, peer.public, settings, probes, store, credit))
    return tuple(sessions)


def exchange(alice: Session, bob: Session, between=lambda sender, number, message: [message], repetitions: int = 0) -> list[tuple[Role, bytes]]:
    """Carry messages until nobody has one, and return all that were sent.

    `between(sender, number, message)` gets message `number`, from 0, of all, and returns what arrives in its place. Bob repeats
    his last message up to `repetitions` times where no answer comes.
    """
    sent, waiting = [], [(Role.BOB, bob.start())]
    while waiting or (repetitions and not bob.finished):
        if not waiting:
            repetitions -= 1
            waiting.append((Role.BOB, bob.last_sent))
        sender, message = waiting.pop(0)
        arriving = between(sender, len(sent), message)
        sent.append((sender, message))
        receiver = bob if sender is Role.ALICE else alice
        for data in arriving:
            waiting += [(sender.other, answer) for answer in receiver.receive(data)]
    return sent


def same_key(alice: Session, bob: Session) -> bool:
    """Whether both have one key; fails where only one has, or they have two, or an end has no outcome."""
    assert (alice.agreement is None) == (bob.agreement is None), (alice.failure, bob.failure)
    if alice.agreement is None:
        assert alice.failure and bob.failure
        return False
    assert alice.agreement.key == bob.agreement.key and alice.agreement.key_id == bob.agreement.key_id
    assert alice.agreement.leaked_bits == bob.agreement.leaked_bits
    return True
