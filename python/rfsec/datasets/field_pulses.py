# SPDX-License-Identifier: GPL-3.0-or-later
"""Pulses of any real number of samples a symbol, shaped in the frequency domain."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import fft

from .field_draw import between, pick


@dataclass(frozen=True)
class Pulse:
    """A pulse by its spectrum.

    Attributes
    ----------
    response : callable
        Its real, even spectrum at frequencies >= 0 in symbol rates.
    reach : float
        Beyond this frequency it is nothing, symbol rates.
    width : float
        About the occupied bandwidth of random symbols, symbol rates.
    """

    response: Callable[[npt.NDArray[np.float64]], npt.NDArray[np.float64]]
    reach: float
    width: float


def raised_cosine(rolloff: float, root: bool) -> Pulse:
    """Return the (root-)raised-cosine pulse of a roll-off in (0, 1]."""

    def response(frequency):
        half = np.cos(np.pi / 2 * np.minimum(np.maximum((frequency - (1 - rolloff) / 2) / rolloff, 0.0), 1.0))
        return half if root else half**2

    return Pulse(response, (1 + rolloff) / 2, 1 + rolloff * (0.6 if root else 0.3))


def filtered_square(width: float, order: int) -> Pulse:
    """Return a square pulse behind a filter of two-sided `width` (symbol rates) that falls like a Butterworth's."""

    def response(frequency):
        return np.sinc(frequency) / np.sqrt(1 + (2 * frequency / width) ** (2 * order))

    return Pulse(response, 2.0 * width, 0.9 * width)


def draw_pulse(rng: np.random.Generator) -> Pulse:
    """Return a pulse as linear modulations have them."""
    kind = pick(rng, ("root", "whole", "square"), (0.5, 0.25, 0.25))
    if kind == "square":
        return filtered_square(between(rng, 1.0, 4.0), 2 + int(rng.random() * 4))
    return raised_cosine(between(rng, 0.1, 0.6), kind == "root")


def shape(
    symbols: npt.NDArray[np.complex64], length: int, pulse: Pulse, delay: float = 0.0
) -> npt.NDArray[np.complex64]:
    """Shape one row of symbols, taken as one period, into `length` samples.

    Parameters
    ----------
    symbols : ndarray of complex64, shape (s,)
    length : int
        Samples; length / s, the samples a symbol, is any number. A length of small prime factors is fast.
    pulse : Pulse
    delay : float
        Symbols by which the result comes later; fractions count.

    Returns
    -------
    ndarray of complex64, shape (length,)
    """
    count = symbols.size
    reach = min(length // 2, int(np.ceil(count * pulse.reach)))
    bins = np.arange(-reach, reach)
    inside = np.take(fft.fft(symbols), bins, mode="wrap")
    half = pulse.response(np.arange(reach + 1) / count) * (length / count)
    inside *= np.concatenate((half[:0:-1], half[:-1])).astype(np.float32)
    if delay:
        inside *= np.exp((-2j * np.pi * delay / count) * bins).astype(np.complex64)
    spectrum = np.zeros(length, np.complex64)
    spectrum[:reach], spectrum[length - reach :] = inside[reach:], inside[:reach]
    return fft.ifft(spectrum, overwrite_x=True)
