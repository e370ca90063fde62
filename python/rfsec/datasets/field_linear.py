# SPDX-License-Identifier: GPL-3.0-or-later
"""Linear modulations of the field model: BPSK, QPSK, 8PSK, 16QAM, 64QAM and 4-ASK, as standards and devices send them."""

import numpy as np
import numpy.typing as npt

from ..dsp.constellations import constellation
from .field_draw import between, chance, draw_data, pick
from .field_emission import Emission
from .field_pulses import draw_pulse, shape

_CONSTELLATIONS = {"BPSK": "BPSK", "QPSK": "QPSK", "8PSK": "8PSK", "16QAM": "QAM16", "64QAM": "QAM64"}
_FEWEST = 8  # symbols of a burst


def linear(label: str, count: int, bandwidth: float, rng: np.random.Generator) -> Emission:
    """Return one transmission of `count` samples.

    Parameters
    ----------
    label : str
        BPSK, QPSK, 8PSK, 16QAM, 64QAM or 4-ASK. BPSK may be differential; QPSK pi/4-DQPSK or offset; 4-ASK unipolar
        or bipolar.
    count : int
    bandwidth : float
        About the occupied bandwidth, cycles per sample.
    rng : numpy.random.Generator
    """
    pulse = draw_pulse(rng)
    symbol_count = max(_FEWEST, round(count * bandwidth / pulse.width))
    delay = rng.random()
    if label == "QPSK" and chance(rng, 0.2):
        # Offset: half a symbol between I and Q.
        symbols = constellation("QPSK", True)[draw_data(symbol_count, 4, rng)]
        samples = shape(symbols.real.astype(np.complex64), count, pulse, delay)
        samples += shape(1j * symbols.imag, count, pulse, delay + 0.5)
    else:
        samples = shape(_symbols(label, symbol_count, rng), count, pulse, delay)
    return Emission(samples, symbol_count / count, count / symbol_count)


def _symbols(label: str, count: int, rng: np.random.Generator) -> npt.NDArray[np.complex64]:
    points = _amplitudes(rng) if label == "4-ASK" else constellation(_CONSTELLATIONS[label], True)
    data = draw_data(count, len(points), rng)
    if label in ("BPSK", "8PSK") and chance(rng, 0.4):
        data = np.cumsum(data) % len(points)  # differential: constant data turn, or stand
    symbols = points[data]
    if label == "QPSK" and chance(rng, 0.3):
        symbols = symbols * np.exp(0.25j * np.pi * (np.arange(count) % 8)).astype(np.complex64)  # pi/4-DQPSK
    return symbols


def _amplitudes(rng: np.random.Generator) -> npt.NDArray[np.complex64]:
    if chance(rng, 0.5):
        return constellation("PAM4", True)
    return np.linspace(pick(rng, (0.0, between(rng, 0.05, 0.4))), 1, 4).astype(np.complex64)
