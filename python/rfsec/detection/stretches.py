# SPDX-License-Identifier: GPL-3.0-or-later
"""Cuts an emission into bursts where its envelope rests, to within a few samples."""

import numpy as np
from scipy import ndimage, signal

from .emissions import PAUSE, PULSE, PULSE_PAUSE

_SMOOTHED = 12.0  # of the inverse bandwidth
_ABOVE_NOISE = 4.0
_BELOW_PEAK = 1e-2  # of the strongest moment nearby
_NEARBY = 2.0  # smoothing lengths
_SHORTEST = 2.0  # over the bandwidth: what is shorter cannot be measured
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
    narrow, step = _filtered(samples, band)
    bandwidth = min(1.0, (band[1] - band[0]) * step)
    smoothed = max(1, round(_SMOOTHED / bandwidth))
    level = ndimage.uniform_filter1d(narrow.real**2 + narrow.imag**2, smoothed, mode="constant")
    nearby = ndimage.maximum_filter1d(level, 2 * int(_NEARBY * smoothed) + 1, mode="constant")
    noise = noise_density * (1 if step == 1 else (band[1] - band[0]))
    runs = _runs(level > np.maximum(_ABOVE_NOISE * noise, _BELOW_PEAK * nearby))
    edge = min(smoothed // 2, 1 + int(0.5 * smoothed * (1 - 2 * _BELOW_PEAK)))  # the mean sees a start that early
    runs = [(first + edge, last - edge) if last - first > 2 * edge + 1 else ((first + last) // 2, (first + last) // 2 + 1)
            for first, last in runs]
    runs = _joined(runs, width * step, bandwidth)
    kept = [(first * step, last * step) for first, last in runs if (last - first) * bandwidth >= _SHORTEST]
    return [(first, min(last, samples.size) - first) for first, last in kept if first < samples.size]


def _filtered(samples: np.ndarray, band: tuple[float, float]) -> tuple[np.ndarray, int]:
    """The emission alone, at a lower rate where that is possible: the samples, and how many old ones one stands for."""
    span = band[1] - band[0]
    if span >= _FULL_BAND:
        return samples, 1
    step = max(1, int(1 / (2 * span)))
    centre = (band[0] + band[1]) / 2
    turned = samples * np.exp(-2j * np.pi * centre * np.arange(samples.size)).astype(np.complex64)
    taps = signal.firwin(8 * max(2, step) + 1, span, fs=2.0).astype(np.float32)
    return signal.upfirdn(taps, turned, 1, step)[(taps.size // 2) // step :][: -(-samples.size // step)], step


def _runs(on: np.ndarray) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate(([0], on.view(np.int8), [0]))))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist()))


def _joined(runs: list[tuple[int, int]], width: float, bandwidth: float) -> list[tuple[int, int]]:
    """Join what only a pause divides."""
    joined: list[list[int]] = []
    for first, last in runs:
        if joined:
            before = joined[-1]
            length = max(before[1] - before[2], last - first)
            allowed = PAUSE / width
            if length * bandwidth < PULSE:
                allowed = max(allowed, PULSE_PAUSE * length)
            if first - before[1] < allowed:
                before[1:] = [last, first]
                continue
        joined.append([first, last, first])
    return [(first, last) for first, last, _ in joined]
