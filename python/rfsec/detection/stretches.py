# SPDX-License-Identifier: GPL-3.0-or-later
"""Cuts an emission into bursts where its envelope rests, to within a few samples."""

import numpy as np
from scipy import fft, signal

from ..dsp.rotation import phasor
from .emissions import PAUSE, PULSE_PAUSE

# An emission far above the noise is seen to within a few samples, a weaker one only over a time that is longer by as much.
_SMOOTHED, _SMOOTHED_WEAK = 12.0, 80.0  # of the inverse bandwidth
_STRONG = 16.0  # of the noise
_UP = 0.25  # from the noise to the strongest moment: an emission is on above,
_CLEARLY = 2.5  # or above so many times the noise, for an envelope like noise dips deep in its short means
_BELOW_PEAK = 1e-2  # of the strongest moment nearby
_SHORTEST = 2.0  # over the bandwidth: what is shorter cannot be measured
_SHORTEST_WEAK = 0.25  # of the time over which a weak emission is seen: what is shorter is another one's splatter
_SIDE = 100.0  # over the equivalent bandwidth: a level that lasts so long on either side of a step is another burst's
_STEP = 6.0
_ALIKE = 20.0
_SYMBOL, _WHOLE = 150.0, 0.015  # time times bandwidth of a symbol at most, and how exactly it is repeated
_BACK = 4
_LONGEST_PULSE = 1 << 12  # samples that are looked at
_MAIN, _PULSE_BINS = 0.98, 40  # share of a square pulse's power, and how many times 1 / length it is wide at most
_NOISE_PEAK = 4.0  # of its mean: few bins of noise alone are higher
_TAPS = 16
_FULL_BAND = 0.5  # cycles per sample: a wider emission is not filtered


def find_stretches(samples: np.ndarray, noise_density: float, band: tuple[float, float], width: float) -> list[tuple[int, int]]:
    """Return where an emission is on: (first sample, number of samples) of each burst, in order.

    Parameters
    ----------
    samples : complex64 [n]
        The emission, with what surrounds it.
    noise_density : float
        Noise power per cycles per sample.
    band : (float, float)
        Lowest and highest frequency of the emission, cycles per sample.
    width : float
        Its equivalent bandwidth, cycles per sample.
    """
    narrow, step, noise_bandwidth = _filtered(samples, band)
    bandwidth = min(1.0, (band[1] - band[0]) * step)
    summed = np.concatenate(([0.0], np.cumsum(narrow.real**2 + narrow.imag**2, dtype=float)))
    noise = noise_density * noise_bandwidth
    strongest = min(_STRONG, _means(summed, max(1, round(_SMOOTHED_WEAK / bandwidth))).max(initial=0) / noise)
    smoothed = max(1, round(min(_SMOOTHED_WEAK, _SMOOTHED * _STRONG / max(1.0, strongest)) / bandwidth))
    shortest, shortest_pause = (_SHORTEST / bandwidth, 1) if strongest == _STRONG else (_SHORTEST_WEAK * smoothed, smoothed)
    level = _means(summed, smoothed)
    least = min(_CLEARLY, 1 + (strongest - 1) * _UP) * noise
    runs = _runs(_above(level, smoothed, least), shortest_pause)
    edge = min(smoothed // 2, 1 + int(0.5 * smoothed * (1 - 2 * _BELOW_PEAK)))  # the mean sees a start that early
    runs = [(first + edge, last - edge) for first, last in runs if last - first - 2 * edge >= shortest]
    runs = _joined(_divided(runs, summed, round(_SIDE / (width * step))), narrow, summed, noise, width * step)
    return [(first * step, min(last * step, samples.size) - first * step) for first, last in runs if first * step < samples.size]


def _means(summed: np.ndarray, length: int) -> np.ndarray:
    """Means of `length` values around each, from their sums; beyond the ends there is nothing."""
    before = length // 2
    padded = np.pad(summed, (before, length - before - 1), mode="edge")
    means = padded[length:] - padded[:-length]
    means /= length
    return means


def _above(level: np.ndarray, length: int, least: float) -> np.ndarray:
    """Where a level is above `least` and above a share of the largest one within one to two times `length`."""
    blocks = -(-level.size // length)
    padded = np.pad(level, (0, blocks * length - level.size)).reshape(blocks, length)
    largest = np.pad(padded.max(axis=1), 1)
    largest = np.maximum(np.maximum(largest[:-2], largest[1:-1]), largest[2:])
    return (padded > np.maximum(least, _BELOW_PEAK * largest)[:, None]).ravel()[: level.size]


def _filtered(samples: np.ndarray, band: tuple[float, float]) -> tuple[np.ndarray, int, float]:
    """The emission alone, at a lower rate where that is possible.

    Returns its samples, how many old ones one stands for, and the bandwidth of the noise with it in old cycles per sample.
    """
    span = band[1] - band[0]
    if span >= _FULL_BAND:
        return samples, 1, 1.0
    step = max(1, int(1 / (2 * span)))
    centre = (band[0] + band[1]) / 2
    turned = samples * phasor(samples.size, -centre)
    taps = signal.firwin(_TAPS * step + 1, span, fs=2.0).astype(np.float32)
    narrow = signal.upfirdn(taps, turned, 1, step)[(taps.size // 2) // step :]
    return narrow[: -(-samples.size // step)], step, float(np.sum(taps**2))


def _runs(on: np.ndarray, shortest_pause: int) -> list[tuple[int, int]]:
    """Where `on` is true, over what is false for less than `shortest_pause`: (first, beyond the last) of each run."""
    padded = np.pad(on, 1)
    edges = np.flatnonzero(padded[1:] != padded[:-1])
    starts, ends = edges[::2], edges[1::2]
    apart = starts[1:] - ends[:-1] >= shortest_pause
    return list(zip(starts[np.r_[True, apart][: starts.size]].tolist(), ends[np.r_[apart, True][: ends.size]].tolist()))


def _divided(runs: list[tuple[int, int]], summed: np.ndarray, side: int) -> list[tuple[int, int]]:
    """Divide runs where the power steps up or down for good: one burst follows another without a pause."""
    divided = []
    for first, last in runs:
        edges = [first]
        if last - first >= 2 * side:
            means = np.maximum(summed[first + side : last + 1] - summed[first : last + 1 - side], 1e-300)
            steps = means[side:] / means[:-side]
            np.maximum(steps, 1 / steps, out=steps)
            if steps.max() > _STEP:
                peaks, _ = signal.find_peaks(np.pad(steps, 1), height=_STEP, distance=side)
                edges += [first + side + int(peak) - 1 for peak in peaks]
        divided += zip(edges, [*edges[1:], last])
    return divided


def _joined(
    runs: list[tuple[int, int]], samples: np.ndarray, summed: np.ndarray, noise: float, width: float
) -> list[tuple[int, int]]:
    """Join pulses over pauses and over what is far weaker between them, and symbols of a frame of which others are silent.

    What holds more than a pulse or a symbol ends with any pause. Nothing is joined over what is stronger.
    """
    joined: list[list[int]] = []
    pulses = _Pulses(samples, noise)
    for first, last in runs:
        back = _joins((first, last), joined, pulses, summed, width)
        joined[back:] = [[joined[back][0] if back < len(joined) else first, last, first]]
    return [(first, last) for first, last, _ in _without_tails(joined, pulses, summed, PAUSE / width)]


def _joins(one: tuple[int, int], joined: list[list[int]], pulses: "_Pulses", summed: np.ndarray, width: float) -> int:
    """Which of the bursts so far a stretch is a part of; their number where it is a new one."""
    first, last = one
    for back in range(len(joined) - 1, max(-1, len(joined) - 1 - _BACK), -1):
        _, end, pulse = joined[back]
        allowed = max(PAUSE / width, PULSE_PAUSE * max(end - pulse, last - first))
        if first - end < allowed and _alike(summed, (pulse, end), one):
            symbols = back == len(joined) - 1 and _symbols_of_one((pulse, end), one, width)
            if symbols or pulses.holds(first, last) or pulses.holds(pulse, end):
                return back
        if _power(summed, pulse, end) > _power(summed, first, last):
            break
    return len(joined)


def _without_tails(joined: list[list[int]], pulses: "_Pulses", summed: np.ndarray, near: float) -> list[list[int]]:
    """Leave out what a transmitter that rises or falls leaves beside a burst: weak, close to it, and carrying nothing."""
    powers = [_power(summed, first, last) for first, last, _ in joined]
    kept = []
    for index, one in enumerate(joined):
        beside = [other for other in (index - 1, index + 1) if 0 <= other < len(joined)
                  and max(joined[other][0] - one[1], one[0] - joined[other][1]) < near and powers[other] > _ALIKE * powers[index]]
        if not (beside and pulses.holds(one[0], one[1])):
            kept.append(one)
    return kept


def _symbols_of_one(one: tuple[int, int], two: tuple[int, int], width: float) -> bool:
    """Whether two short stretches last, and begin, whole numbers of the shorter one apart: symbols of one OFDM frame."""
    lengths = one[1] - one[0], two[1] - two[0]
    unit = min(lengths)
    counts = np.array([*lengths, two[0] - one[0]]) / unit
    return bool(unit * width < _SYMBOL and (abs(counts - np.round(counts)) < _WHOLE * counts).all())


def _alike(summed: np.ndarray, one: tuple[int, int], two: tuple[int, int]) -> bool:
    """Whether two stretches have about the same power: pulses of one transmitter do."""
    powers = _power(summed, *one), _power(summed, *two)
    return min(powers) * _ALIKE > max(powers)


def _power(summed: np.ndarray, first: int, last: int) -> float:
    """The mean power of a stretch, from the sums of all."""
    return (summed[last] - summed[first]) / (last - first)


class _Pulses:
    """Tells whether a stretch is hardly wider in frequency than its own length makes it: it carries next to nothing."""

    def __init__(self, samples: np.ndarray, noise: float):
        self._samples, self._noise, self._known = samples, noise, {}

    def holds(self, first: int, last: int) -> bool:
        if first not in self._known:
            self._known[first] = self._is_pulse(self._samples[first : first + min(_LONGEST_PULSE, 1 << (last - first).bit_length() - 1)])
        return self._known[first]

    def _is_pulse(self, samples: np.ndarray) -> bool:
        spectrum = fft.fft(samples)
        power = np.maximum((spectrum.real**2 + spectrum.imag**2) / samples.size - _NOISE_PEAK * self._noise, 0)
        own = np.cumsum(np.concatenate((power[samples.size // 2 :], power[: samples.size // 2])))
        low, high = np.searchsorted(own, ((1 - _MAIN) / 2 * own[-1], (1 + _MAIN) / 2 * own[-1]))
        return bool(high - low < _PULSE_BINS)
