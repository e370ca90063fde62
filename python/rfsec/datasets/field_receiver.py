# SPDX-License-Identifier: GPL-3.0-or-later
"""What a receiver does to its samples: direct current, clipping, and few bits."""

import numpy as np
import numpy.typing as npt

from .field_draw import between, chance, log_between

Samples = npt.NDArray[np.complex64]


def receive(samples: Samples, rng: np.random.Generator, spike: bool = True) -> tuple[Samples, float]:
    """Return the samples as a receiver hands them over, and the power of the noise that its converter added.

    A spike at 0 Hz, clipping at one to three times the rms level, and 8 bits, of which a weak signal moves a few steps.

    Parameters
    ----------
    samples : ndarray of complex64, shape (n,)
    rng : numpy.random.Generator
    spike : bool
        Whether there may be one.
    """
    level = float(np.sqrt(np.vdot(samples, samples).real / samples.size))
    if spike and chance(rng, 0.2):
        samples = samples + np.complex64(level * log_between(rng, 0.01, 0.5) * np.exp(2j * np.pi * rng.random()))
    if chance(rng, 0.08):
        samples = _clipped(samples, level * between(rng, 1.0, 3.0))
    if not chance(rng, 0.35):
        return samples, 0.0
    step = level / log_between(rng, 1.5, 40.0)
    parts = samples.view(np.float32) * np.float32(1 / step)
    np.minimum(np.maximum(np.rint(parts, out=parts), -128, out=parts), 127, out=parts)
    return (parts * np.float32(step)).view(np.complex64), step**2 / 6


def _clipped(samples: Samples, most: float) -> Samples:
    return np.minimum(np.maximum(samples.view(np.float32), np.float32(-most)), np.float32(most)).view(np.complex64)
