# SPDX-License-Identifier: GPL-3.0-or-later
"""Find 802.11 packets by their preambles, at one sample per step of the 64-carrier grid.

The short field's repetition tells where a packet may be and roughly how far its carrier is off (Schmidl and Cox, "Robust
frequency and timing synchronization for OFDM", 1997); the long symbols tell the sample, the offset, and whether it is one.
"""

from dataclasses import dataclass, fields

import numpy as np
from scipy import ndimage

from ..errors import ParameterError
from .long_symbols import find_long_symbols
from .preamble import LONG_SYMBOL_AT, PERIOD, PREAMBLE
from .short_field import repeats

_APART = 9  # blocks among which there is one candidate
_LATER, _LEAST_DROP = 12, 2  # blocks after which, in the long field, there is half as much that repeats: a carrier goes on
_MISSED = 64  # samples of its first window that a packet may lack where its beginning is cut off: of fewer, too little repeats
_LEAST_REPEAT = 0.35  # of the power, which repeats after 16 samples; 112 samples of noise have that once in a million


@dataclass(frozen=True, slots=True)
class Packets:
    """Where n packets are.

    Attributes
    ----------
    start : int64 [n]
        First sample of the short training field. Negative where the samples begin within it.
    long_start : int64 [n]
        First sample of the first long training symbol.
    cfo : float64 [n]
        Carrier offset, cycles per sample, between -1/32 and 1/32.
    quality : float32 [n]
        Share of the long symbols' power that a preamble explains, 0 to 1; below 0.2 where there is none.
    """

    start: np.ndarray
    long_start: np.ndarray
    cfo: np.ndarray
    quality: np.ndarray

    def take(self, which: np.ndarray | list[int]) -> "Packets":
        """Return some of the packets, by number or by a mask."""
        return Packets(*(getattr(self, field.name)[which] for field in fields(self)))


def find_packets(samples: np.ndarray, least_quality: float = 0.35) -> Packets:
    """Find every packet of a stream.

    Parameters
    ----------
    samples : complex64 [m]
        Blocks of 16 with a sample that is not finite are passed over.
    least_quality : float
        In (0, 1). Packets at 0, 3, 10 dB have about 0.45, 0.63, 0.87; among 20,000 rows of noise the best has 0.12.

    Returns
    -------
    Packets
        In order, none within 192 samples of another.

    Raises
    ------
    ParameterError
        The samples are no stream of complex numbers, or the least quality is outside its range.
    """
    if not 0 < least_quality < 1:
        raise ParameterError(f"The 'least_quality' of packets must be above 0 and below 1. Got {least_quality} instead.")
    repeated, power = repeats(_checked(samples, 1)[None])
    strength = np.abs(repeated[0])
    likely = (strength > _LEAST_REPEAT * power[0]) & (strength == ndimage.maximum_filter1d(strength, _APART))
    later = np.concatenate((strength[_LATER:], np.zeros(_LATER, np.float32)))[: strength.size]
    at = np.flatnonzero(likely & (strength > _LEAST_DROP * later))
    windows = at * PERIOD
    if at.size and at[0] == 0:  # its packet may have begun before the samples
        windows, at = np.concatenate(([-_MISSED], windows)), np.concatenate((at[:1], at))
    found = _at(samples, windows, repeated[0, at])
    found = found.take(found.quality >= least_quality)
    found = found.take(np.argsort(found.start, kind="stable"))
    return found.take(_best_of_each(found))


def synchronise(frames: np.ndarray) -> Packets:
    """Find the one packet that is expected in each row.

    Parameters
    ----------
    frames : complex64 [n, m]
        With m at least 320. Rows that are not finite have a quality of 0.

    Returns
    -------
    Packets
        One a row, wherever the row's samples are most like a preamble.

    Raises
    ------
    ParameterError
        The frames are no rows of at least 320 complex numbers.
    """
    repeated, power = repeats(_checked(frames, 2))
    strength = np.abs(repeated)
    at = np.argmax(strength * strength / np.maximum(power, 1e-30), axis=1)
    return _at(frames, at * PERIOD, repeated[np.arange(at.size), at])


def _checked(samples: np.ndarray, dimensions: int) -> np.ndarray:
    if samples.ndim != dimensions or samples.dtype != np.complex64 or (dimensions == 2 and samples.shape[1] < PREAMBLE):
        rule = ("one row of complex64", f"rows of at least {PREAMBLE} complex64")[dimensions - 1]
        raise ParameterError(f"Samples with 802.11 packets must be {rule}. Got {samples.dtype} {samples.shape} instead.")
    return samples


def _at(samples: np.ndarray, windows: np.ndarray, repeated: np.ndarray) -> Packets:
    long_start, cfo, quality = find_long_symbols(samples, windows, repeated)
    return Packets(long_start - LONG_SYMBOL_AT, long_start, cfo, quality)


def _best_of_each(found: Packets) -> list[int]:
    """Numbers of the packets, each the best of those that its preamble would overlap."""
    kept: list[int] = []
    for one, start in enumerate(found.start):
        if not kept or start - found.start[kept[-1]] >= LONG_SYMBOL_AT:
            kept.append(one)
        elif found.quality[one] > found.quality[kept[-1]]:
            kept[-1] = one
    return kept
