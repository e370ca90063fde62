# SPDX-License-Identifier: GPL-3.0-or-later
"""What a transmitter and a moving path do to an emission, sample by sample, before it meets any noise."""

import numpy as np
import numpy.typing as npt

from .field_draw import between, chance, log_between, ramp
from .field_emission import Emission

_GRID = 32  # points at which slow fading is drawn

Samples = npt.NDArray[np.complex64]


def transmit(emission: Emission, rng: np.random.Generator) -> Samples:
    """Return the emission of unit mean power as a real transmitter sends it: each fault has its own probability.

    I/Q imbalance of up to 1 dB and 6 degrees, a residual carrier 20 to 40 dB down, a compressed amplifier, phase noise,
    fading that moves by up to a cycle in the burst, and edges that ramp.
    """
    samples = emission.samples / np.float32(np.sqrt(_power(emission.samples)))
    if chance(rng, 0.2):
        gain = 10 ** (between(rng, -1, 1) / 20)
        skew = between(rng, -0.1, 0.1)
        samples = np.complex64((1 + gain * np.exp(1j * skew)) / 2) * samples + np.complex64(
            (1 - gain * np.exp(1j * skew)) / 2
        ) * samples.conj()
    if chance(rng, 0.1):
        samples = samples + np.complex64(10 ** (-between(rng, 20, 40) / 20) * np.exp(2j * np.pi * rng.random()))
    if not emission.constant_envelope and chance(rng, 0.25):
        # A solid-state amplifier (Rapp, p = 1) that saturates 3 to 12 dB above the mean power.
        saturation = 10 ** (between(rng, 3, 12) / 10)
        samples = samples / np.sqrt(1 + (samples.real**2 + samples.imag**2) / np.float32(saturation))
    if chance(rng, 0.3):
        samples = samples * _phase_noise(samples.size, rng)
    if chance(rng, 0.2):
        samples = samples * _fading(samples.size, rng)
    samples = _ramped(samples, rng)
    return samples / np.float32(np.sqrt(_power(samples)))


def _power(samples: Samples) -> float:
    return float(np.vdot(samples, samples).real) / samples.size


def _phase_noise(count: int, rng: np.random.Generator) -> Samples:
    """A phase that walks by 0.03 to 1 radian (rms) over the burst."""
    walk = np.cumsum(rng.standard_normal(count, dtype=np.float32))
    walk *= np.float32(log_between(rng, 0.03, 1.0) / np.sqrt(count))
    out = np.empty(count, np.complex64)
    np.cos(walk, out=out.real)
    np.sin(walk, out=out.imag)
    return out


def _fading(count: int, rng: np.random.Generator) -> Samples:
    """A path beside three that turn against it by up to a cycle over the burst."""
    at = np.linspace(0, 1, _GRID)
    turns = between(rng, 0.1, 1.0) * np.cos(2 * np.pi * rng.random(3))
    gains = between(rng, 0.1, 0.3) * np.exp(2j * np.pi * rng.random(3))
    path = 1 + np.exp(2j * np.pi * at[:, None] * turns) @ gains
    out = np.empty(count, np.complex64)
    time = ramp(count)
    out.real, out.imag = np.interp(time, at, path.real), np.interp(time, at, path.imag)
    return out


def _ramped(samples: Samples, rng: np.random.Generator) -> Samples:
    """Edges that rise and fall in up to 3% of the burst, or at once."""
    length = int(samples.size * between(rng, -0.01, 0.03))
    if length < 2:
        return samples
    rise = np.sin(np.float32(np.pi / 2) * ramp(length)) ** 2
    samples[:length] *= rise
    samples[-length:] *= rise[::-1]
    return samples
