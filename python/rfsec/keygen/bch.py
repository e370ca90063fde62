# SPDX-License-Identifier: GPL-3.0-or-later
"""Reconciliation by syndromes of BCH codes of 1,023 bits: Alice tells syndromes of her bits, Bob decodes the difference.

Y. Dodis, L. Reyzin and A. Smith, "Fuzzy extractors", EUROCRYPT 2004, section 6 (syndrome-based sketches); codes, Berlekamp-Massey
and Chien's search as in S. Lin and D. J. Costello, "Error Control Coding", chapter 6. Syndromes of a code are among those of a
stronger one: Bob begins with few, and asks for more of a block where those do not settle it.
"""

import struct

import numpy as np

from ..errors import KeyAgreementError
from .galois_field import BITS, ORDER, POWER, inverse, multiply
from .interleave import permutation

STRENGTHS = (3, 6, 10, 16, 24)  # errors that a block's syndromes so far can tell
_SPARE = 2  # fewer errors than that are believed: the spare syndromes agree by chance once in a million
_HEAD = struct.Struct(">BI")  # strength's number, number of blocks
_PERMUTATION = 0


class BchCorrector:
    """Bob's end; see `reconciliation.Corrector`.

    Parameters
    ----------
    bits : uint8 [n]
        0 or 1; n at least 1. They are dealt to blocks of equal length, up to 1,023: shortened codes.
    seed : bytes
        Of the permutation that deals them.
    """

    def __init__(self, bits: np.ndarray, seed: bytes) -> None:
        self.bits = np.array(bits, np.uint8)
        self.leaked = self.round_trips = 0
        self._blocks = _dealt(len(self.bits), seed)
        self._syndromes: list[np.ndarray] = [np.zeros(0, np.int64)] * len(self._blocks)
        self._open = np.arange(len(self._blocks))  # blocks that are not settled
        self._step = 0

    def question(self) -> bytes | None:
        """See `reconciliation.Corrector`."""
        if not self._open.size:
            return None
        return _HEAD.pack(self._step, self._open.size) + self._open.astype(">u4").tobytes()

    def take(self, answer: bytes) -> None:
        """See `reconciliation.Corrector`."""
        more = _new_syndromes(self._step)
        if len(answer) != 2 * self._open.size * len(more):
            raise KeyAgreementError(f"An answer of BCH must have {self._open.size * len(more)} syndromes. Got {len(answer) // 2} instead.")
        told = np.frombuffer(answer, ">u2").astype(np.int64).reshape(self._open.size, len(more))
        if told.max(initial=0) > ORDER:
            raise KeyAgreementError(f"A syndrome of BCH must be at most {ORDER}. Got {told.max()} instead.")
        self.leaked += BITS * told.size
        self.round_trips += 1
        still_open = []
        for number, theirs in zip(self._open, told):
            block = self._blocks[number]
            own = _syndromes(self.bits[block], more)
            self._syndromes[number] = np.append(self._syndromes[number], own ^ theirs)
            errors = _decode(self._syndromes[number], len(block))
            if errors is None or len(errors) > STRENGTHS[self._step] - _SPARE:
                still_open.append(number)
            else:
                self.bits[block[errors]] ^= 1
        self._open, self._step = np.array(still_open, np.int64), self._step + 1
        if self._open.size and self._step == len(STRENGTHS):
            raise KeyAgreementError(f"A block of {len(self._blocks[0])} bits has more than {STRENGTHS[-1] - _SPARE} errors, which BCH cannot "
                                    "correct here: the channels are too unlike.")


class BchResponder:
    """Alice's end; see `reconciliation.Responder`, and `BchCorrector` for the parameters."""

    def __init__(self, bits: np.ndarray, seed: bytes) -> None:
        self.leaked = 0
        self._bits, self._blocks = np.array(bits, np.uint8), _dealt(len(bits), seed)
        self._step = 0

    def answer(self, question: bytes) -> bytes:
        """See `reconciliation.Responder`."""
        count = (len(question) - _HEAD.size) // 4
        if len(question) < _HEAD.size or _HEAD.unpack_from(question) != (self._step, count) or len(question) != _HEAD.size + 4 * count:
            raise KeyAgreementError("A question of BCH must name its step and its blocks, and no more. It does not.")
        numbers = np.frombuffer(question, ">u4", offset=_HEAD.size).astype(np.int64)
        if not count or self._step >= len(STRENGTHS) or (np.diff(numbers) <= 0).any() or numbers[-1] >= len(self._blocks):
            raise KeyAgreementError(f"The blocks of a question of BCH must be in order, below {len(self._blocks)}. They are not.")
        more = _new_syndromes(self._step)
        self._step += 1
        found = np.array([_syndromes(self._bits[self._blocks[number]], more) for number in numbers])
        self.leaked += BITS * found.size
        return found.astype(">u2").tobytes()


def _dealt(count: int, seed: bytes) -> list[np.ndarray]:
    """Places of the bits of each block."""
    return np.array_split(permutation(seed, _PERMUTATION, count), max(1, -(-count // ORDER)))


def _new_syndromes(step: int) -> range:
    """Powers 1, 3, 5, ... whose syndromes step `step` adds; those of even powers are squares."""
    known = STRENGTHS[step - 1] if step else 0
    return range(2 * known + 1, 2 * STRENGTHS[step], 2)


def _syndromes(bits: np.ndarray, powers: range) -> np.ndarray:
    ones = np.flatnonzero(bits)
    return np.bitwise_xor.reduce(POWER[np.outer(powers, ones) % ORDER], axis=1)


def _decode(odd: np.ndarray, length: int) -> np.ndarray | None:
    """Places of the errors, from the syndromes of odd powers 1, 3, ...; None where there is no such word of errors."""
    syndromes = np.zeros(2 * odd.size + 1, np.int64)  # by power
    syndromes[1::2] = odd
    for power in range(2, 2 * odd.size + 1, 2):
        syndromes[power] = multiply(syndromes[power // 2], syndromes[power // 2])
    locator = _locator(syndromes[1:])
    degree = len(locator) - 1
    if degree > odd.size:
        return None
    turns = np.outer(np.arange(ORDER - length + 1, ORDER + 1), np.arange(degree + 1)) % ORDER  # inverses of the places' elements
    values = np.bitwise_xor.reduce(multiply(locator[None], POWER[turns]), axis=1)
    places = length - 1 - np.flatnonzero(values == 0)
    return places if len(places) == degree else None


def _locator(syndromes: np.ndarray) -> np.ndarray:
    """Berlekamp and Massey: the shortest register, as coefficients from the constant 1 up."""
    current, before = np.array([1]), np.array([1])
    length, shift, last = 0, 1, 1
    for number, syndrome in enumerate(syndromes):
        reach = min(length, len(current) - 1)
        discrepancy = int(syndrome)
        if reach:
            discrepancy ^= int(np.bitwise_xor.reduce(multiply(current[1 : reach + 1], syndromes[number - reach : number][::-1])))
        if not discrepancy:
            shift += 1
            continue
        scaled = np.append(np.zeros(shift, np.int64), multiply(multiply(discrepancy, inverse(last)), before))
        size = max(len(current), len(scaled))
        changed = np.pad(current, (0, size - len(current))) ^ np.pad(scaled, (0, size - len(scaled)))
        if 2 * length <= number:
            length, before, last, shift = number + 1 - length, current, discrepancy, 1
        else:
            shift += 1
        current = changed
    return current[: np.flatnonzero(current)[-1] + 1]
