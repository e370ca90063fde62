# SPDX-License-Identifier: GPL-3.0-or-later
"""How well an encoder tells pairs apart: embeddings of recordings that enrol against those of recordings that are tried."""

from dataclasses import dataclass

import numpy as np

from ..fingerprint.distances import fused, pairwise
from ..fingerprint.verification_metrics import area_under_roc, equal_error_rate, pair_accuracy
from .encoder_card import Embedding, Scores


@dataclass(frozen=True)
class Pairs:
    """Distances of pairs.

    Attributes
    ----------
    genuine, impostor : float32 [n], [m]
        Of pairs of one emitter, and of two.
    """

    genuine: np.ndarray
    impostor: np.ndarray

    def scores(self, embedding: Embedding) -> Scores:
        """The pair accuracy counts both kinds alike, as the siamese paper's section 2.1 does."""
        return Scores(
            pair_accuracy=pair_accuracy(self.genuine, self.impostor, embedding.same_below),
            equal_error_rate=equal_error_rate(self.genuine, self.impostor),
            area_under_roc=area_under_roc(self.genuine, self.impostor),
        )


def pairs(embedding: Embedding, enrolled: np.ndarray, tried: np.ndarray, together: int = 1) -> Pairs:
    """Return the distances of every pair of an enrolled and a tried fingerprint, none with itself.

    Parameters
    ----------
    embedding : Embedding
        Of the encoder's card.
    enrolled, tried : float32 [emitters, windows, size]
        Of two recordings of the same emitters. Where they are one and the same array, its first half enrols.
    together : int
        Embeddings of a recording that are fused into one fingerprint, at least 1.
    """
    if enrolled is tried:
        half = enrolled.shape[1] // 2
        enrolled, tried = enrolled[:, :half], enrolled[:, half:]
    one, other = (_fused(part, together, embedding.unit_length) for part in (enrolled, tried))
    distance = pairwise(one.reshape(-1, embedding.size), other.reshape(-1, embedding.size), embedding.weights)
    emitters = [np.repeat(np.arange(len(part)), part.shape[1]) for part in (one, other)]
    same = emitters[0][:, None] == emitters[1][None]
    return Pairs(distance[same], distance[~same])


def _fused(embeddings: np.ndarray, together: int, unit_length: bool) -> np.ndarray:
    emitters, windows, size = embeddings.shape
    groups = windows // together
    return fused(embeddings[:, : groups * together].reshape(emitters, groups, together, size), unit_length)
