# SPDX-License-Identifier: GPL-3.0-or-later
"""Frequency-shift keying of the field model: from GMSK to tones eight symbol rates apart, and four levels."""

import numpy as np
import numpy.typing as npt

from ..dsp.frequency_modulation import modulate_frequency
from .field_draw import between, chance, draw_data, log_between, pick
from .field_emission import Emission
from .field_pulses import Pulse, raised_cosine, shape

_FEWEST = 12  # symbols of a burst
_LEVEL_ERROR = 0.03  # of the distance between two levels


def frequency_shift_keyed(label: str, count: int, bandwidth: float, rng: np.random.Generator) -> Emission:
    """Return one transmission of `count` samples of constant envelope.

    Parameters
    ----------
    label : str
        2-FSK (index 0.3 to 8; a quarter are MSK-like) or 4-FSK (0.3 to 3, sometimes with C4FM's pulse).
    count : int
    bandwidth : float
        About the occupied bandwidth, cycles per sample.
    rng : numpy.random.Generator
    """
    order = 2 if label == "2-FSK" else 4
    if order == 2:
        index = 0.5 if chance(rng, 0.2) else log_between(rng, 0.3, 8.0)
    else:
        index = log_between(rng, 0.3, 3.0)
    smooth = _draw_smoothing(order, rng)
    width = (order - 1) * index + (1.0 if smooth else 1.3)  # Carson's rule, with the tones' own width
    symbol_count = max(_FEWEST, round(count * bandwidth / width))
    levels = 2.0 * draw_data(symbol_count, order, rng, whitened=False) - (order - 1)
    if order == 2 and chance(rng, 0.12):
        levels[1::2] = -levels[: 2 * (symbol_count // 2) : 2]  # Manchester
    levels += _LEVEL_ERROR * rng.standard_normal(order)[((levels + order - 1) / 2).astype(np.intp)]
    if smooth:
        track = shape(levels.astype(np.complex64), count, smooth, rng.random()).real
    else:
        at = (np.arange(count) * (symbol_count / count) + rng.random()).astype(np.intp)
        track = np.take(levels, at, mode="clip")
    deviation = (np.pi * index * symbol_count / count) * track
    samples = modulate_frequency(deviation[None].astype(np.float32), np.array([between(rng, -np.pi, np.pi)], np.float32))[0]
    return Emission(samples, symbol_count / count, 0.5 * count / symbol_count, constant_envelope=True)


def _draw_smoothing(order: int, rng: np.random.Generator) -> Pulse | None:
    kind = pick(rng, ("none", "gaussian", "cosine"), (0.45, 0.5, 0.05) if order == 2 else (0.5, 0.25, 0.25))
    if kind == "none":
        return None
    if kind == "cosine":
        return raised_cosine(0.2, root=False)
    bandwidth_time = between(rng, 0.3, 1.0)

    def response(frequency: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.sinc(frequency) * np.exp(-np.log(2.0) / 2.0 * (frequency / bandwidth_time) ** 2)

    return Pulse(response, 3.0 * bandwidth_time, 1.0)
