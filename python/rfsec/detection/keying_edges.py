# SPDX-License-Identifier: GPL-3.0-or-later
"""The clock of a waveform that is switched between two levels, from the times at which it is switched."""

import numpy as np
from scipy import fft

_SMOOTHED = ((1, 1), (4, 1), (12, 4), (40, 13))  # samples over which the waveform is averaged, every so many samples
_TWO_LEVELS = 0.84  # of the variance is between two levels; of noise 0.64, of a sine 0.81
_LOOKED_AT = 1024  # samples for the levels
_HYSTERESIS = 0.2  # of the distance of the levels, to either side of their middle
_FEWEST_EDGES = 12
_COHERENT = 0.7  # edges that lie on a clock's ticks give 1, random ones about 1 / sqrt(their number)
_FUNDAMENTAL = 0.9  # of the largest coherence: multiples of a clock's rate are as coherent
_LIKELY_BY_CHANCE = 1e-4
_SLOWEST, _FASTEST = 0.75, 3.2  # clock, over the inverse of the shortest stretches between edges
_GRID = 0.3  # points, over the highest rate
_SHORT, _SHORT_SPREAD, _SHORT_SHARE = 1.4, 0.08, 0.15
_ON_CLOCK, _OFF_CLOCK = 0.95, 0.05  # coherence of edges, and pulses' lengths beside the clock's ticks


def clock(waveform: np.ndarray, highest: float, low_over_high: float | None = None) -> float | None:
    """Return the rate of the clock on whose ticks a waveform changes between two levels.

    It is the lowest rate at which the edges are as coherent as anywhere: the period of all edges together, so that a
    receiver that stretches one level shifts it little. Where pulses of two lengths share no clock (a remote's oscillator
    of resistor and capacitor), it is the inverse of the shorter.

    Parameters
    ----------
    waveform : float [n]
        Magnitude, or instantaneous frequency, of a burst.
    highest : float
        Rate up to which to look, cycles per sample.
    low_over_high : float, optional
        The lower level is at most so much of the higher one.

    Returns
    -------
    float or None
        Cycles per sample; None where there are not two levels, too few edges, or none that is significant.
    """
    summed = np.concatenate(([0.0], np.cumsum(waveform, dtype=float)))
    found, most = None, 0.0
    for length, every in _SMOOTHED:
        if 8 * length > waveform.size:
            break
        smooth = ((summed[length::every] - summed[:-length:every]) / length).astype(np.float32)
        edges = _edges(smooth, low_over_high)
        rate, evidence = None, 0.0
        if edges is not None:
            edges = every * edges
            rate, evidence = _common_clock(edges, waveform.size, highest)
        if evidence < most / 2:
            break
        if evidence > most:
            found, most = (rate, edges), evidence
    if found is None or most > _ON_CLOCK**2 * found[1].size:
        return found and found[0]
    return _short_pulse(*found)


def _edges(waveform: np.ndarray, low_over_high: float | None) -> np.ndarray | None:
    """Times in samples, rising and falling in turn; None where there are not two levels."""
    ordered = np.sort(waveform[:: max(1, waveform.size // _LOOKED_AT)])
    ordered -= (mean := ordered.mean())
    below = np.arange(1, ordered.size)
    parted = np.cumsum(ordered)[:-1]  # where it is parted best, the variance between the parts is largest (Otsu, 1979)
    between = parted**2 / (below * (ordered.size - below))
    at = int(np.argmax(between))
    if between[at] < _TWO_LEVELS * np.vdot(ordered, ordered) / ordered.size or ordered[-1] <= ordered[0]:
        return None
    low, high = mean + parted[at] / below[at], mean - parted[at] / (ordered.size - below[at])
    if low_over_high is not None and low > low_over_high * high:
        return None
    middle = np.float32((low + high) / 2)
    sure = np.flatnonzero(np.abs(waveform - middle) > _HYSTERESIS * (high - low))
    changes = np.flatnonzero(np.diff(waveform[sure] > middle))
    if changes.size < _FEWEST_EDGES:
        return None
    before, after = sure[changes], sure[changes + 1]
    return before + (middle - waveform[before]) / (waveform[after] - waveform[before]) * (after - before)


def _common_clock(edges: np.ndarray, size: int, highest: float) -> tuple[float | None, float]:
    """The rate, cycles per sample, and the evidence for it: number of edges times coherence squared."""
    gaps = np.diff(edges)
    shortest = np.partition(gaps, gaps.size // 10)[gaps.size // 10]
    if shortest < 1:
        return None, 0.0
    low, high = _SLOWEST / shortest, min(_FASTEST / shortest, highest)
    step = max(1.0, _GRID / high)  # samples; each edge is shared out between the two points of the grid around it
    points = int(size / step) + 2
    length = fft.next_fast_len(4 * points, real=True)
    whole = (edges / step).astype(np.intp)
    part = edges / step - whole
    train = np.bincount(whole, 1 - part, points) + np.bincount(whole + 1, part, points)
    spectrum = np.abs(fft.rfft(train.astype(np.float32), length))
    coherence = spectrum / np.sinc(np.arange(spectrum.size) / length) ** 2 / edges.size
    length *= step
    first, last = int(low * length), min(int(high * length) + 2, coherence.size - 1)
    if last - first < 3:
        return None, 0.0
    most = coherence[first:last].max()
    at = first + int(np.argmax(coherence[first:last] >= _FUNDAMENTAL * most))
    while at + 1 < last and coherence[at + 1] > coherence[at]:
        at += 1
    evidence = edges.size * coherence[at] ** 2
    trials = (high - low) * (edges[-1] - edges[0])
    if coherence[at] < _COHERENT or trials * np.exp(-evidence) > _LIKELY_BY_CHANCE:
        return None, 0.0
    before, here, after = coherence[at - 1 : at + 2]
    rate = (at + 0.5 * (before - after) / min(before - 2 * here + after, -1e-12)) / length
    return float(rate), float(evidence)


def _short_pulse(rate: float, edges: np.ndarray) -> float:
    """The clock's rate, or the inverse of the short pulses' length where that is no multiple of the clock's period."""
    gaps, lengths = np.diff(edges), []
    for level in (gaps[::2], gaps[1::2]):
        short = level[level < _SHORT * np.quantile(level, 0.1)]
        if short.size < _SHORT_SHARE * level.size or short.std() > _SHORT_SPREAD * short.mean():
            return rate
        lengths.append(short.mean())
    length = sum(lengths) / 2
    off = abs(length * rate - max(1, round(length * rate)))
    return rate if max(lengths) > 1.6 * min(lengths) or off < _OFF_CLOCK else float(1 / length)
