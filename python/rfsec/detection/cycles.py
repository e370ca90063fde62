# SPDX-License-Identifier: GPL-3.0-or-later
"""Spectral lines of a power-like waveform: the rate at which a burst's statistics repeat (Gardner, 1986)."""

from typing import NamedTuple

import numpy as np
from scipy import fft

from ..dsp.rotation import phasor

_LOWEST = 0.012  # cycles per sample
_ABOVE_CHANCE = 10.5  # nepers of a line's power over what the strongest of all bins of noise is expected to have
_BLOCK = 128  # bins, of whose power the floor is taken
_LEAST_FLOOR = 0.03  # of the highest floor: leakage of lines
_PARTS, _WEAKER = 8, 4
_KEPT = 0.2  # of a line's amplitude, in the weaker half of its parts; steady lines without noise have 0.5
_TONE = 0.5  # of the waveform's variance in one line: a tone, not data
_HIGHEST_HARMONIC = 16
_AMONG = 0.25  # of the strongest line's score, with lines of other waveforms
_FUNDAMENTAL = 0.3  # of the strongest line's power that one of which it is a multiple has at least


class Line(NamedTuple):
    """Rate in cycles per sample; power over the floor."""

    rate: float
    score: float


def find_lines(waveform: np.ndarray, highest: float, free_from: float, share: float) -> list[Line]:
    """Return the strongest line of a waveform, and the lowest of which it is a multiple.

    A line counts where it is there during the whole burst, and not in one part of it.

    Parameters
    ----------
    waveform : float [n]
        Not negative: a squared magnitude, or the like.
    highest : float
        Rate up to which to look, cycles per sample.
    free_from, share : float
        Below the rate `free_from` the strongest line's amplitude is at least `share` of the waveform's mean: voices have
        many faint ones there.
    """
    length = fft.next_fast_len(2 * waveform.size, real=True)
    varying = (waveform - waveform.mean()).astype(np.float32)
    spectrum = fft.rfft(varying, length)
    first, last = max(8, int(_LOWEST * length)), int(highest * length)
    if last - first < 16:
        return []
    power = spectrum.real[: last + 1] ** 2 + spectrum.imag[: last + 1] ** 2
    score = power / _floor(power, first)
    score[:first] = score[last:] = 0
    threshold = np.log(last) + _ABOVE_CHANCE
    free = min(last, int(free_from * length))
    faint = np.sqrt(power[:free]) < share * np.abs(waveform).sum()
    strongest = int(np.argmax(np.concatenate((np.where(faint, 0, score[:free]), score[free:]))))
    if score[strongest] < threshold or 2 * power[strongest] > _TONE * varying.size * np.vdot(varying, varying):
        return []
    found = [Line(_refined(power, strongest) / length, float(score[strongest]))]
    for divisor in range(_HIGHEST_HARMONIC, 1, -1):
        near = int(round(found[0].rate / divisor * length))
        if near <= first:
            continue
        at = near - 1 + int(np.argmax(power[near - 1 : near + 2]))
        if score[at] > threshold and power[at] > _FUNDAMENTAL * power[strongest]:
            found.append(Line(_refined(power, at) / length, float(score[at])))
            break
    return [line for line in found if _lasts(varying, line.rate)]


def fundamental(lines: list[Line]) -> float | None:
    """Return the rate of the strongest line, or of the lowest of which it is a multiple; None without lines."""
    if not lines:
        return None
    strongest = max(lines, key=lambda line: line.score)
    for line in sorted(lines):
        times = round(strongest.rate / line.rate)
        fits = abs(strongest.rate / line.rate - times) < 0.01 * times
        if fits and times <= _HIGHEST_HARMONIC and line.score >= _AMONG * strongest.score:
            return strongest.rate / times
    return strongest.rate


def _floor(power: np.ndarray, first: int) -> np.ndarray:
    """What the power of each bin would be without lines, from the medians of blocks."""
    blocks = max(2, power.size // _BLOCK)
    size = power.size // blocks
    medians = np.partition(power[: blocks * size].reshape(blocks, size), size // 2, axis=1)[:, size // 2] / np.log(2)
    floor = np.interp(np.arange(power.size), (np.arange(blocks) + 0.5) * size, medians)
    return np.maximum(floor, max(_LEAST_FLOOR * floor[first:].max(), 1e-30))


def _refined(power: np.ndarray, at: int) -> float:
    before, here, after = np.sqrt(power[at - 1 : at + 2])
    return at + float(np.clip(0.5 * (before - after) / min(before - 2 * here + after, -1e-12), -1, 1))


def _lasts(varying: np.ndarray, rate: float) -> bool:
    size = varying.size // _PARTS
    turned = varying[: size * _PARTS] * phasor(size * _PARTS, -rate)
    parts = turned.reshape(_PARTS, size).sum(axis=1)
    whole = parts.sum()
    along = np.sort((parts * np.conj(whole)).real / max(abs(whole), 1e-30))
    return bool(along[:_WEAKER].sum() > _KEPT * abs(whole))
