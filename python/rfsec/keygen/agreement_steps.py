# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps of a key agreement, one generator an end: each yields the message to send, and is sent the one that came.

    Bob asks                          Alice answers                    what it does
    HELLO     nonce, X25519, settings HELLO     the same               names the session; settings must be equal
    PROBES    numbers he has          PROBES    the common ones, fewer spends them at both ends, then draws the bits
    MASKS     his guard bands         MASKS     hers                   keeps what neither has in a guard band
    RECONCILE questions (many)        RECONCILE answers                corrects Bob's bits to Alice's
    AMPLIFY   bits that leaked        AMPLIFY   seed of the hash       both must have counted the same; both derive keys
    CONFIRM   his tag                 CONFIRM   hers                   proves that the keys are equal
    DONE                              DONE                             each knows that the other is done

Bob has an agreement when Alice's DONE comes, and Alice when Bob's does, unless he stops after all. No last message can be
confirmed: where Alice's DONE and all its repetitions are lost, she has a key that Bob gave up. He never has another one.
"""

import os
from collections.abc import Generator

import numpy as np

from ..errors import KeyAgreementError
from .agreement_state import AgreementState
from .message_bodies import MOST_OFFERED, pack_numbers, unpack_numbers
from .messages import Kind

Received = tuple[Kind, bytes]
Steps = Generator[tuple[Kind, bytes] | None, Received, None]


def bob_steps(state: AgreementState) -> Steps:
    """Bob's messages in their order. Raises KeyAgreementError where an answer of Alice is wrong."""
    offered = state.unspent()[:MOST_OFFERED]
    state.meet(_answer(Kind.HELLO, (yield Kind.HELLO, state.hello())))
    chosen = unpack_numbers(_answer(Kind.PROBES, (yield Kind.PROBES, pack_numbers(offered))), state.settings.probes)
    if not np.isin(chosen, offered).all():
        raise KeyAgreementError("Alice chose probes that Bob did not offer.")
    state.spend(chosen)
    state.combine(_answer(Kind.MASKS, (yield Kind.MASKS, state.guard_bands())))
    corrector = state.corrector()
    while (question := corrector.question()) is not None:
        corrector.take(_answer(Kind.RECONCILE, (yield Kind.RECONCILE, question)))
        state.told(corrector)
    state.correct(corrector.bits)
    state.derive(_answer(Kind.AMPLIFY, (yield Kind.AMPLIFY, state.count())))
    state.confirm(_answer(Kind.CONFIRM, (yield Kind.CONFIRM, state.tag())))
    _empty(_answer(Kind.DONE, (yield Kind.DONE, b"")))
    state.agree()


def alice_steps(state: AgreementState) -> Steps:
    """Alice's messages in their order. Raises KeyAgreementError where a question of Bob is wrong."""
    own = state.unspent()
    state.meet(_answer(Kind.HELLO, (yield None)))
    offered = unpack_numbers(_answer(Kind.PROBES, (yield Kind.HELLO, state.hello())), MOST_OFFERED)
    chosen = np.intersect1d(own, offered)[: state.most_probes]
    if not len(chosen):
        raise KeyAgreementError(f"Alice and Bob have no unspent probe in common, of Bob's {len(offered)} lowest numbers. Number them "
                                "alike, leave out what only Bob measured, or measure new ones.")
    state.spend(chosen)
    state.combine(_answer(Kind.MASKS, (yield Kind.PROBES, pack_numbers(chosen))))
    responder = state.responder()
    kind, body = yield Kind.MASKS, state.guard_bands()
    while kind is Kind.RECONCILE:
        answer = responder.answer(body)
        state.told(responder)
        kind, body = yield Kind.RECONCILE, answer
    del responder  # it holds the bits, and these steps are kept after the last one
    state.check_count(_answer(Kind.AMPLIFY, (kind, body)))
    seed = os.urandom(state.seed_bytes)
    received = yield Kind.AMPLIFY, seed
    state.derive(seed)
    state.confirm(_answer(Kind.CONFIRM, received))
    _empty(_answer(Kind.DONE, (yield Kind.CONFIRM, state.tag())))
    state.agree()
    yield Kind.DONE, b""


def _answer(expected: Kind, received: Received) -> bytes:
    kind, body = received
    if kind is not expected:
        raise KeyAgreementError(f"The message {expected.name} was expected next, and {kind.name} came.")
    return body


def _empty(body: bytes) -> None:
    if body:
        raise KeyAgreementError(f"The message DONE must be empty. Got {len(body)} bytes instead.")
