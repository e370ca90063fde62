# SPDX-License-Identifier: GPL-3.0-or-later
"""A quantizer of our own: levels of principal components, which depend on each other far less than carriers do."""

import hashlib
import json
from dataclasses import dataclass, field

import numpy as np

from ..errors import ModelError, ParameterError
from .features import real_rows
from .guard_band import GUARD, LEVELS, check_guard_band

_MOST_COMPONENTS = 4096
_LEAST_SPREAD = 0.3  # of the rms feature: what varies less is measurement noise, and a channel that stands still has no more


@dataclass(frozen=True, eq=False)
class DecorrelatingQuantizer:
    """Rows of features become levels of their principal components; both ends must have the same `sha256`.

    Parameters
    ----------
    mean : float32 [m]
        Of features of unit mean power.
    axes : float32 [components, m]
    cuts : float32 [levels - 1, 2, components]
        Where the guard band between two levels begins and ends, rising.
    """

    mean: np.ndarray = field(repr=False)
    axes: np.ndarray = field(repr=False)
    cuts: np.ndarray = field(repr=False)

    @property
    def levels(self) -> int:
        """Of each component: 2, 4 or 8."""
        return len(self.cuts) + 1

    @property
    def sha256(self) -> str:
        """Of all arrays, in hexadecimal."""
        digest = hashlib.sha256()
        for array in (self.mean, self.axes, self.cuts):
            digest.update(repr(array.shape).encode() + np.ascontiguousarray(array, "<f4").tobytes())
        return digest.hexdigest()

    def quantize(self, features: np.ndarray) -> np.ndarray:
        """Return the level of each component, int8 [n, components], -1 in a guard band.

        Features are float [n, m] at any scale. A row that is not finite, or all zero, gives -1 only. Raises ParameterError
        where they are no real rows of m.
        """
        rows, usable = _unit_power(features)
        if rows.shape[1] != len(self.mean):
            raise ParameterError(f"Features for this decorrelating quantizer must be rows of {len(self.mean)} values. "
                                 f"Got rows of {rows.shape[1]} instead.")
        components = (rows - self.mean) @ self.axes.T.astype(np.float64)
        passed = (components[:, None, None] > self.cuts).sum(axis=(1, 2))  # edges of guard bands: an odd number is within one
        return np.where((passed % 2 == 1) | ~usable[:, None], np.int8(GUARD), (passed // 2).astype(np.int8))

    def to_json(self) -> str:
        """The arrays as text, from which `from_json` makes the same quantizer."""
        return json.dumps({name: getattr(self, name).tolist() for name in ("mean", "axes", "cuts")})

    @classmethod
    def from_json(cls, text: str) -> "DecorrelatingQuantizer":
        """Raises ModelError where the text is not that of such a quantizer."""
        try:
            found = json.loads(text)
            mean, axes, cuts = (np.array(found[name], np.float32) for name in ("mean", "axes", "cuts"))
        except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
            raise ModelError("A decorrelating quantizer must be JSON with the arrays mean, axes and cuts. Write it with to_json.") from None
        count = len(axes) if axes.ndim == 2 else 0
        good = mean.ndim == 1 and 1 <= count <= _MOST_COMPONENTS and axes.shape[1:] == mean.shape
        good = good and cuts.shape in [(levels - 1, 2, count) for levels in LEVELS]
        good = good and all(np.isfinite(one).all() for one in (mean, axes, cuts))
        if not good or (np.diff(cuts.reshape(-1, count), axis=0) < 0).any():
            raise ModelError("The arrays of a decorrelating quantizer must be finite, of shapes [m], [c, m] and [levels - 1, 2, c], and "
                             f"its cuts must rise. Got {list(mean.shape)}, {list(axes.shape)} and {list(cuts.shape)}. Write it with to_json.")
        return cls(mean, axes, cuts)


def fit(features: np.ndarray, components: int = 16, levels: int = 2, epsilon: float = 0.05) -> DecorrelatingQuantizer:
    """Fit a quantizer to features of many positions, which are used for nothing else.

    Parameters
    ----------
    features : float [n, m]
        Sanitised, and measured with such noise as there will be. Rows that are not finite or all zero are left out.
    components : int
        1 to m, and less than the usable rows. More of them tell places apart better, until they hold noise alone; those
        that hardly vary from place to place are left out, but for the first.
    levels : int
        Equally likely ones: 2, 4 or 8.
    epsilon : float
        Share of the features on either side of a cut in its guard band; see `guard_band.quantize`.

    Raises
    ------
    ParameterError
        A parameter is outside its range, the features are not real, or there are too few.
    """
    check_guard_band(levels, epsilon)
    rows, usable = _unit_power(features)
    rows = rows[usable]
    most = min(rows.shape[1], len(rows) - 1)
    if not 1 <= components <= most:
        raise ParameterError(f"The 'components' of a decorrelating quantizer must be 1 to {max(most, 1)}, for {len(rows)} usable rows of "
                             f"{rows.shape[1]} features. Got {components!r} instead.")
    mean = rows.mean(axis=0)
    _, spread, axes = np.linalg.svd(rows - mean, full_matrices=False)
    enough = spread[:components] >= _LEAST_SPREAD * np.sqrt(len(rows))
    axes = axes[: max(1, int(enough.sum()))]
    axes *= np.sign(axes[np.arange(len(axes)), np.abs(axes).argmax(axis=1)])[:, None]  # or its sign would be the machine's choice
    bounds = np.arange(1, levels) / levels
    cuts = np.quantile((rows - mean) @ axes.T, np.stack((bounds - epsilon, bounds + epsilon), axis=1), axis=0)
    return DecorrelatingQuantizer(mean.astype(np.float32), axes.astype(np.float32), cuts.astype(np.float32))


def usable_rows(features: np.ndarray) -> np.ndarray:
    """Return which rows of features, float [n, m], a quantizer is fitted to: bool [n], False where one is not finite or all zero.

    Raises
    ------
    ParameterError
        They are no real rows of values.
    """
    return _usable(np.abs(real_rows(features, 1)).max(axis=1))


def _unit_power(features: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows of mean power 1, float64 [n, m], zeros where there is none, and which those are not."""
    rows = real_rows(features, 1)
    largest = np.abs(rows).max(axis=1, keepdims=True)
    usable = _usable(largest)
    rows = np.where(usable, rows / np.where(usable, largest, 1), 0)  # so that squares neither vanish nor overflow
    power = np.mean(rows**2, axis=1, keepdims=True)
    return rows / np.sqrt(np.where(usable, power, 1)), usable[:, 0]


def _usable(largest: np.ndarray) -> np.ndarray:
    return np.isfinite(largest) & (largest > 0)
