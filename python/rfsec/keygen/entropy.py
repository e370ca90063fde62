# SPDX-License-Identifier: GPL-3.0-or-later
"""What probes are worth: the min-entropy that a key may be drawn from."""

from dataclasses import dataclass

import numpy as np

from ..errors import ParameterError
from . import entropy_estimates as estimates
from .guard_band import GUARD, LEVELS
from .words import bits_apart, quarter_turns

#: Min-entropy of one of the 100,902 positions of the KGNet paper's room, as measured. No probe is credited more.
MOST_BITS = 12.1
FEWEST_PROBES = 16  # that statistics are taken of; a key of 128 bits needs as many
_MOST_PROBES = 512
_AT_ONCE, _OTHERS_AT_ONCE, _ROWS = 256, 1 << 14, 16


@dataclass(frozen=True)
class ProbeCredit:
    """Credits min-entropy to the probes of an agreement; it fits `agreement.Credit`.

    Assumed of Eve: she knows how channels are made, measured, mapped and quantized, the statistics of their symbols, and all that
    was said in public. She has no table of this room's channels, from which she could look Bob up, and no antenna so near
    to his that she measures his channel. Against either, nothing here holds.

    Each probe gets the least of

    - `most_bits`, since a channel is a function of the position;
    - the bits that the statistics of this and the last agreements' probes leave it, its public guard bands known
      (`entropy_estimates`);
    - the bits that it holds for one who knows every probe before it (`words.bits_apart`): a place pays once. Where `carriers`
      holds, earlier probes count turned by quarters too, since a few centimetres turn the phase of all carriers alike.

    Noise can make a probe of the same place look new. That pays nothing in the end, since correcting it tells as many bits.

    Parameters
    ----------
    levels : int
        2, 4 or 8.
    carriers : bool
        Whether symbols are those of real parts, then of imaginary parts, of carriers in their order, as `guard_band` gives
        them; else those of components. Only sanitised responses may be credited as components: they have no phase to turn.
    most_bits : float
        0 to `MOST_BITS`: what a position is worth where `worth.measure_worth` found it.

    Raises
    ------
    ParameterError
        A parameter is outside its range.
    """

    levels: int = 2
    carriers: bool = True
    most_bits: float = MOST_BITS

    def __post_init__(self) -> None:
        if self.levels not in LEVELS:
            raise ParameterError(f"The 'levels' of a credit must be 2, 4 or 8. Got {self.levels!r} instead.")
        if not 0 <= self.most_bits <= MOST_BITS:
            raise ParameterError(f"The 'most_bits' of a credit must be 0 to {MOST_BITS}. Got {self.most_bits!r} instead.")

    def __call__(self, symbols: np.ndarray, kept: np.ndarray, earlier: np.ndarray) -> float:
        """Bits of all probes of an agreement together; see `each`."""
        return float(self.each(symbols, kept, earlier).sum())

    def each(self, symbols: np.ndarray, kept: np.ndarray, earlier: np.ndarray) -> np.ndarray:
        """Return the bits, float64 [n], that each probe is worth when all before it are known.

        Parameters
        ----------
        symbols : int8 [n, m]
        kept : bool [n, m]
            Where neither end has a guard band.
        earlier : int8 [k, m]
            Symbols of all probes of earlier agreements. Fewer than 16 probes in all have no statistics, and no credit.
        """
        words = np.where(kept, symbols, np.int8(GUARD))
        known = np.concatenate((earlier, words))
        if len(known) < FEWEST_PROBES:
            return np.zeros(len(words))
        return np.min([*self.by_statistics(words, known).values(), self._news(known, len(earlier))], axis=0)

    def by_statistics(self, words: np.ndarray, known: np.ndarray) -> dict[str, np.ndarray]:
        """Bits of each word, float64 [n], by each estimate that a few `known` words are enough for; the last of those count."""
        last = known[-_MOST_PROBES:]
        return {
            "position": np.full(len(words), self.most_bits),
            "values": estimates.of_values(words, last, self.levels),
            "neighbours": estimates.of_neighbours(words, last, self.levels, 2 if self._has_parts(last) else 1),
            "distances": np.full(len(words), estimates.of_distances(last, self.levels)),
        }

    def limits(self, words: np.ndarray) -> dict[str, float]:
        """Mean bits of a probe by each of those estimates, of words int8 [n, m]; too few of them are worth nothing."""
        if len(words) < FEWEST_PROBES:
            return {"probes": 0.0}
        return {name: float(bits.mean()) for name, bits in self.by_statistics(words, words).items()}

    def beside(self, words: np.ndarray, known: np.ndarray) -> np.ndarray:
        """Return the bits, float64 [n], that each word, int8 [n, m], holds for one who has the same row of `known`, int8 [n, m]."""
        bits = np.full(len(words), np.inf)
        for others in self._turned(known):
            for start in range(0, len(words), _ROWS):
                rows = slice(start, start + _ROWS)
                bits[rows] = np.minimum(bits[rows], np.diagonal(bits_apart(words[rows], others[rows], self.levels)))
        return bits

    def _news(self, known: np.ndarray, first: int) -> np.ndarray:
        """Bits of each of the words `known` from number `first` on, given all before it, but for those that say next to nothing."""
        symbols = (known != GUARD).sum(axis=1)
        telling = symbols >= np.median(symbols) / 2
        bits = np.full(len(known) - first, np.inf)
        turned = self._turned(known)
        for start in range(first, len(known), _AT_ONCE):
            end = min(start + _AT_ONCE, len(known))
            for low in range(0, end, _OTHERS_AT_ONCE):
                high = min(low + _OTHERS_AT_ONCE, end)
                before = telling[low:high] & (np.arange(low, high) < np.arange(start, end)[:, None])
                for others in turned:
                    apart = np.where(before, bits_apart(known[start:end], others[low:high], self.levels), np.inf)
                    bits[start - first : end - first] = np.minimum(bits[start - first : end - first], apart.min(axis=1))
        return bits

    def _turned(self, words: np.ndarray) -> np.ndarray:
        return quarter_turns(words, self.levels) if self._has_parts(words) else words[None]

    def _has_parts(self, words: np.ndarray) -> bool:
        return self.carriers and words.shape[1] % 2 == 0
