# SPDX-License-Identifier: GPL-3.0-or-later
"""Two ends that reconcile bits, in one process."""

import numpy as np
from gnuradio.rfsec.keygen.reconciliation import make_corrector, make_responder

SEED = bytes(range(32))


def unlike(count: int, error_rate: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Bits of Alice and of Bob, uint8 [count] each, that differ at `error_rate`."""
    rng = np.random.default_rng(seed)
    alice = rng.integers(0, 2, count, dtype=np.uint8)
    return alice, alice ^ (rng.random(count) < error_rate).astype(np.uint8)


def with_errors(alice: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Bob's bits where he errs at `places`."""
    bob = alice.copy()
    bob[places] ^= 1
    return bob


def reconcile(kind, alice, bob, seed=SEED, between=lambda question, answer: answer):
    """Run both ends; return them, and every question with its answer. `between(question, answer)` is what reaches Bob."""
    corrector, responder, said = make_corrector(kind, bob, seed), make_responder(kind, alice, seed), []
    while (question := corrector.question()) is not None:
        assert corrector.question() == question
        answer = responder.answer(question)
        said.append((question, answer))
        corrector.take(between(question, answer))
    return corrector, responder, said
