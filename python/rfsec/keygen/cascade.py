# SPDX-License-Identifier: GPL-3.0-or-later
"""Cascade: parities of blocks under several permutations, halved where they differ, and looked back at after each correction.

G. Brassard and L. Salvail, "Secret-key reconciliation by public discussion", EUROCRYPT 1993; parts of halved blocks stay known,
as in J. Martinez-Mateo et al., "Demystifying the information reconciliation protocol Cascade", Quantum Inf. Comput. 15, 2015.
Here nobody has to know the error rate: the first pass's blocks are halved until few enough are odd, which costs no parity that
small blocks would not have cost. The other passes are halves of all bits, ten in one round trip, until ten find nothing; blocks
in between cost as much. All odd blocks that share no bit are halved in one round trip.
"""

import numpy as np

from ..errors import KeyAgreementError
from .cascade_parities import KnownParities
from .cascade_responder import PLACE, require_few
from .interleave import permutation

_FIRST_BLOCKS = 8
_MOST_ODD = 0.4  # of the first blocks: at 0.73 errors a block (Brassard and Salvail, section 7) 0.38 are odd
_CHECKS = 10  # halves of the bits at random: each sees what is left with a chance of one half


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
        self._passes = [KnownParities(permutation(seed, 0, len(self.bits)))]
        self._size = -(-len(self.bits) // _FIRST_BLOCKS)
        self._sized = self._checked = False
        self._turned = np.zeros(len(self.bits), bool)
        self._asked = _places(0, np.append(self._starts(), len(self.bits)))

    def question(self) -> bytes | None:
        """See `reconciliation.Corrector`."""
        if not self._asked.size:
            return None
        require_few(self.leaked + self._asked.size, len(self.bits))
        return self._asked.tobytes()

    def take(self, answer: bytes) -> None:
        """See `reconciliation.Corrector`."""
        asked = self._asked
        if len(answer) != (asked.size + 7) // 8 or not asked.size:
            raise KeyAgreementError(f"An answer of Cascade must have {asked.size} parities. Got {8 * len(answer)} bits instead.")
        told = np.unpackbits(np.frombuffer(answer, np.uint8))[: asked.size]
        self.leaked += asked.size
        self.round_trips += 1
        for number in np.unique(asked["number"]):
            chosen = asked["number"] == number
            self._passes[number].learn(asked["end"][chosen].astype(np.int64), told[chosen])
        self._correct()
        self._asked = self._next()

    def _correct(self) -> None:
        """Turn every bit that is an odd block by itself. Alice has told it, so that once is enough, unless she contradicts herself."""
        for one in self._passes:
            odd = one.odd(self.bits)
            single = one.order[odd[np.diff(odd)[:, 0] == 1, 0]]
            if self._turned[single].any():
                raise KeyAgreementError("Two parities of Alice contradict each other. Start both ends again.")
            self._turned[single] = True
            self.bits[single] ^= 1

    def _next(self) -> np.ndarray:
        """What to ask, or nothing at the end."""
        first = self._passes[0]
        self._sized = self._sized or self._size == 1 or len(first.odd(self.bits)) <= _MOST_ODD * first.blocks
        if not self._sized:
            self._size = -(-self._size // 2)
            return _places(0, first.middles())
        halves = self._halves()
        if halves.size or self._checked:
            self._checked = False
            return halves
        self._checked = True
        return _places([self._new_pass() for _ in range(_CHECKS)], (len(self.bits) + 1) // 2)

    def _halves(self) -> np.ndarray:
        """Middles of odd blocks, the smallest first, no two of which share a bit: each has an error of its own to be found."""
        odd = sorted((high - low, number, low, high) for number, one in enumerate(self._passes) for low, high in one.odd(self.bits))
        free, found = np.ones(len(self.bits), bool), []
        for _, number, low, high in odd:
            places = self._passes[number].order[low:high]
            if free[places].all():
                free[places] = False
                found.append((number, (low + high) // 2))
        return np.sort(np.array(found, PLACE))

    def _new_pass(self) -> int:
        number = len(self._passes)
        self._passes.append(KnownParities(permutation(self._seed, number, len(self.bits)), self._passes[0].total))
        return number

    def _starts(self) -> np.ndarray:
        """Where all blocks of the present size but the first begin."""
        return np.arange(self._size, len(self.bits), self._size)


def _places(numbers: int | list[int], ends: int | np.ndarray) -> np.ndarray:
    found = np.empty(np.broadcast(numbers, ends).shape, PLACE)
    found["number"], found["end"] = numbers, ends
    return found
