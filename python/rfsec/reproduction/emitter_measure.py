# SPDX-License-Identifier: GPL-3.0-or-later
"""How well an encoder tells emitters apart under every condition: pairs, fused windows, receivers, one-shot identification."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from ..datasets.emitter_conditions import CONDITIONS, STRANGERS, Condition
from ..fingerprint.distances import fused, pairwise
from ..fingerprint.thresholds import threshold_for
from ..inference.encoder_card import EncoderCard, Scores
from ..inference.encoder_scores import Pairs, pairs
from ..inference.encoder_session import EncoderSession
from ..training.encoder_evaluation import recordings

TOGETHER = (1, 4, 32)  # windows that are fused
RECEIVERS = (1, 2, 4)
ENROLLED = (1, 2, 5, 10)
EMITTERS = (4, 16, 64, 256)  # as far as there are four times those of the conditions
FALSE_ACCEPTS = 0.01
_MOST = 24  # fingerprints of a recording that are paired with each other
_EXAMPLE = 8  # windows of an enrolled or a tried burst
_TRIED, _OTHERS = 4, 100  # bursts of each emitter, and emitters that are never enrolled
_ONE_SHOT = tuple(one for one in CONDITIONS if one.first == STRANGERS)[1:3]  # another day, another channel


@dataclass(frozen=True)
class OneShot:
    """Identification among `emitters` from `enrolled` bursts of each, with strangers rejected.

    Attributes
    ----------
    condition : str
    emitters, enrolled : int
    identified : float
        Share of the bursts whose emitter is named, and within the threshold. None are where no threshold refuses strangers, because
        too many have the very fingerprint of an enrolled emitter.
    false_accepts : float
        Share of the strangers' bursts within it; the threshold is chosen for 1% on other strangers.
    """

    condition: str
    emitters: int
    enrolled: int
    identified: float
    false_accepts: float


@dataclass(frozen=True)
class EmitterResult:
    """What was measured of one encoder.

    Attributes
    ----------
    card : EncoderCard
    scores : dict
        By number of fused windows, then by condition.
    receivers : dict
        By number of receivers that hear the same bursts, then by condition; of single windows.
    one_shot : list of OneShot
    """

    card: EncoderCard
    scores: dict[int, dict[str, Scores]]
    receivers: dict[int, dict[str, Scores]]
    one_shot: list[OneShot]


def measure_encoder(session: EncoderSession, emitters: int, windows: int, report: Callable[[int, int], None]) -> EmitterResult:
    """Measure an encoder of 802.11 frames.

    Parameters
    ----------
    session : EncoderSession
    emitters, windows : int
        Unseen emitters of a condition, and windows of each recording.
    report : callable
        Told how many steps are done, and of how many.
    """
    what = (session.embed, session.card.input.representation, "80211a")
    embedding = session.card.embedding
    scores = {together: {} for together in TOGETHER if together <= windows // 2}
    receivers = {count: {} for count in RECEIVERS}
    one_shot, steps = [], len(CONDITIONS) + 1
    for step, condition in enumerate(CONDITIONS):
        report(step, steps)
        enrolled, tried = recordings(*what, condition, emitters, windows)
        for together in scores:
            few = slice(_MOST * together)  # millions of pairs tell no more
            parts = (enrolled[:, few],) * 2 if enrolled is tried else (enrolled[:, few], tried[:, few])
            scores[together][condition.name] = pairs(embedding, *parts, together).scores(embedding)
    report(len(CONDITIONS), steps)
    for condition in _ONE_SHOT:
        heard = [pairs(embedding, *recordings(*what, replace(condition, by=receiver), emitters, max(8, windows // 16)))
                 for receiver in range(max(RECEIVERS))]
        for count in RECEIVERS:
            mean = Pairs(*(np.mean([getattr(one, kind) for one in heard[:count]], axis=0) for kind in ("genuine", "impostor")))
            receivers[count][condition.name] = mean.scores(embedding)
        one_shot += _one_shot(session, what, condition, [count for count in EMITTERS if count <= 4 * emitters])
    return EmitterResult(session.card, scores, receivers, one_shot)


def _one_shot(session: EncoderSession, what: tuple, condition: Condition, counts: list[int]) -> list[OneShot]:
    windows = _EXAMPLE * max(ENROLLED)
    enrolled, tried = recordings(*what, condition, max(counts) + 2 * _OTHERS, windows)
    unit = session.card.embedding.unit_length
    size, weights = session.card.embedding.size, session.card.embedding.weights
    enrolled, tried = (fused(one.reshape(len(one), -1, _EXAMPLE, size), unit) for one in (enrolled, tried[:, : _EXAMPLE * _TRIED]))
    found = []
    for emitters in counts:
        for count in ENROLLED:
            prints = fused(enrolled[:emitters, :count], unit)
            nearest, distance = _nearest(prints, tried, weights)
            for_threshold, strangers = distance[-_OTHERS:], distance[-2 * _OTHERS : -_OTHERS]
            limit = _limit(for_threshold.ravel())
            right = (nearest[:emitters] == np.arange(emitters)[:, None]) & (distance[:emitters] <= limit)
            found.append(OneShot(condition.name, emitters, count, float(right.mean()), float((strangers <= limit).mean())))
    return found


def _limit(strangers: np.ndarray) -> float:
    """The distance within which 1% of strangers are; less than any distance where more of them are at 0 than that."""
    return threshold_for(strangers, FALSE_ACCEPTS).distance if np.mean(strangers == 0) <= FALSE_ACCEPTS else -1.0


def _nearest(prints: np.ndarray, tried: np.ndarray, weights: list[float] | None) -> tuple[np.ndarray, np.ndarray]:
    """The nearest enrolled emitter of each tried burst, and its distance; [emitters, bursts] each."""
    distance = pairwise(tried.reshape(-1, tried.shape[-1]), prints, weights)
    nearest = distance.argmin(axis=1)
    return nearest.reshape(tried.shape[:2]), distance.min(axis=1).reshape(tried.shape[:2])
