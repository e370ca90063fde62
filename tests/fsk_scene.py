# SPDX-License-Identifier: GPL-3.0-or-later
"""Bursts of 2-FSK devices in noise, each with its own carrier offset, for tests of what tells devices apart."""

import numpy as np
from flowgraphs import complex_noise

RATE_HZ, SAMPLES_PER_SYMBOL, DEVIATION_HZ = 1e6, 20, 12_500
BITS = 160
BURST_SAMPLES = BITS * SAMPLES_PER_SYMBOL
EVERY = 20_000  # samples from burst to burst
NOISE = 0.01
OFFSETS_HZ = {"door": -9e3, "gate": 4e3, "stranger": 14e3, "between": -2e3}


def fsk_burst(offset_hz: float, seed: int) -> np.ndarray:
    """complex64 [BURST_SAMPLES] of unit amplitude: a preamble of turns and random bits, at a random phase."""
    rng = np.random.default_rng(seed)
    bits = np.concatenate((np.resize([1, -1], 32), rng.choice([1, -1], BITS - 32)))
    steps = np.repeat(bits, SAMPLES_PER_SYMBOL) * DEVIATION_HZ
    smooth = np.convolve(steps, np.ones(8) / 8, mode="same") + offset_hz
    return np.exp(1j * (2 * np.pi * np.cumsum(smooth) / RATE_HZ + rng.uniform(0, 2 * np.pi))).astype(np.complex64)


def fsk_scene(senders, seed: int = 1, level: float = 0.3) -> np.ndarray:
    """complex64 of noise in which the named devices of OFFSETS_HZ send one burst each, one after the other."""
    samples = NOISE * complex_noise(EVERY * (len(senders) + 1), seed)
    for number, name in enumerate(senders):
        start = EVERY // 2 + number * EVERY + 37 * number
        samples[start : start + BURST_SAMPLES] += level * fsk_burst(OFFSETS_HZ[name], seed + number)
    return samples


def clipped(samples: np.ndarray, limit: float) -> np.ndarray:
    """What a converter with this limit makes of samples: I and Q are cut off."""
    return (np.clip(samples.real, -limit, limit) + 1j * np.clip(samples.imag, -limit, limit)).astype(np.complex64)
