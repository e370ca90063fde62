# SPDX-License-Identifier: GPL-3.0-or-later
"""Bursts of shaped QPSK in noise, for tests of what finds and decides them."""

import numpy as np
from flowgraphs import complex_noise
from gnuradio.rfsec.dsp.pulse_shaping import shape_symbols

SAMPLES_PER_SYMBOL = 10
NOISE = 0.05  # amplitude, of bursts of unit power: 26 dB below them in the whole band


def burst_scene(count: int, bursts, seed: int = 1) -> np.ndarray:
    """complex64 [count] of noise with a burst at each (first sample, samples, cycles per sample) of ``bursts``."""
    rng = np.random.default_rng(seed)
    samples = NOISE * complex_noise(count, seed)
    for start, length, frequency in bursts:
        symbols = rng.choice(np.array([1, 1j, -1, -1j], np.complex64), (1, -(-length // SAMPLES_PER_SYMBOL)))
        shaped = shape_symbols(symbols, SAMPLES_PER_SYMBOL, 0.3)[0][:length]
        stop = min(count, start + length)
        turned = shaped * np.exp(2j * np.pi * frequency * np.arange(shaped.size)).astype(np.complex64)
        samples[start:stop] += turned[: stop - start]
    return samples
