# SPDX-License-Identifier: GPL-3.0-or-later
"""Cascade: parities of blocks under several permutations, halved where they differ, and looked back at after each correction.

G. Brassard and L. Salvail, "Secret-key reconciliation by public discussion", EUROCRYPT 1993; parts of halved blocks stay known,
as in J. Martinez-Mateo et al., "Demystifying the information reconciliation protocol Cascade", Quantum Inf. Comput. 15, 2015.
All odd blocks of a pass are halved in one round trip.
"""

import struct

import numpy as np

from ..errors import KeyAgreementError
from .interleave import permutation

_FIRST_BLOCK = 0.73  # over the error rate (Brassard and Salvail, section 7)
_ERROR_RATE = 0.005  # that the first blocks are made for; others cost more parities, and are corrected all the same
_EXTRA_PASSES = 8  # over blocks of half the bits: each finds what is left with a chance of one half
_HEAD = struct.Struct(">BI")  # pass, number of ranges
_MOST_PASSES = 40
_MOST_PER_BIT = 1.0  # parities; above that nothing is left to hash


class CascadeCorrector:
    """Bob's end; see `reconciliation.Corrector`.

    Parameters
    ----------
    bits : uint8 [n]
        0 or 1; n at least 1.
    seed : bytes
        Of the permutations.
    """

    def __init__(self, bits: np.ndarray, seed: bytes) -> None:
        self.bits = np.array(bits, np.uint8)
        self.leaked = self.round_trips = 0
        self._seed = seed
        self._sizes = _block_sizes(len(self.bits))
        self._passes: list[_Pass] = []
        self._asked: tuple[_Pass, np.ndarray] | None = None  # a pass, and where its odd blocks begin; none where it is new

    def question(self) -> bytes | None:
        """See `reconciliation.Corrector`."""
        self._correct()
        for one in self._passes:
            odd = one.odd(self.bits)
            if odd.size:
                self._asked = one, odd
                low, high = one.edges[odd], one.edges[odd + 1]
                return _pack(self._passes.index(one), low, (low + high) // 2)
        if len(self._passes) == len(self._sizes):
            return None
        number = len(self._passes)
        one = _Pass(permutation(self._seed, number, len(self.bits)), self._sizes[number])
        self._passes.append(one)
        self._asked = one, np.zeros(0, int)
        last = len(one.edges) - 2 if number else len(one.edges) - 1  # the parity of all bits tells the last block's
        return _pack(number, one.edges[:last], one.edges[1 : last + 1])

    def take(self, answer: bytes) -> None:
        """See `reconciliation.Corrector`."""
        one, odd = self._asked
        new = one.parities is None
        count = (len(one.edges) - 1 - bool(len(self._passes) > 1)) if new else odd.size
        told = _parities(answer, count)
        self.leaked += count
        self.round_trips += 1
        if new:
            if len(self._passes) > 1:
                total = np.bitwise_xor.reduce(self._passes[0].parities)
                told = np.append(told, total ^ np.bitwise_xor.reduce(told))
            one.parities = told
        else:
            one.halve(odd, told)

    def _correct(self) -> None:
        """Turn every bit that is an odd block by itself; that may make other passes' blocks odd, or even."""
        changed = True
        while changed:
            changed = False
            for one in self._passes:
                single = one.odd_single(self.bits)
                self.bits[one.order[one.edges[single]]] ^= 1
                changed |= bool(single.size)


class _Pass:
    """Blocks of one permutation, and Alice's parity of each."""

    def __init__(self, order: np.ndarray, size: int) -> None:
        self.order = order
        self.edges = np.append(np.arange(0, len(order), size), len(order))
        self.parities: np.ndarray | None = None

    def _odd(self, bits: np.ndarray) -> np.ndarray:
        return np.bitwise_xor.reduceat(bits[self.order], self.edges[:-1]) != self.parities

    def odd(self, bits: np.ndarray) -> np.ndarray:
        """Numbers of the blocks whose parities differ."""
        return np.flatnonzero(self._odd(bits))

    def odd_single(self, bits: np.ndarray) -> np.ndarray:
        """Those of them that are one bit."""
        return np.flatnonzero(self._odd(bits) & (np.diff(self.edges) == 1)) if self.parities is not None else np.zeros(0, int)

    def halve(self, odd: np.ndarray, left: np.ndarray) -> None:
        """Halve blocks; `left` are Alice's parities of their first halves."""
        middle = (self.edges[odd] + self.edges[odd + 1]) // 2
        right = self.parities[odd] ^ left
        self.parities[odd] = left
        self.parities = np.insert(self.parities, odd + 1, right)
        self.edges = np.insert(self.edges, odd + 1, middle)


class CascadeResponder:
    """Alice's end; see `reconciliation.Responder`, and `CascadeCorrector` for the parameters."""

    def __init__(self, bits: np.ndarray, seed: bytes) -> None:
        self.leaked = 0
        self._bits, self._seed = np.array(bits, np.uint8), seed
        self._sums: dict[int, np.ndarray] = {}

    def answer(self, question: bytes) -> bytes:
        """See `reconciliation.Responder`."""
        number, low, high = _unpack(question, len(self._bits))
        self.leaked += low.size
        if self.leaked > _MOST_PER_BIT * len(self._bits) + 2 * _MOST_PASSES:
            raise KeyAgreementError(f"Cascade asks for more parities than there are bits ({len(self._bits)}): the two ends have other bits.")
        if number not in self._sums:
            ordered = self._bits[permutation(self._seed, number, len(self._bits))]
            self._sums[number] = np.append(0, np.cumsum(ordered, dtype=np.int64))
        sums = self._sums[number]
        return np.packbits((sums[high] - sums[low]) % 2 == 1).tobytes()


def _block_sizes(count: int) -> list[int]:
    half = max(1, -(-count // 2))
    size, sizes = min(half, int(np.ceil(_FIRST_BLOCK / _ERROR_RATE))), []
    while size < half:
        sizes.append(size)
        size *= 2
    return sizes + [half] * _EXTRA_PASSES


def _pack(number: int, low: np.ndarray, high: np.ndarray) -> bytes:
    return _HEAD.pack(number, low.size) + np.stack((low, high), axis=1).astype(">u4").tobytes()


def _unpack(question: bytes, bits: int) -> tuple[int, np.ndarray, np.ndarray]:
    if len(question) < _HEAD.size:
        raise KeyAgreementError("A question of Cascade is too short. Both ends must run the same version.")
    number, count = _HEAD.unpack_from(question)
    if number >= _MOST_PASSES or count > bits or len(question) != _HEAD.size + 8 * count:
        raise KeyAgreementError(f"A question of Cascade must name up to {bits} ranges of a pass below {_MOST_PASSES}, and no more. It does not.")
    low, high = np.frombuffer(question, ">u4", offset=_HEAD.size).astype(np.int64).reshape(-1, 2).T
    if count and (not (low < high).all() or high.max() > bits):
        raise KeyAgreementError(f"The ranges of a question of Cascade must lie within {bits} bits. They do not.")
    return number, low, high


def _parities(answer: bytes, count: int) -> np.ndarray:
    if len(answer) != (count + 7) // 8:
        raise KeyAgreementError(f"An answer of Cascade must have {count} parities. Got {8 * len(answer)} bits instead.")
    return np.unpackbits(np.frombuffer(answer, np.uint8))[:count]
