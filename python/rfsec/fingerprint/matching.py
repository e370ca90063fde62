# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose fingerprint it is: the nearest emitter of a gallery, or the check of a claim."""

from dataclasses import dataclass

import numpy as np

from ..errors import ClaimError, GalleryError, ParameterError
from .distances import pairwise
from .enrolled import checked_embeddings, shown
from .gallery import Gallery

ACCEPTED, UNKNOWN = "accepted", "unknown"
_AT_ONCE = 1 << 22  # distances that are in memory at a time


@dataclass(frozen=True, slots=True)
class Identification:
    """Whose a fingerprint is.

    Attributes
    ----------
    emitter : str or None
        The nearest emitter, where it is within the threshold.
    nearest : str or None
        The nearest emitter; None only where nobody is enrolled.
    distance : float
        To it; infinite where there is none.
    score : float
        1 / (1 + distance): 1 is identical.
    verdict : str
        "accepted" or "unknown".
    """

    emitter: str | None
    nearest: str | None
    distance: float
    score: float
    verdict: str


class Matcher:
    """Search in a gallery, which is read once, and again when any process has changed it.

    The distance to an emitter is the mean of those to its `k` nearest examples, or to all where it has fewer.

    Parameters
    ----------
    gallery : Gallery
        Open as long as this is used.
    """

    def __init__(self, gallery: Gallery) -> None:
        self._gallery, self._state = gallery, None
        weights = gallery.encoder.weights
        self._weights = None if weights is None else np.array(weights, np.float32)

    def identify(self, embedding: np.ndarray, threshold: float, k: int = 1) -> Identification:
        """Return whose a fingerprint is, float32 [size]; see `identify_all`."""
        return self.identify_all(np.asarray(embedding)[None], threshold, k)[0]

    def identify_all(self, embeddings: np.ndarray, threshold: float, k: int = 1) -> list[Identification]:
        """Return whose each fingerprint is.

        Parameters
        ----------
        embeddings : float32 [n, size]
        threshold : float
            Largest distance that is accepted, at least 0.
        k : int
            At least 1.

        Raises
        ------
        ParameterError
            `threshold` or `k` is outside its range.
        GalleryError
            These are no fingerprints of the gallery's encoder, or the gallery is found damaged.
        """
        queries = self._prepare(embeddings, threshold, k)
        if not self._names:
            return [Identification(None, None, float("inf"), 0.0, UNKNOWN)] * len(queries)
        step = max(1, _AT_ONCE // len(self._examples))
        found = []
        for first in range(0, len(queries), step):
            some = queries[first : first + step]
            nearest, distances = self._nearest(some) if k == 1 else self._nearest_by_mean(some, k)
            found += [self._decided(self._names[at], distance, threshold) for at, distance in zip(nearest.tolist(), distances.tolist())]
        return found

    def verify(self, embedding: np.ndarray, claim: str, threshold: float, k: int = 1) -> None:
        """Return if a fingerprint, float32 [size], is within `threshold` of the emitter named `claim`, and no other is nearer.

        Raises
        ------
        ClaimError
            It is not.
        GalleryError
            There is no such emitter; and as `identify_all`.
        ParameterError
            As `identify_all`.
        """
        distance, found = self.distance(embedding, claim, k), self.identify(embedding, threshold, k)
        if not distance <= threshold:
            raise ClaimError(f"This is not {claim!r}: its distance is {distance:.4g}, and at most {threshold:.4g} is accepted.")
        if found.nearest != claim:
            raise ClaimError(f"This is not {claim!r}: {found.nearest!r} is nearer, at the distance {found.distance:.4g} against "
                             f"{distance:.4g}, and a claim holds only for the nearest emitter that is enrolled.")

    def distance(self, embedding: np.ndarray, name: str, k: int = 1) -> float:
        """Return the distance of a fingerprint, float32 [size], from the emitter `name`.

        Raises GalleryError where there is no such emitter; and as `identify_all`.
        """
        query = self._prepare(np.asarray(embedding)[None], 0.0, k)[0]
        if name not in self._names:
            raise GalleryError(f"{self._gallery.path}: no emitter {shown(name)} is enrolled. List the gallery for those that are.")
        return self._mean_distance(query, self._names.index(name), k)

    def _prepare(self, embeddings: np.ndarray, threshold: float, k: int) -> np.ndarray:
        if not 0 <= threshold < float("inf"):
            raise ParameterError(f"The 'threshold' of a match must be a distance of at least 0. Got {threshold} instead.")
        if not isinstance(k, int) or k < 1:
            raise ParameterError(f"The 'k' of a match must be a whole number of at least 1. Got {k} instead.")
        queries = checked_embeddings(embeddings, self._gallery.encoder)
        state = self._gallery.state()
        if state != self._state:
            enrolled = self._gallery.enrolled()
            self._names, self._examples = [one.name for one in enrolled.emitters], enrolled.embeddings
            self._counts = np.array([one.examples for one in enrolled.emitters], np.intp)
            self._starts = np.cumsum(self._counts) - self._counts
            self._owner = np.repeat(np.arange(len(self._names)), self._counts)
            if self._weights is None:  # squares of what all fingerprints have in common would hide their differences
                self._centre = self._examples.sum(axis=0) / np.float32(max(1, len(self._examples)))
                self._centred = self._examples - self._centre
                self._squares = np.einsum("ns,ns->n", self._centred, self._centred)
            self._state = state
        return queries

    def _nearest(self, queries: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Emitter and distance of the nearest example of each query; the distance does not depend on the other queries."""
        at = self._compared(queries).argmin(axis=1)
        return self._owner[at], self._exact(self._examples[at], queries)

    def _nearest_by_mean(self, queries: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
        distances = self._compared(queries)
        if self._weights is None:
            centred = queries - self._centre
            distances += np.einsum("ns,ns->n", centred, centred)[:, None]
            distances = np.sqrt(np.maximum(distances, 0))
        total = np.zeros((len(queries), len(self._names)), np.float32)
        for turn in range(min(k, int(self._counts.max()))):
            nearest = np.minimum.reduceat(distances, self._starts, axis=1)
            total[:, self._counts > turn] += nearest[:, self._counts > turn]
            row, column = np.nonzero(distances == nearest[:, self._owner])
            first = np.diff(row * len(self._names) + self._owner[column], prepend=-1) > 0  # where several are as near
            distances[row[first], column[first]] = np.inf
        nearest = (total / np.minimum(self._counts, k)).argmin(axis=1)
        return nearest, np.array([self._mean_distance(query, at, k) for query, at in zip(queries, nearest)])

    def _compared(self, queries: np.ndarray) -> np.ndarray:
        """What orders examples as their distance does, [n, examples]: for Euclidean ones its square, less the query's own."""
        if self._weights is not None:
            return pairwise(queries, self._examples, self._weights)
        compared = (queries - self._centre) @ self._centred.T
        compared *= -2
        compared += self._squares
        return compared

    def _mean_distance(self, query: np.ndarray, emitter: int, k: int) -> float:
        first, count = self._starts[emitter], self._counts[emitter]
        distances = np.sort(self._exact(self._examples[first : first + count], query))
        return float(distances[:k].mean())

    def _exact(self, examples: np.ndarray, queries: np.ndarray) -> np.ndarray:
        """Distances of rows, without what the difference of large squares would lose."""
        differences = examples - queries
        if self._weights is None:
            return np.sqrt(np.square(differences).sum(axis=1))
        return (np.abs(differences) * self._weights).sum(axis=1)

    def _decided(self, nearest: str, distance: float, threshold: float) -> Identification:
        accepted = distance <= threshold
        return Identification(nearest if accepted else None, nearest, distance, 1 / (1 + distance), ACCEPTED if accepted else UNKNOWN)
