# SPDX-License-Identifier: GPL-3.0-or-later
"""Decides about bursts: a model looks at windows of each, and the windows of one burst decide together."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ..detection.burst import Burst
from ..detection.condition import SHARE
from ..detection.windows import cut_windows
from ..errors import ModelError, ParameterError
from ..records import ACCEPTED, LOW_SNR, SKIPPED, UNKNOWN, DecisionRecord
from .card import ModelCard
from .catalog import DEFAULT_BURSTS, find_model
from .representations import represent
from .session import ModelSession

NOISE = "noise"
_AT_ONCE = 64  # windows of a burst in one run: bounds the memory
_PAUSES = frozenset({"carrier", NOISE})  # what an emission looks like while it says nothing, or the same for long
_MODULATED_SHARE = 0.1  # of a burst's windows, from which on the rest are pauses


class BurstDecision(NamedTuple):
    """What a burst is: label and its probability (both None where the burst was skipped), and the record's verdict."""

    label: str | None
    confidence: float | None
    verdict: str


def record_of(burst: Burst, decision: BurstDecision, card: ModelCard, time_ns: int | None, freq_hz: float | None) -> DecisionRecord:
    """The record of a decision that the model of `card` made about a burst; time and tuned frequency are the source's."""
    confidence = None if decision.confidence is None else round(float(decision.confidence), 6)
    return DecisionRecord(burst.sample_start, burst.sample_count, time_ns, freq_hz, burst.sample_rate_hz, burst.snr_db,
                          card.heads[0].name, decision.label, confidence, decision.verdict, card.name,
                          burst.centre_hz, burst.bandwidth_hz, burst.symbol_rate_hz)


class BurstClassifier:
    """Decides about conditioned bursts with a model whose card says that it is made for them.

    A burst's logits are averaged over its windows, which is to average their log-probabilities. Speech and keying pause:
    windows that show only a carrier or noise do not count where others of the same burst are modulated for sure.

    Parameters
    ----------
    model : str or Path
        Name of a shipped model of bursts, or an .onnx file with a card.
    threads : int
        Threads of ONNX Runtime, at least 1.
    most : int
        Windows of a burst to look at, spread evenly over it, at least 1.

    Attributes
    ----------
    card : ModelCard

    Raises
    ------
    ModelError
        There is no such model, or it is not made for bursts as ``detection.condition`` gives them.
    ParameterError
        ``threads`` or ``most`` is below 1.
    """

    def __init__(self, model: str | Path = DEFAULT_BURSTS, *, threads: int = 1, most: int = 16):
        if most < 1:
            raise ParameterError(f"The 'most' windows of a burst to look at must be at least 1. Got {most} instead.")
        self._session = ModelSession(find_model(model), threads=threads)
        self._most = most
        self.card = self._session.card
        share = self.card.input.conditioned_bandwidth
        if share is None:
            raise ModelError(f"{self._session.path}: this model takes windows as they come, not bursts: its card has no "
                             f"'input.conditioned_bandwidth'. Choose a model of bursts, such as '{DEFAULT_BURSTS}', "
                             "or decide about windows: rfsec classify --windows.")
        if share != SHARE:
            raise ModelError(f"{self._session.path}: this model takes bursts that occupy {share:g} of the sample rate, but they "
                             f"are brought to {SHARE:g}. Choose another, such as '{DEFAULT_BURSTS}'.")
        self._head = self.card.heads[0]
        self._pauses = np.isin(self._head.labels, list(_PAUSES))

    def decide(self, bursts: Sequence[Burst]) -> list[BurstDecision]:
        """Decide about each burst by its ``samples`` and ``snr_db``; no burst touches the decision about another.

        The verdict is ``skipped`` where samples (or what the model makes of them) are not finite; ``low_snr`` where the
        label is noise, or the SNR below the card's and the confidence below its threshold for weak bursts; ``unknown`` where
        the confidence is below the card's threshold; else ``accepted``. Raises ModelError where the model itself fails.
        """
        return [self._decide(burst) for burst in bursts]

    def _decide(self, burst: Burst) -> BurstDecision:
        windows = cut_windows(burst.samples, self.card.input.window_max, self._most)
        values = represent(self.card.input.representation, windows)
        if not np.isfinite(values).all():
            return BurstDecision(None, None, SKIPPED)
        logits = np.concatenate([self._session.logits(values[first:first + _AT_ONCE])[0]
                                 for first in range(0, len(values), _AT_ONCE)])
        [mean] = self._probabilities(logits[self._counts(logits)].mean(axis=0, keepdims=True))
        best = int(mean.argmax())
        label, confidence = self._head.labels[best], float(mean[best])
        if not np.isfinite(confidence):
            return BurstDecision(None, None, SKIPPED)
        if label == NOISE or self._is_weak(burst.snr_db, confidence):
            return BurstDecision(label, confidence, LOW_SNR)
        return BurstDecision(label, confidence, ACCEPTED if confidence >= self._head.reject_threshold else UNKNOWN)

    def _is_weak(self, snr_db: float, confidence: float) -> bool:
        lowest, sure = self._head.min_snr_db, self._head.weak_threshold
        return lowest is not None and snr_db < lowest and (sure is None or confidence < sure)

    def _counts(self, logits: np.ndarray) -> np.ndarray:
        """Which windows count, bool [n]: all but the pauses."""
        probabilities = self._probabilities(logits)
        best = probabilities.argmax(axis=1)
        modulated = ~self._pauses[best] & (probabilities.max(axis=1) >= self._head.reject_threshold)
        if modulated.any() and modulated.mean() >= _MODULATED_SHARE:
            return ~self._pauses[best]
        return np.ones(len(best), bool)

    def _probabilities(self, logits: np.ndarray) -> np.ndarray:
        return self._session.probabilities([logits])[0]
