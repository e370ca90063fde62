# SPDX-License-Identifier: GPL-3.0-or-later
"""When the one burst of an array turns on and off, to a fraction of the time that its bandwidth allows."""

from dataclasses import dataclass

import numpy as np

from .middle import median

_LONG, _SHORT = 6.0, 1.5  # over the band's width: means of the power that find the burst, and its edges
_ON = 0.3  # from the noise to the burst's power: on
_FULL = 0.3  # of the strongest moment: if hardly any is weaker, the burst fills the array


@dataclass(frozen=True, slots=True)
class Edges:
    """When a burst is on.

    Attributes
    ----------
    start, stop : float
        Where the power passes half of the burst's, in samples; the array's ends where it was on before or stays on.
    whole_start, whole_stop : bool
        Whether the burst is seen to turn on, and off.
    """

    start: float
    stop: float
    whole_start: bool
    whole_stop: bool


def find_edges(power: np.ndarray, width: float) -> Edges:
    """Find the stretch of most energy in which the power is up.

    Parameters
    ----------
    power : float [n]
        Of the samples, not negative, not all zero.
    width : float
        Of the burst's band, cycles per sample.
    """
    length = min(max(1, round(_LONG / width)), power.size)
    level = _mean(power, length)
    top = median(level[level > _FULL * level.max()])
    noise = float(np.partition(level, level.size // 20)[level.size // 20])
    if noise > _FULL * top:
        noise = 0.0
    on = level > noise + _ON * (top - noise)
    runs = np.flatnonzero(np.diff(np.concatenate(([0], on.view(np.int8), [0])))).reshape(-1, 2)
    apart = np.concatenate(([True], runs[1:, 0] - runs[:-1, 1] > 2 * length))
    starts, stops = runs[apart, 0], runs[np.concatenate((apart[1:], [True])), 1]
    summed = np.concatenate(([0.0], np.cumsum(power, dtype=float)))
    best = int(np.argmax(summed[stops] - summed[starts]))
    first, last = int(starts[best]), int(stops[best])
    settled = median(level[first:last])
    half = noise + 0.5 * (settled - noise)
    fine = _mean(power, min(max(1, round(_SHORT / width)), power.size))
    begin = max(0, first - length)
    rises = crossing(fine[begin : min(first + length, last) + 1], half)
    end = min(power.size, last + length)
    falls = crossing(fine[max(last - length, first) : end][::-1], half)
    start = 0.0 if rises is None else begin + rises
    stop = float(power.size) if falls is None else end - falls
    return Edges(float(start), float(stop), rises is not None, falls is not None)


def crossing(level: np.ndarray, half: float) -> float | None:
    """Return where a level rises through `half` for good, with its fraction; None where it is above from the first."""
    below = np.flatnonzero(level < half)
    if below.size == 0:
        return None
    at = int(below[-1])
    if at + 1 >= level.size:
        return float(at)
    return at + float((half - level[at]) / (level[at + 1] - level[at]))


def _mean(power: np.ndarray, length: int) -> np.ndarray:
    """Means of `length` values around each; beyond the ends there is nothing to see, so the mean is of what is there."""
    before = length // 2
    after = length - before
    summed = np.cumsum(np.concatenate((np.zeros(before + 1), power)))
    summed = np.concatenate((summed, np.full(after - 1, summed[-1])))
    means = summed[length:] - summed[:-length]
    means /= length
    seen = np.arange(after, length)
    means[:before] *= length / seen
    if after > 1:
        means[-(after - 1) :] *= length / np.arange(length - 1, before, -1)
    return means
