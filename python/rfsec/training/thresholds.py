# SPDX-License-Identifier: GPL-3.0-or-later
"""When to believe a model of bursts: thresholds chosen on validation data by a stated rule, and what they give on a test."""

from dataclasses import dataclass

import numpy as np
from torch import Tensor

from .corpus_base import Parts
from .evaluation import labels_of, probabilities_of, snrs_of

NOISE = "noise"
MOST_WRONG = 0.05  # of the windows accepted, over all SNRs
MOST_WRONG_AT_AN_SNR = 0.1  # of the emissions accepted at any SNR from the lowest allowed up
MOST_WEAK_WRONG = 0.05  # of the emissions accepted at any SNR below that, which takes more confidence
MOST_NOISE = 0.05  # of what a detector takes for bursts though it is noise, which happens at its own rate of false alarms
_FEWEST = 20  # accepted windows of an SNR that tell anything about it
_STEPS = 10_000  # in which a threshold is chosen


@dataclass(frozen=True)
class Thresholds:
    """The card's ``reject_threshold``, ``min_snr_db`` and ``weak_threshold``, and the ``threshold_rule`` that gave them."""

    reject_threshold: float
    min_snr_db: float
    weak_threshold: float | None
    threshold_rule: str


@dataclass(frozen=True)
class Acceptance:
    """What thresholds give, as the card's metrics of these names state it; None is the share of no windows."""

    accuracy_by_label: dict[str, float]
    accepted_share: float | None
    accepted_error_rate: float | None
    noise_accepted_share: float | None
    weak_accepted_share: float | None
    weak_accepted_error_rate: float | None


def choose_thresholds(logits: Tensor, parts: Parts, labels: tuple[str, ...], temperature: float) -> Thresholds:
    """Choose thresholds by a rule.

    Parameters
    ----------
    logits : Tensor, float32 [n, labels]
        Of validation data. The SNR of windows with the label "noise" means nothing.
    parts : Parts
    labels : tuple of str
    temperature : float

    Returns
    -------
    Thresholds
        The lowest confidence at which at most `MOST_WRONG` of what is accepted are wrong, and at most `MOST_NOISE` of the
        noise is accepted; 1 where there is none. Then of the SNRs the lowest from which on at most
        `MOST_WRONG_AT_AN_SNR` of the emissions that it accepts are wrong; the highest where there is none. Below that, the
        lowest confidence from the first one on at which no noise is accepted, and at each SNR at most `MOST_WEAK_WRONG` of
        the emissions accepted are wrong; None where there is none, or nothing so weak.
    """
    table = _Table(logits, parts, labels, temperature)
    candidates = table.candidates(-np.inf)
    accepted, wrong, noise = map(table.at_each_threshold, (candidates, candidates & ~table.right, candidates & table.noise))
    good = (accepted > 0) & (wrong <= MOST_WRONG * accepted) & (noise <= MOST_NOISE * table.noise.sum())
    threshold = float(np.flatnonzero(good)[0] / _STEPS) if good.any() else 1.0

    snrs = np.unique(table.snr_db)
    sure = candidates & ~table.noise & (table.confidence >= threshold)
    right = [table.right[sure & (table.snr_db == snr)] for snr in snrs]
    poor = np.flatnonzero([len(one) < _FEWEST or 1 - one.mean() > MOST_WRONG_AT_AN_SNR for one in right])
    min_snr_db = float(snrs[min(len(snrs) - 1, poor[-1] + 1 if len(poor) else 0)])
    quiet = (noise == 0) & (np.arange(noise.size) >= round(threshold * _STEPS))
    weak_threshold = _weak_threshold(table, candidates & ~table.noise, quiet, snrs[snrs < min_snr_db])
    rule = (
        f"On {len(table.right)} validation windows: the lowest confidence at which at most {MOST_WRONG:.0%} of the accepted windows are wrong and "
        f"at most {MOST_NOISE:.0%} of the noise is accepted, then the lowest SNR from which on at most {MOST_WRONG_AT_AN_SNR:.0%} of the emissions "
        f"accepted are wrong; below it, the lowest confidence at which no noise is accepted and at most {MOST_WEAK_WRONG:.0%} are wrong at any SNR."
    )
    return Thresholds(threshold, min_snr_db, weak_threshold, rule)


def _weak_threshold(table: "_Table", emissions: np.ndarray, allowed: np.ndarray, snrs: np.ndarray) -> float | None:
    """The first of the `allowed` steps at which some of the emissions at these SNRs are accepted, few of them wrongly at each."""
    good, any_accepted = allowed, np.zeros(allowed.shape, bool)
    for snr in snrs:
        weak = emissions & (table.snr_db == snr)
        accepted, wrong = (table.at_each_threshold(which) for which in (weak, weak & ~table.right))
        good = good & (wrong <= MOST_WEAK_WRONG * accepted)
        any_accepted |= accepted > 0
    steps = np.flatnonzero(good & any_accepted)
    return float(steps[0] / _STEPS) if len(steps) else None


def measure_acceptance(
    logits: Tensor, parts: Parts, labels: tuple[str, ...], temperature: float, thresholds: Thresholds
) -> Acceptance:
    """Return what thresholds give on test data; see `choose_thresholds` for the first four parameters."""
    table = _Table(logits, parts, labels, temperature)
    loud = table.noise | (table.snr_db >= thresholds.min_snr_db)
    accepted = table.candidates(thresholds.min_snr_db) & (table.confidence >= thresholds.reject_threshold)
    emissions, weak = loud & ~table.noise, ~loud
    sure = np.inf if thresholds.weak_threshold is None else thresholds.weak_threshold
    weak_accepted = weak & table.candidates(-np.inf) & (table.confidence >= sure)
    return Acceptance(
        accuracy_by_label={labels[i]: _share(table.right[loud & (table.label == i)]) for i in np.unique(table.label[loud])},
        accepted_share=_share(accepted[emissions]),
        accepted_error_rate=_share(~table.right[accepted]),
        noise_accepted_share=_share(accepted[table.noise]),
        weak_accepted_share=_share(weak_accepted[weak]),
        weak_accepted_error_rate=_share(~table.right[weak_accepted]),
    )


class _Table:
    """One row a window: its truth, and what the model says of it."""

    def __init__(self, logits: Tensor, parts: Parts, labels: tuple[str, ...], temperature: float) -> None:
        probabilities = probabilities_of(logits, temperature)
        self.label, self.snr_db = labels_of(parts), snrs_of(parts)
        self.confidence, said = probabilities.max(axis=1), probabilities.argmax(axis=1)
        self.right = said == self.label
        noise = labels.index(NOISE) if NOISE in labels else -1
        self.noise, self._said_noise = self.label == noise, said == noise

    def candidates(self, min_snr_db: float) -> np.ndarray:
        """The windows that are accepted where their confidence suffices: not called noise, and noise at any SNR."""
        return ~self._said_noise & (self.noise | (self.snr_db >= min_snr_db))

    def at_each_threshold(self, which: np.ndarray) -> np.ndarray:
        """How many windows of `which` have at least the confidence of each step, from 0 to 1."""
        steps = (self.confidence[which] * _STEPS).astype(np.int64)
        return np.bincount(steps, minlength=_STEPS + 1)[::-1].cumsum()[::-1]


def _share(which: np.ndarray) -> float | None:
    return round(float(np.mean(which)), 4) if len(which) else None
