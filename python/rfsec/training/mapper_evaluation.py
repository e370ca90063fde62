# SPDX-License-Identifier: GPL-3.0-or-later
"""How well a mapper's features agree with Bob's, at each SNR, on positions that were not trained on."""

from collections.abc import Callable

import numpy as np

from ..datasets.room_radios import measure
from ..datasets.seeding import Purpose, seed_sequence
from ..inference.mapper_card import MapperScores
from ..inference.mapper_features import normalised, represented, restored
from ..keygen.features import features, from_features
from ..keygen.guard_band import quantize
from ..keygen.metrics import key_error_rate, key_generation_ratio, nmse
from .mapper_corpus import MapperCorpus

SNRS_DB = (0, 5, 10, 15, 20, 25, 30, 35, 40)
LEVELS, EPSILON = 2, 0.1  # the paper's section VII-C


def scores(corpus: MapperCorpus, alice: Callable[[np.ndarray], np.ndarray]) -> dict[str, MapperScores]:
    """Return scores by SNR, of both ends.

    Parameters
    ----------
    corpus : MapperCorpus
    alice : callable
        From measured band 1, complex64 [n, L], to normalised features of band 2, float32 [n, 2L].
    """
    by = corpus.normalisations[1]
    kind, radio = corpus.recipe.representation, corpus.recipe.radio
    true = represented(kind, corpus.channels.band2[corpus.test])
    found = {}
    for snr_db in SNRS_DB:
        rng = np.random.default_rng(seed_sequence(Purpose.EVALUATION, corpus.seed, snr_db))
        mapped = alice(measure(corpus.channels.band1[corpus.test], snr_db, rng, radio))
        measured = normalised(features(represented(kind, measure(corpus.channels.band2[corpus.test], snr_db, rng, radio))), by)
        one, other = (quantize(values, LEVELS, EPSILON) for values in (mapped, measured))
        found[str(snr_db)] = MapperScores(
            key_error_rate=key_error_rate(one, other),
            key_generation_ratio=key_generation_ratio(one, other),
            nmse=nmse(mapped, measured),
            nmse_h=nmse(from_features(restored(mapped, by)), true),
        )
    return found
