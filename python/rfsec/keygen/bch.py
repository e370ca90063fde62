# SPDX-License-Identifier: GPL-3.0-or-later
"""Reconciliation by syndromes of BCH codes: Alice tells syndromes of her bits, Bob decodes the difference.

Y. Dodis, R. Ostrovsky, L. Reyzin and A. Smith, "Fuzzy extractors", SIAM J. Comput. 38(1), 2008, section 6.2. Syndromes of a code
are among those of a stronger one: Bob begins with few, and asks for more of a block where those do not settle it. So nobody has
to know the error rate.
"""

import struct

import numpy as np

from ..errors import KeyAgreementError
from .bch_decoder import find_errors, syndromes
from .galois_field import POLYNOMIALS, Field, field
from .interleave import permutation

#: Errors that a block's syndromes so far can tell, step by step.
STRENGTHS = (2, 3, 5, 7, 9, 12, 15, 19, 23, 28, 34, 41, 50, 60)
#: Bob believes in fewer errors than that: the spare syndromes agree by chance less than once in 60,000 blocks.
SPARE = 2
_LONGEST = (1 << max(POLYNOMIALS)) - 1
_HEAD = struct.Struct(">BI")  # step, number of blocks
_PERMUTATION = 0


class BchCorrector:
    """Bob's end; see `reconciliation.Corrector`.

    Parameters
    ----------
    bits : uint8 [n]
        0 or 1; n at least 1. They are dealt to as few blocks as there can be, of equal length, up to 4,095 bits.
    seed : bytes
        Of the permutation that deals them.
    """

    def __init__(self, bits: np.ndarray, seed: bytes) -> None:
        self.bits = np.array(bits, np.uint8)
        self.leaked = self.round_trips = 0
        self._blocks, self._field = _dealt(len(self.bits), seed)
        self._differences: list[np.ndarray] = [np.zeros(0, np.int64)] * len(self._blocks)
        self._open = np.arange(len(self._blocks))  # blocks that are not settled
        self._step = 0

    def question(self) -> bytes | None:
        """See `reconciliation.Corrector`."""
        if not self._open.size:
            return None
        if self._step == len(STRENGTHS):
            raise KeyAgreementError(f"A block of {len(self._blocks[0])} bits has more than {STRENGTHS[-1] - SPARE} errors, which BCH does not "
                                    "correct here: the channels are too unlike.")
        return _HEAD.pack(self._step, self._open.size) + self._open.astype(">u4").tobytes()

    def take(self, answer: bytes) -> None:
        """See `reconciliation.Corrector`."""
        more = _new_powers(self._step)
        if len(answer) != 2 * self._open.size * len(more):
            raise KeyAgreementError(f"An answer of BCH must have {self._open.size * len(more)} syndromes. Got {len(answer)} bytes instead.")
        told = np.frombuffer(answer, ">u2").astype(np.int64).reshape(self._open.size, len(more))
        if told.max(initial=0) > self._field.order:
            raise KeyAgreementError(f"A syndrome of BCH must be at most {self._field.order}. Got {told.max()} instead.")
        self.leaked += self._field.bits * told.size
        self.round_trips += 1
        still_open = [number for number, theirs in zip(self._open, told) if not self._settle(number, theirs, more)]
        self._open, self._step = np.array(still_open, np.int64), self._step + 1

    def _settle(self, number: int, theirs: np.ndarray, powers: range) -> bool:
        """Take more syndromes of a block, and correct it if they are enough."""
        block = self._blocks[number]
        own = syndromes(np.flatnonzero(self.bits[block]), powers, self._field)
        self._differences[number] = np.append(self._differences[number], own ^ theirs)
        errors = find_errors(self._differences[number], len(block), self._field)
        if errors is None or len(errors) > STRENGTHS[self._step] - SPARE:
            return False
        self.bits[block[errors]] ^= 1
        return True


class BchResponder:
    """Alice's end; see `reconciliation.Responder`, and `BchCorrector` for the parameters."""

    def __init__(self, bits: np.ndarray, seed: bytes) -> None:
        self.leaked = 0
        self._bits = np.array(bits, np.uint8)
        self._blocks, self._field = _dealt(len(bits), seed)
        self._open = np.arange(len(self._blocks))
        self._step = 0

    def answer(self, question: bytes) -> bytes:
        """See `reconciliation.Responder`."""
        count = (len(question) - _HEAD.size) // 4
        if len(question) < _HEAD.size or _HEAD.unpack_from(question) != (self._step, count) or len(question) != _HEAD.size + 4 * count:
            raise KeyAgreementError("A question of BCH must name its step and its blocks, and no more. It does not.")
        numbers = np.frombuffer(question, ">u4", offset=_HEAD.size).astype(np.int64)
        if not count or self._step >= len(STRENGTHS) or (np.diff(numbers) <= 0).any() or not np.isin(numbers, self._open).all():
            raise KeyAgreementError("A question of BCH must name, in order, blocks that are not settled. It does not.")
        more = _new_powers(self._step)
        self._step, self._open = self._step + 1, numbers
        found = np.array([syndromes(np.flatnonzero(self._bits[self._blocks[number]]), more, self._field) for number in numbers])
        self.leaked += self._field.bits * found.size
        return found.astype(">u2").tobytes()


def _dealt(count: int, seed: bytes) -> tuple[list[np.ndarray], Field]:
    """Places of the bits of each block, and the smallest field whose codes are as long."""
    blocks = np.array_split(permutation(seed, _PERMUTATION, count), max(1, -(-count // _LONGEST)))
    return blocks, field(max(min(POLYNOMIALS), len(blocks[0]).bit_length()))


def _new_powers(step: int) -> range:
    """Odd powers whose syndromes `step` adds; those of even powers are squares."""
    known = STRENGTHS[step - 1] if step else 0
    return range(2 * known + 1, 2 * STRENGTHS[step], 2)
