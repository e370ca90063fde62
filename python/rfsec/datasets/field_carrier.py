# SPDX-License-Identifier: GPL-3.0-or-later
"""A carrier that carries nothing: its oscillator drifts, and its level breathes."""

import numpy as np

from ..dsp.frequency_modulation import modulate_frequency
from .field_draw import between, chance, log_between, ramp
from .field_emission import Emission


def carrier(label: str, count: int, bandwidth: float, rng: np.random.Generator) -> Emission:
    """Return an unmodulated carrier of `count` samples; all that happens to it happens in `bandwidth` at most."""
    deviation = np.zeros(count, np.float32)
    if chance(rng, 0.5):  # warming up: the frequency runs, ever slower
        drift = between(rng, -0.5, 0.5) * bandwidth
        deviation += np.float32(2 * np.pi * drift) * np.exp(np.float32(-log_between(rng, 0.2, 5.0)) * ramp(count))
    if chance(rng, 0.5):  # a Lorentzian line of width B: its phase's variance grows by 2 pi B a sample
        width = log_between(rng, 0.001, 0.1) * bandwidth
        deviation += np.float32(np.sqrt(2 * np.pi * width)) * rng.standard_normal(count, dtype=np.float32)
    samples = modulate_frequency(deviation[None], np.array([between(rng, -np.pi, np.pi)], np.float32))[0]
    return Emission(samples, constant_envelope=True)
