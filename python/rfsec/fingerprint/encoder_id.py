# SPDX-License-Identifier: GPL-3.0-or-later
"""Which encoder fingerprints are of: those of two encoders cannot be compared."""

from dataclasses import dataclass
from math import isfinite
from string import hexdigits

from ..errors import ParameterError

METRICS = ("euclidean", "weighted_l1")


@dataclass(frozen=True)
class EncoderId:
    """An encoder, and how far apart its fingerprints are.

    Attributes
    ----------
    name : str
        For people.
    sha256 : str
        Of its file, in hexadecimal.
    size : int
        Values of a fingerprint, at least 1.
    metric : str
        "euclidean" or "weighted_l1".
    weights : tuple of float or None
        Of the weighted L1 norm, one a value; None for the Euclidean distance.
    unit_length : bool
        Whether every fingerprint has length 1; then a mean of several is brought to it again.

    Raises
    ------
    ParameterError
        The parts do not go together.
    """

    name: str
    sha256: str
    size: int
    metric: str = "euclidean"
    weights: tuple[float, ...] | None = None
    unit_length: bool = False

    def __post_init__(self) -> None:
        if self.metric not in METRICS:
            raise ParameterError(f"The 'metric' of an encoder must be one of {', '.join(METRICS)}. Got {self.metric!r} instead.")
        if self.size < 1 or len(self.sha256) != 64 or not set(self.sha256) <= set(hexdigits):
            raise ParameterError(f"An encoder has a 'size' of at least 1 and a 'sha256' of 64 hexadecimal digits. Got {self.size}, {self.sha256!r}.")
        if (self.weights is not None) != (self.metric == "weighted_l1") or self.weights is not None and len(self.weights) != self.size:
            raise ParameterError("The 'weights' of an encoder belong to the metric weighted_l1, one for each value of a fingerprint.")
        if self.weights is not None and not all(isfinite(one) and one >= 0 for one in self.weights):
            raise ParameterError("The 'weights' of an encoder must be finite and at least 0.")
