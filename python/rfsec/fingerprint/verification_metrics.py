# SPDX-License-Identifier: GPL-3.0-or-later
"""How well distances tell genuine pairs from impostors: a pair is accepted where its distance is at most a threshold."""

from dataclasses import dataclass

import numpy as np

from ..errors import ParameterError


@dataclass(frozen=True, slots=True)
class Roc:
    """The receiver operating characteristic, from accepting nothing to accepting everything.

    Attributes
    ----------
    distance : float64 [m]
        Thresholds, rising: -inf, then every distance that occurs.
    false_accepts, detected : float64 [m]
        Shares of the impostors and of the genuine pairs that are accepted at each.
    """

    distance: np.ndarray
    false_accepts: np.ndarray
    detected: np.ndarray


def roc(genuine: np.ndarray, impostor: np.ndarray) -> Roc:
    """Return the ROC of distances.

    Parameters
    ----------
    genuine, impostor : float, of any shape
        Distances of pairs of one emitter, and of two.

    Raises
    ------
    ParameterError
        One kind is empty or holds NaN; so for every function here.
    """
    genuine, impostor = _sorted(genuine, "genuine"), _sorted(impostor, "impostor")
    distance = np.concatenate(([-np.inf], np.unique(np.concatenate((genuine, impostor)))))
    return Roc(distance, *(np.searchsorted(one, distance, side="right") / one.size for one in (impostor, genuine)))


def equal_error_rate(genuine: np.ndarray, impostor: np.ndarray) -> float:
    """Return the rate at which as many impostors are accepted as genuine pairs are refused; linear between points of the ROC."""
    curve = roc(genuine, impostor)
    excess = curve.false_accepts + curve.detected - 1
    at = int(np.argmax(excess >= 0))
    part = -excess[at - 1] / (excess[at] - excess[at - 1])
    return float(curve.false_accepts[at - 1] + part * (curve.false_accepts[at] - curve.false_accepts[at - 1]))


def area_under_roc(genuine: np.ndarray, impostor: np.ndarray) -> float:
    """Return the probability that a genuine pair is nearer than an impostor; equal distances count half."""
    curve = roc(genuine, impostor)
    return float(np.trapz(curve.detected, curve.false_accepts))


def pair_accuracy(genuine: np.ndarray, impostor: np.ndarray, threshold: float) -> float:
    """Return the share of right decisions at a distance; both kinds count alike, however many there are of each."""
    genuine, impostor = _sorted(genuine, "genuine"), _sorted(impostor, "impostor")
    return float((np.mean(genuine <= threshold) + np.mean(impostor > threshold)) / 2)


def detection_rate(genuine: np.ndarray, impostor: np.ndarray, false_accepts: float) -> float:
    """Return the largest share of genuine pairs that is accepted where at most the share `false_accepts` of impostors is."""
    curve = roc(genuine, impostor)
    return float(curve.detected[curve.false_accepts <= false_accepts].max(initial=0.0))


def _sorted(distances: np.ndarray, kind: str) -> np.ndarray:
    distances = np.sort(np.asarray(distances, np.float64), axis=None)
    if not distances.size or np.isnan(distances[-1]):
        raise ParameterError(f"The {kind} distances must be numbers, at least one. Got {distances.size} of them"
                             f"{', some NaN' if distances.size else ''}; measure pairs of that kind first.")
    return distances
