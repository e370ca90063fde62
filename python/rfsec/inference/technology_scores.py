# SPDX-License-Identifier: GPL-3.0-or-later
"""How good a classifier of technologies is, and the threshold under which it says "unknown"."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .calibration_error import expected_calibration_error

OTHERS_ACCEPTED = 0.02
"""The share of windows of none of the technologies that a threshold is chosen to let pass."""

_LABELS = 6  # the technologies; a truth beyond them is something else

Rows = npt.NDArray[np.floating]
Truth = npt.NDArray[np.integer]


@dataclass(frozen=True)
class TechnologyScores:
    """What a card states, see ``technology_card.TechnologyMetrics``, and the confusion of figure 15.

    ``confusion`` counts windows [true technology, decided label]; ``accepted`` counts [true technology or other, accepted
    as a technology, the last column: not accepted].
    """

    accuracy: float
    accuracy_by_snr: dict[str, float]
    accuracy_by_label: dict[str, float]
    expected_calibration_error: float
    accepted_share: float
    accepted_error_rate: float
    other_accepted_share: float
    confusion: npt.NDArray[np.intp]
    accepted: npt.NDArray[np.intp]

    def as_metrics(self) -> dict[str, Any]:
        """The fields of a card, rounded."""
        values = {name: value for name, value in vars(self).items() if name not in ("confusion", "accepted")}
        return {name: {key: round(share, 4) for key, share in value.items()} if isinstance(value, dict) else round(value, 4)
                for name, value in values.items()}


def choose_threshold(probabilities: Rows, truth: Truth) -> float:
    """Return the least confidence that lets `OTHERS_ACCEPTED` of the windows of none of the technologies pass.

    Parameters
    ----------
    probabilities : float [n, labels]
    truth : int [n]
        6 stands for none of the technologies.
    """
    others = probabilities[truth >= _LABELS]
    wrong = np.where(others.argmax(axis=1) < _LABELS, others.max(axis=1), 0.0)
    return round(float(np.clip(np.quantile(wrong, 1 - OTHERS_ACCEPTED), 0.3, 0.9999)), 4)


def score(probabilities: Rows, truth: Truth, snr_db: Truth, labels: Sequence[str], threshold: float) -> TechnologyScores:
    """Return the scores of windows of the technologies (`truth` below 6) and of others."""
    decided, confidence = probabilities.argmax(axis=1), probabilities.max(axis=1)
    passed = (decided < _LABELS) & (confidence >= threshold)
    known, right = truth < _LABELS, decided == truth
    accepted = np.zeros((_LABELS + 1, _LABELS + 1), np.intp)
    np.add.at(accepted, (truth, np.where(passed, decided, _LABELS)), 1)
    confusion = np.zeros((_LABELS, len(labels)), np.intp)
    np.add.at(confusion, (truth[known], decided[known]), 1)
    return TechnologyScores(
        accuracy=float(right[known].mean()),
        accuracy_by_snr={str(snr): float(right[known & (snr_db == snr)].mean()) for snr in np.unique(snr_db[known])},
        accuracy_by_label={labels[one]: float(right[truth == one].mean()) for one in range(_LABELS) if (truth == one).any()},
        expected_calibration_error=expected_calibration_error(confidence[known], right[known]),
        accepted_share=float(passed[known].mean()),
        accepted_error_rate=float((~right)[known & passed].mean()) if (known & passed).any() else 0.0,
        other_accepted_share=float(passed[~known].mean()) if (~known).any() else 0.0,
        confusion=confusion,
        accepted=accepted,
    )
