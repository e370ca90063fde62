# SPDX-License-Identifier: GPL-3.0-or-later
"""How near a fingerprint must be to be accepted, from the share of strangers that may be."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import beta

from ..errors import ParameterError

_CONFIDENCE = 0.95
_FEWEST = 3  # times 1 / false_accepts: of fewer strangers, none may be accepted though more than the share would be


@dataclass(frozen=True, slots=True)
class Threshold:
    """A distance up to which fingerprints are accepted.

    Attributes
    ----------
    distance : float
    false_accepts : float
        The share of strangers that may be accepted.
    low, high : float
        95% confidence interval of the share that is accepted (Clopper and Pearson, Biometrika 26, 1934), for strangers who
        are independent of each other; pairs of few emitters are not, and the interval is too narrow for them.
    """

    distance: float
    false_accepts: float
    low: float
    high: float


def threshold_for(impostor_distances: np.ndarray, false_accepts: float) -> Threshold:
    """Return the largest distance, a float32 number as distances are, at which at most `false_accepts` of impostors are accepted.

    Parameters
    ----------
    impostor_distances : float [n]
        Of strangers to the nearest emitter, or of pairs of two emitters; at least 3 / `false_accepts` of them.
    false_accepts : float
        Between 0 and 1, both excluded.

    Raises
    ------
    ParameterError
        `false_accepts` is outside its range, a distance is no number of at least 0, there are too few, or so many are 0 that
        no distance accepts few enough.
    """
    if not 0 < false_accepts < 1:
        raise ParameterError(f"The 'false_accepts' of a threshold must be between 0 and 1. Got {false_accepts} instead.")
    distances = np.sort(np.asarray(impostor_distances, np.float64), axis=None)
    count = distances.size
    if count * false_accepts < _FEWEST * (1 - 1e-9):
        raise ParameterError(f"A threshold for a share of {false_accepts:g} false accepts needs at least {np.ceil(_FEWEST / false_accepts):.0f} "
                             f"distances of impostors. Got {count} instead; measure more, or allow more false accepts.")
    if not (np.isfinite(distances[-1]) and distances[0] >= 0):  # NaN is sorted to the end
        raise ParameterError("Distances of impostors must be numbers of at least 0.")
    refused = distances[int(false_accepts * count * (1 + 1e-12))]
    if refused == 0:
        raise ParameterError(f"More than a share of {false_accepts:g} of the impostors are at distance 0, so no threshold refuses them: the encoder "
                             "gives different emitters one fingerprint, as one that has learned nothing does; train it longer, or otherwise.")
    limit = np.float32(refused)
    if limit >= refused:
        limit = np.nextafter(limit, np.float32(0))
    accepted = int(np.searchsorted(distances, limit, side="right"))
    tail = (1 - _CONFIDENCE) / 2
    low = float(beta.ppf(tail, accepted, count - accepted + 1)) if accepted else 0.0
    return Threshold(float(limit), float(false_accepts), low, float(beta.ppf(1 - tail, accepted + 1, count - accepted)))
