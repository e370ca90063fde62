# SPDX-License-Identifier: GPL-3.0-or-later
"""How well emitters are identified from few enrolled bursts, and strangers told from them, over random choices of both."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import ParameterError
from .distances import fused, pairwise
from .verification_metrics import equal_error_rate

_Pair = tuple[np.ndarray, np.ndarray]  # rows of bursts to be enrolled, and of bursts to be tried
ENROLLED = (1, 2, 5, 10)
DRAWS = 100
_MOST_DRAWS = 3_000  # over all sessions or pairs of them; each has at least one


@dataclass(frozen=True, slots=True)
class IdentificationRates:
    """What was measured; a rate for which there are too few bursts is not there.

    Attributes
    ----------
    identification : dict of int to float
        By number of enrolled bursts: the share of the session's other bursts that are nearest to their own emitter.
    cross_session : dict of int to float
        The same of the bursts of another session.
    open_set_eer : float or None
        Equal error rate of accepting a burst as its own emitter and a stranger's burst as any enrolled emitter, the nearest.
        Half of the emitters, drawn anew each time, are strangers. Enrolled in one session and tried in another where that
        can be, else within a session.
    open_set_enrolled : int or None
        Enrolled bursts for it: the largest of `ENROLLED` below the median number of bursts of an emitter in a session.
    """

    identification: dict[int, float]
    cross_session: dict[int, float]
    open_set_eer: float | None
    open_set_enrolled: int | None


def measure_identification(
    embeddings: np.ndarray, emitters: Sequence[str], sessions: Sequence[str], *, weights: np.ndarray | None = None,
    unit_length: bool = False, draws: int = DRAWS, seed: int = 0,
) -> IdentificationRates:
    """Enrol emitters from bursts drawn at random, and identify other bursts.

    Rates are means over draws, and over sessions or pairs of them. The enrolled embeddings of an emitter are fused into one.
    Emitters with too few bursts in a session are not enrolled in it, and bursts of those are not tried. At least two emitters
    must be enrolled for a rate.

    Parameters
    ----------
    embeddings : float32 [n, size]
    emitters, sessions : sequence of str [n]
        Who sent each burst, and in which sitting it was received.
    weights : float32 [size] or None
        Of a weighted L1 norm; None for the Euclidean distance.
    unit_length : bool
        Whether the embeddings have length 1.
    draws : int
        For each session or pair, at least 1; fewer where there are hundreds.
    seed : int
        Of the draws, at least 0.

    Raises
    ------
    ParameterError
        The lengths differ, an embedding is not finite, or `draws` is below 1.
    """
    embeddings = np.asarray(embeddings, np.float32)
    if embeddings.ndim != 2 or not len(embeddings) == len(emitters) == len(sessions) or not np.isfinite(embeddings).all():
        raise ParameterError(f"Each of the embeddings must be finite and have one emitter and one session. Got {embeddings.shape}, "
                             f"{len(emitters)} emitters and {len(sessions)} sessions.")
    if draws < 1:
        raise ParameterError(f"The 'draws' of a measurement must be at least 1. Got {draws} instead.")
    bursts = _Bursts(embeddings, emitters, sessions, weights, unit_length)
    same, cross = bursts.pairs_of_sessions()
    rates = [{count: bursts.identification_rate(pairs, count, draws, np.random.default_rng((seed, kind, count))) for count in ENROLLED}
             for kind, pairs in enumerate((same, cross))]
    rates = [{count: rate for count, rate in one.items() if rate is not None} for one in rates]
    count = max((one for one in ENROLLED if one < bursts.usual_count), default=1)
    for pairs in (cross, same):
        error_rate = bursts.stranger_error_rate(pairs, count, draws, np.random.default_rng((seed, 2, count)))
        if error_rate is not None:
            return IdentificationRates(*rates, error_rate, count)
    return IdentificationRates(*rates, None, None)


class _Bursts:
    def __init__(self, embeddings, emitters, sessions, weights, unit_length) -> None:
        self._embeddings, self._weights, self._unit_length = embeddings, weights, unit_length
        self._emitter = np.unique(list(emitters), return_inverse=True)[1]
        session = np.unique(list(sessions), return_inverse=True)[1]
        self._rows = [np.flatnonzero(session == one) for one in range(session.max(initial=-1) + 1)]
        groups = np.unique(np.stack((session, self._emitter)), axis=1, return_counts=True)[1]
        self.usual_count = float(np.median(groups)) if groups.size else 0.0

    def pairs_of_sessions(self) -> tuple[list[_Pair], list[_Pair]]:
        """Bursts of each session to be enrolled and tried, and of each two sessions; none that has but one emitter to enrol."""
        several = [rows for rows in self._rows if np.ptp(self._emitter[rows]) > 0]
        return [(one, one) for one in several], [(one, other) for one in several for other in self._rows if one is not other]

    def identification_rate(self, pairs: list[_Pair], count: int, draws: int, rng: np.random.Generator) -> float | None:
        rates = [np.mean(distances.argmin(axis=1) == own) for own, distances in self._draws(pairs, count, draws, rng)]
        return float(np.mean(rates)) if rates else None

    def stranger_error_rate(self, pairs: list[_Pair], count: int, draws: int, rng: np.random.Generator) -> float | None:
        genuine, impostor = [np.empty(0, np.float32)], [np.empty(0, np.float32)]
        for own, distances in self._draws(pairs, count, draws, rng):
            is_strange = rng.permutation(distances.shape[1]) < distances.shape[1] // 2
            strange = is_strange[own]
            genuine.append(distances[~strange, own[~strange]])
            impostor.append(distances[np.ix_(strange, ~is_strange)].min(axis=1))
        genuine, impostor = np.concatenate(genuine), np.concatenate(impostor)
        return equal_error_rate(genuine, impostor) if genuine.size and impostor.size else None

    def _draws(
        self, pairs: list[_Pair], count: int, draws: int, rng: np.random.Generator
    ) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Which of the enrolled emitters sent each tried burst, int [tried], and its distances from them, [tried, emitters]."""
        for enrolled, tried in pairs:
            known, counts = np.unique(self._emitter[enrolled], return_counts=True)
            known, counts = known[counts >= count], counts[counts >= count]
            if len(known) < 2:
                continue
            enrolled = enrolled[np.isin(self._emitter[enrolled], known)]
            tried = tried[np.isin(self._emitter[tried], known)]
            own = np.searchsorted(known, self._emitter[tried])
            places = (np.cumsum(counts) - counts)[:, None] + np.arange(count)
            for _ in range(max(1, min(draws, _MOST_DRAWS // len(pairs)))):
                shuffled = enrolled[np.lexsort((rng.random(enrolled.size), self._emitter[enrolled]))]
                chosen = shuffled[places]
                left = np.ones(len(self._emitter), bool)
                left[chosen] = False
                left = left[tried]
                if left.any():
                    prints = fused(self._embeddings[chosen], self._unit_length)
                    yield own[left], pairwise(self._embeddings[tried[left]], prints, self._weights)
