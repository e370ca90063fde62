# SPDX-License-Identifier: GPL-3.0-or-later
"""The symbol clock of two-level FSK, from the times at which its frequency is switched."""

from dataclasses import dataclass

import numpy as np
from scipy import fft

_SMOOTHED = (0.6, 2.0, 6.0)  # over the band's width: means of the frequency in which edges are looked for
_LAG = 0.5  # over the band's width: the phase turns by less than half a turn
_LOOKED_AT = 1024  # samples for the levels
_HYSTERESIS = 0.25  # of the distance from the middle to a level
_FEWEST_EDGES = 10
_SLOWEST, _FASTEST = 1 / 24, 1.4  # symbol rate over the band's width
_GRID = 0.25  # samples of the edge train over the highest rate
_FUNDAMENTAL = 0.85  # of the largest coherence: multiples of a clock's rate are as coherent
_BETTER = 1.2  # times the evidence, for a longer mean to be taken
_COHERENT = 0.55  # edges on a clock's ticks give 1, random ones 1 / sqrt(their number)
_CLEAR = 0.8  # coherence that needs no longer means
_CHANCE = 1e-4
_FAR, _NEAR = 0.35, 0.2  # symbols beside its tick, beyond which an edge does not count


@dataclass(frozen=True, slots=True)
class Clock:
    """Symbol k lasts from `start + k * period` to `start + (k + 1) * period`, in samples; k may be negative.

    `period_error` is the standard error of the period over the period.
    """

    period: float
    start: float
    period_error: float


def find_clock(samples: np.ndarray, width: float) -> Clock | None:
    """Find the symbol clock of a burst.

    Of the times at which the smoothed frequency passes the middle of its two levels, the rate is taken at which they are
    most coherent; it is then refined over the whole burst by a line through the times over their numbers of symbols.

    Parameters
    ----------
    samples : complex64 [n]
        The burst alone, at 0 Hz, with little noise beside its band.
    width : float
        Of its band, cycles per sample.

    Returns
    -------
    Clock or None
        None where there are no two levels, too few edges, or no common clock.
    """
    lag = max(1, int(_LAG / width))
    turns = np.angle(samples[lag:] * np.conj(samples[:-lag]))
    summed = np.concatenate(([0.0], np.cumsum(turns)))
    found, most = None, 0.0
    for smoothed in _SMOOTHED:
        length = max(1, round(smoothed / width))
        if samples.size < 8 * length:
            break
        frequency = (summed[length:] - summed[:-length]) / length
        edges = _edges(frequency)
        if edges is None:
            continue
        rate, evidence = _common_rate(edges, _SLOWEST * width, _FASTEST * width)
        if evidence > _BETTER * most:
            found, most = (edges + (length - 1 + lag) / 2, rate), evidence
        if most > _CLEAR**2 * edges.size:
            break
    return None if found is None else _line(*found)


def levels(frequency: np.ndarray) -> tuple[float, float]:
    """The lower and the upper level of a waveform that is mostly at one of two; equal where there are none."""
    ordered = np.sort(frequency[:: max(1, frequency.size // _LOOKED_AT)])
    middle = (ordered[ordered.size // 10] + ordered[-1 - ordered.size // 10]) / 2
    for _ in range(4):
        below = int(np.searchsorted(ordered, middle))
        if below == 0 or below == ordered.size:
            return float(middle), float(middle)
        low, high = ordered[below // 2], ordered[(below + ordered.size) // 2]
        middle = (low + high) / 2
    return float(low), float(high)


def _edges(frequency: np.ndarray) -> np.ndarray | None:
    low, high = levels(frequency)
    if high <= low:
        return None
    middle = (low + high) / 2
    sure = np.flatnonzero(np.abs(frequency - middle) > _HYSTERESIS * (high - low) / 2)
    changes = np.flatnonzero(np.diff(frequency[sure] > middle))
    if changes.size < _FEWEST_EDGES:
        return None
    before, after = sure[changes], sure[changes + 1]
    return before + (middle - frequency[before]) / (frequency[after] - frequency[before]) * (after - before)


def _common_rate(edges: np.ndarray, low: float, high: float) -> tuple[float, float]:
    """The rate, cycles per sample, and the evidence for it: number of edges times coherence squared; 0 if by chance."""
    gaps = np.diff(edges)
    high = min(high, 1.6 / max(np.partition(gaps, gaps.size // 10)[gaps.size // 10], 1e-9))
    if high <= low:
        return 0.0, 0.0
    step = _GRID / high
    span = edges[-1] - edges[0]
    points = int(span / step) + 3
    at = (edges - edges[0]) / step
    whole = at.astype(np.intp)
    train = np.bincount(whole, 1 - (at - whole), points) + np.bincount(whole + 1, at - whole, points)[:points]
    length = fft.next_fast_len(4 * points, real=True)
    spectrum = np.abs(fft.rfft(train.astype(np.float32), length))
    coherence = spectrum / np.sinc(np.arange(spectrum.size) / length) ** 2 / edges.size
    first, last = max(2, int(low * step * length)), min(int(high * step * length) + 2, coherence.size - 1)
    if last - first < 3:
        return 0.0, 0.0
    most = coherence[first:last].max()
    best = first + int(np.argmax(coherence[first:last] >= _FUNDAMENTAL * most))
    while best + 1 < last and coherence[best + 1] > coherence[best]:
        best += 1
    evidence = edges.size * coherence[best] ** 2
    if coherence[best] < _COHERENT or (high - low) * span * np.exp(-evidence) > _CHANCE:
        return 0.0, 0.0
    before, here, after = coherence[best - 1 : best + 2]
    fine = best + 0.5 * (before - after) / min(before - 2 * here + after, -1e-12)
    return float(fine / (step * length)), float(evidence)


def _line(edges: np.ndarray, rate: float) -> Clock | None:
    """The line through the times of the edges over their numbers of symbols, without those far beside it; None where it has no slope."""
    period = 1 / rate
    start = float(np.angle(np.exp(2j * np.pi * edges * rate).sum()) / (2 * np.pi) * period)
    for limit in (_FAR, _FAR, _NEAR):
        numbers = np.round((edges - start) / period)
        off = (edges - start) / period - numbers
        kept = np.abs(off) < limit
        near = numbers[kept]
        if not near.size or near[0] == near[-1]:
            return None
        centred = near - near.mean()
        spread = np.vdot(centred, centred)
        period = float(np.vdot(centred, edges[kept]) / spread)
        start = float(edges[kept].mean() - period * near.mean())
    return Clock(period, start, float(np.std(off[kept]) / np.sqrt(spread)))
