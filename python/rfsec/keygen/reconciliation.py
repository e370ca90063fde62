# SPDX-License-Identifier: GPL-3.0-or-later
"""What both ways of reconciliation have in common: Bob asks, Alice answers, and each counts what was said.

    corrector, responder = make_corrector(kind, bobs_bits, seed), make_responder(kind, alices_bits, seed)
    while (question := corrector.question()) is not None:
        corrector.take(responder.answer(question))
    corrector.bits                            # those of Alice, or the confirmation fails
    corrector.leaked == responder.leaked

Alice's answers are counted: each bit of them costs at most one bit of min-entropy. Bob's questions depend on where the two ends
differ alone, and are not counted: that differences tell nothing of Alice's bits is taken for granted.
"""

from typing import Protocol

import numpy as np

from .bch import BchCorrector, BchResponder
from .cascade import CascadeCorrector
from .cascade_responder import CascadeResponder


class Corrector(Protocol):
    """Bob's end: his bits become Alice's.

    Attributes
    ----------
    bits : uint8 [n]
    leaked : int
        Bits about Alice's bits that her answers told so far.
    round_trips : int
    """

    bits: np.ndarray
    leaked: int
    round_trips: int

    def question(self) -> bytes | None:
        """The question, the same until its answer is taken; None when there is no more to ask. Raises as `take`."""

    def take(self, answer: bytes) -> None:
        """Take Alice's answer. Raises KeyAgreementError where it is none, or where there are too many errors."""


class Responder(Protocol):
    """Alice's end. `leaked` as for `Corrector`."""

    leaked: int

    def answer(self, question: bytes) -> bytes:
        """Answer. Raises KeyAgreementError where the question is none, or asks for more than an honest Bob needs."""


def make_corrector(kind: str, bits: np.ndarray, seed: bytes) -> Corrector:
    """Bob's end of a kind in `RECONCILIATIONS`, over bits uint8 [n], with the public seed of `interleave.SEED_BYTES` bytes."""
    return {"cascade": CascadeCorrector, "bch": BchCorrector}[kind](bits, seed)


def make_responder(kind: str, bits: np.ndarray, seed: bytes) -> Responder:
    """Alice's end of a kind in `RECONCILIATIONS`; see `make_corrector`."""
    return {"cascade": CascadeResponder, "bch": BchResponder}[kind](bits, seed)
