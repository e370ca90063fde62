# SPDX-License-Identifier: GPL-3.0-or-later
"""Estimates of the min-entropy of a probe's symbols when its guard bands are public; each bounds it from above.

In the spirit of NIST SP 800-90B, section 6.3: each one sees another weakness, at the edge of a 99% confidence interval, and
the least counts.

Words are int8 [n, m]: symbols from 0 to levels - 1, or `GUARD`. `known` are the words, int8 [k, m], that statistics are of.
"""

import numpy as np

from .guard_band import GUARD
from .words import distances

_EDGE = 2.576  # standard deviations: SP 800-90B, section 6.3.1
_CENTRES = 1024
_GAPS = 4  # that are told apart: neighbours, and 1, 2, or more guard bands between


def of_values(words: np.ndarray, known: np.ndarray, levels: int) -> np.ndarray:
    """Bits of each word, float64 [n], where a guess takes the most common symbol of each place: what is the same for all probes."""
    counts = np.stack([(known == level).sum(axis=0) for level in range(levels)])
    return -(words != GUARD).sum(axis=1) * np.log2(_upper(counts.max(axis=0).sum(), counts.sum()))


def of_neighbours(words: np.ndarray, known: np.ndarray, levels: int, chains: int) -> np.ndarray:
    """Bits of each word, float64 [n], as a Markov chain along its symbols (section 6.3.3): those of its likeliest path.

    Chances depend on how many guard bands lie between two symbols: a sign may well change there. `chains` is how many equal
    parts each word has that are chains of their own: 2 for real and imaginary parts.
    """
    first, chances = _transitions(np.concatenate(np.split(known, chains, axis=1)), levels)
    bits = np.zeros(len(words))
    for part in np.split(words, chains, axis=1):
        best, gap = np.tile(first, (len(words), 1)), np.full(len(words), -1)
        for column in part.T:
            kept, begun = column != GUARD, gap >= 0
            step = (best[:, :, None] + chances[np.clip(gap, 0, _GAPS - 1)]).max(axis=1)
            best = np.where((kept & begun)[:, None], step, best)
            gap = np.where(kept, 0, gap + begun)
        bits -= np.where(gap >= 0, best.max(axis=1), 0)
    return bits


def of_distances(known: np.ndarray, levels: int) -> float:
    """Bits of any word: as many independent symbols as give distances between probes their spread.

    J. Daugman, "The importance of being random: statistical principles of iris recognition", Pattern Recognition 36, 2003.
    """
    apart, common = (of_pairs[np.triu_indices(len(known), 1)] for of_pairs in distances(known, known, levels))
    apart = apart[common >= np.median(common)]  # what few symbols say differs more
    mean, variance = float(apart.mean()), float(apart.var())
    if not 0 < mean < 1:
        return 0.0
    return (mean * (1 - mean) / variance if variance else known.shape[1]) * -np.log2(1 - mean)


def of_patterns(known: np.ndarray, levels: int, tolerance: float) -> float:
    """Bits of any word, where a guess takes the most common probe: one that the most others are no further from than a share `tolerance`."""
    kept = (known != GUARD).sum(axis=1)
    centres = known[kept >= np.median(kept)]  # a guess names all symbols, and one of few symbols is near to all
    centres = centres[:: -(-len(centres) // _CENTRES)]
    near = max(int((distances(one[None], known, levels)[0] <= tolerance).sum()) for one in centres)
    return abs(float(np.log2(_upper(near, len(known)))))


def average(log2_chances: np.ndarray) -> float:
    """Average min-entropy in bits, of logarithms, float64 [n], of the chances of the best guess; 0 where there are none.

    Y. Dodis et al., "Fuzzy extractors", SIAM J. Comput. 38, 2008, section 2.4: the chances are averaged, not the bits.
    """
    if not log2_chances.size:
        return 0.0
    most = log2_chances.max()
    return abs(float(most + np.log2(np.mean(np.exp2(log2_chances - most)))))


def _transitions(chains: np.ndarray, levels: int) -> tuple[np.ndarray, np.ndarray]:
    """Logarithms of upper bounds of chances: float64 [K] of a symbol, float64 [gaps, K, K] of the second after the first."""
    counts = np.zeros((_GAPS, levels, levels))
    last, gap = np.full(len(chains), GUARD), np.zeros(len(chains), int)
    for column in chains.T:
        kept = column != GUARD
        both = kept & (last != GUARD)
        np.add.at(counts, (np.minimum(gap, _GAPS - 1)[both], last[both], column[both]), 1)
        last, gap = np.where(kept, column, last), np.where(kept, 0, gap + 1)
    each = np.array([(chains == level).sum() for level in range(levels)])
    return np.log2(_upper(each, each.sum())), np.log2(_upper(counts, counts.sum(axis=2, keepdims=True)))


def _upper(count: np.ndarray | int, of: np.ndarray | int) -> np.ndarray:
    """Upper bound of the chance of what was seen `count` times; 1 where there is next to nothing to tell from."""
    share = count / np.maximum(of, 1)
    bound = np.minimum(1, share + _EDGE * np.sqrt(share * (1 - share) / np.maximum(of - 1, 1)))
    return np.where(of > 1, np.maximum(bound, np.finfo(float).tiny), 1.0)
