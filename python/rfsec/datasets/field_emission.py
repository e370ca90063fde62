# SPDX-License-Identifier: GPL-3.0-or-later
"""One emission as its transmitter makes it, around 0 Hz, and the size that it is drawn with."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .field_draw import between, chance, log_between

_BANDWIDTH = (0.04, 0.6)  # cycles per sample: 2 to 32 samples a symbol; wide ones are more, as they are faster
_WINDOWS = (0.1, 1.0, 2.5)  # shortest, common, longest, in windows of 1,024 samples after conditioning
_SHORT_SHARE = 0.3
_LONGEST = 8192  # samples, to be fast
_CONDITIONED = 512  # of a window's 1,024 samples at twice the bandwidth: samples times bandwidth


@dataclass(frozen=True)
class Emission:
    """Clean samples of one transmission.

    Attributes
    ----------
    samples : ndarray of complex64, shape (n,)
        At 0 Hz or to one side of it (SSB), at any level.
    symbol_rate : float or None
        Symbols per sample, where there are symbols.
    delay_spread : float
        Largest delay of an echo that such a system lives with, samples.
    constant_envelope : bool
        Then an amplifier works in saturation.
    """

    samples: npt.NDArray[np.complex64]
    symbol_rate: float | None = None
    delay_spread: float = 0.0
    constant_envelope: bool = False


def draw_size(rng: np.random.Generator) -> tuple[int, float]:
    """Return the samples of an emission, and the bandwidth that its transmitter aims at in cycles per sample."""
    narrowest, widest = _BANDWIDTH
    bandwidth = narrowest * (widest / narrowest) ** np.sqrt(rng.random())
    shortest, common, longest = _WINDOWS
    windows = log_between(rng, shortest, common) if chance(rng, _SHORT_SHARE) else between(rng, common, longest)
    return int(min(_LONGEST, windows * _CONDITIONED / bandwidth)), bandwidth
