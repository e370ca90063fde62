# SPDX-License-Identifier: GPL-3.0-or-later
"""A located FSK burst on the grid of its own symbols."""

from dataclasses import dataclass
from math import ceil

import numpy as np
from scipy.ndimage import uniform_filter1d

from .band import band_only
from .burst_edges import Edges, crossing
from .fsk_clock import Clock, levels
from .locate import Located
from .middle import median

#: Frequencies a symbol.
STEPS = 8
#: Symbols kept before the first, and after the last.
LEAD, TAIL = 8, 3
#: Symbols looked at, from the burst's first.
MOST_SYMBOLS = 2048
_BESIDE, _FALL = 0.8, 0.4  # symbol rates beyond the deviation that the filter passes, and over which it falls
_UP = 16.0  # samples a symbol at least, before they are interpolated
_TURN = 2.5  # symbol rates to either side that 8 samples a symbol can hold
_SMOOTHED, _AROUND = 8, 2.5  # steps over which the power is averaged, and symbols around a rough edge, for a fine one
_MIDDLE = slice(1, 7)  # steps of a symbol that decide on it


@dataclass(frozen=True, slots=True)
class Symbols:
    """A burst on the grid of its symbols; symbol k is row `LEAD + k`.

    Attributes
    ----------
    samples : complex64 [rows, STEPS]
        At the beginning of each step.
    frequency : float [rows, STEPS]
        Mean over each step, in symbol rates, from `Located.centre_hz`.
    envelope : float [rows, STEPS]
        Mean over each step.
    bits : float [k]
        -1 for the lower frequency, 1 for the upper.
    edges : Edges
        When the burst is on, in symbols from the first.
    """

    samples: np.ndarray
    frequency: np.ndarray
    envelope: np.ndarray
    bits: np.ndarray
    edges: Edges


def on_symbols(burst: Located, clock: Clock, deviation: float) -> Symbols | None:
    """Filter a burst to what its modulation needs, and take it at fixed times of each symbol.

    Parameters
    ----------
    burst : Located
    clock : Clock
        Times in samples of `burst.samples`.
    deviation : float
        Half the distance of the levels, in symbol rates.

    Returns
    -------
    Symbols or None
        None where fewer than two symbols are inside, or all have the same value.
    """
    period = clock.period
    edges = burst.edges
    first = int(np.round((edges.start - clock.start) / period))
    sent = int((edges.stop - clock.start) / period) - first
    count = min(MOST_SYMBOLS, sent)
    if count < 2:
        return None
    begin = int(clock.start + (first - LEAD - 1) * period) - 2
    end = int(clock.start + (first + count + TAIL + 1) * period) + 4
    part = burst.samples[max(begin, 0) : end]
    part = np.pad(part, (max(-begin, 0), max(end - burst.samples.size, 0)))
    fine = max(1, round((deviation + 1) / _TURN)) * STEPS
    up = max(1, ceil(_UP * fine / STEPS / period))
    filtered = band_only(part, (deviation + _BESIDE) / period, _FALL / period, up)
    rows = LEAD + count + TAIL
    times = (clock.start - begin + (first - LEAD + np.arange(rows * fine + 1) / fine) * period) * up
    taken = _at(filtered, times)
    turns = np.angle(taken[1:] * np.conj(taken[:-1])) * (fine / (2 * np.pi))
    frequency = turns.reshape(rows, STEPS, -1).mean(axis=2)
    magnitude = np.abs(taken)
    envelope = ((magnitude[1:] + magnitude[:-1]) / 2).reshape(rows, STEPS, -1).mean(axis=2)
    decided = frequency[LEAD : LEAD + count, _MIDDLE].mean(axis=1)
    low, high = levels(decided)
    if high <= low:
        return None
    bits = np.where(decided > (low + high) / 2, 1.0, -1.0)
    on, off = ((edge - clock.start) / period - first for edge in (edges.start, edges.stop))
    samples = taken[:-1].reshape(rows, STEPS, -1)[:, :, 0]
    rough = Edges(on, off, edges.whole_start, edges.whole_stop and count == sent)
    return Symbols(samples, frequency, envelope, bits, _refined(rough, envelope, count))


def _refined(rough: Edges, envelope: np.ndarray, count: int) -> Edges:
    """The edges in the envelope of the symbols, which is filtered in the same way however the burst was found."""
    power = uniform_filter1d(envelope.ravel() ** 2, _SMOOTHED)
    half = 0.5 * median(power[LEAD * STEPS : (LEAD + count) * STEPS])
    near = []
    for at, whole, way in ((rough.start, rough.whole_start, 1), (rough.stop, rough.whole_stop, -1)):
        centre = (LEAD + at) * STEPS
        first, last = max(0, int(centre - _AROUND * STEPS)), min(power.size, int(centre + _AROUND * STEPS))
        crossed = crossing(power[first:last][::way], half) if whole else None
        if crossed is not None:
            at = ((first + crossed if way > 0 else last - 1 - crossed) + 0.5) / STEPS - LEAD
        near.append(at)
    return Edges(near[0], near[1], rough.whole_start, rough.whole_stop)


def _at(samples: np.ndarray, times: np.ndarray) -> np.ndarray:
    """The samples between which times lie, joined by Lagrange's cubic; times are at least 1 inside."""
    whole = times.astype(np.intp)
    part = (times - whole).astype(np.float32)
    before, after, later = part + 1, part - 1, part - 2
    taken = samples[whole - 1] * (part * after * later * np.float32(-1 / 6))
    taken += samples[whole] * (before * after * later * np.float32(0.5))
    taken += samples[whole + 1] * (before * part * later * np.float32(-0.5))
    taken += samples[whole + 2] * (before * part * after * np.float32(1 / 6))
    return taken
