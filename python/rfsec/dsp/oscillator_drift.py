# SPDX-License-Identifier: GPL-3.0-or-later
"""Oscillator errors: frequency and sample-clock offsets that walk at random between two bounds."""

import numpy as np
import numpy.typing as npt


def bounded_random_walk(
    length: int, step_std: float, bound: float, rng: np.random.Generator
) -> npt.NDArray[np.float64]:
    """Walk at random from 0 with Gaussian steps, reflected at +-bound.

    GNU Radio clips at the bound where this reflects; the published steps never come near it in a run.

    Parameters
    ----------
    length : int
        Steps.
    step_std : float
        Standard deviation of a step, in the unit of the result.
    bound : float
        Largest magnitude, the same unit.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of float64, shape (length,)
    """
    walk = np.cumsum(rng.standard_normal(length) * step_std)
    # Reflection folds the free walk into a triangle wave of period 4 * bound.
    return np.abs(np.remainder(walk - bound, 4 * bound) - 2 * bound) - bound


def frequency_walk_phase(
    length: int, sample_rate_hz: float, step_std_hz: float, bound_hz: float, rng: np.random.Generator
) -> npt.NDArray[np.float64]:
    """Return the phase, in radian, of an oscillator whose frequency offset walks; one value a sample."""
    offset_hz = bounded_random_walk(length, step_std_hz, bound_hz, rng)
    return np.cumsum(offset_hz) * (2 * np.pi / sample_rate_hz)


def clock_walk_delay(
    length: int, sample_rate_hz: float, step_std_hz: float, bound_hz: float, rng: np.random.Generator
) -> npt.NDArray[np.float64]:
    """Return the delay, in samples, of a sample clock whose rate offset walks; one value a sample."""
    return np.cumsum(bounded_random_walk(length, step_std_hz, bound_hz, rng)) / sample_rate_hz
