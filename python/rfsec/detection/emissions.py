# SPDX-License-Identifier: GPL-3.0-or-later
"""Puts the pieces of an emission together: over pauses, over the tones of FSK, over the borders of blocks."""

from dataclasses import dataclass

import numpy as np

from .cells import Component
from .spectrogram import BINS, HOP

#: Pauses of an emission are shorter than so many times the inverse of its bandwidth.
PAUSE = 25.0
#: A pulse lasts shorter than this over its bandwidth; pauses between pulses last at most so many pulses.
PULSE, PULSE_PAUSE = 30.0, 8.0
_LINE, _LONGEST_PULSE = 2.5, 128  # bins: no wider than a line under the window, it is a pulse of any bandwidth; frames
_SPLATTER = 0.01  # of an emission's energy: what its start and end may spill over the band
_SHORTEST_PAUSE = 2  # frames
_NEAR = 4.0  # tones of FSK are at most so many of their widths apart
_TOGETHER = 0.7  # of the shorter tone's time
_OPPOSED = -0.2  # correlation of the power of two tones
_SIGNIFICANT = -2.5
_FEWEST_FRAMES = 8
_MOST_PAIRS = 64


@dataclass
class Emission:
    """One emission as cells show it.

    Attributes
    ----------
    first, last : int
        Frames since the start of the stream, `last` is beyond the end.
    low, high : int
        Bins, `high` is beyond the end.
    excess : float64 [BINS]
        Power above the floor, summed over its frames.
    noise : float64 [BINS]
        The floor when it began.
    resumed : int
        First frame after its last pause.
    goes_on : bool
        What came before its first frame was cut off it.
    """

    first: int
    last: int
    low: int
    high: int
    excess: np.ndarray
    noise: np.ndarray
    resumed: int
    goes_on: bool = False

    @property
    def width(self) -> float:
        """Equivalent bandwidth in cycles per sample: that of a flat spectrum as uneven; a bin at least."""
        total = self.excess.sum()
        return float(max(1.0, total**2 / max(np.square(self.excess).sum(), 1e-300))) / BINS

    @property
    def pause(self) -> float:
        """Frames that it may pause. Its last pulse tells, not all that was joined: else the first pulses alone could be."""
        pause, pulse = PAUSE / self.width / HOP, self.last - self.resumed
        is_line = self.width * BINS < _LINE and pulse <= _LONGEST_PULSE
        if is_line or pulse * HOP * self.width < PULSE:
            pause = max(pause, PULSE_PAUSE * pulse)
        return max(_SHORTEST_PAUSE, pause)

    def continues(self, later: "Emission") -> bool:
        """Whether `later` is a part of this emission."""
        overlap = min(self.high, later.high) - max(self.low, later.low)
        near = later.first - self.last <= max(self.pause, later.pause)
        return near and 2 * overlap >= min(self.high - self.low, later.high - later.low)

    def take(self, other: "Emission") -> None:
        """Make `other` a part of this emission."""
        if self.last < other.first:
            self.resumed = other.resumed
        elif self.first <= other.last:
            self.resumed = min(self.resumed, other.resumed)
        if other.first < self.first:
            self.first, self.goes_on = other.first, other.goes_on
        self.last = max(self.last, other.last)
        self.low, self.high = min(self.low, other.low), max(self.high, other.high)
        self.excess = self.excess + other.excess


def emissions_of(components: list[Component], power: np.ndarray, floor: np.ndarray, first_frame: int) -> list[Emission]:
    """Return the emissions of one block, ordered by their start.

    Parameters
    ----------
    components : list of Component
    power : float32 [frames, BINS]
    floor : float64 [BINS]
    first_frame : int
        The block's, since the start of the stream.
    """
    pieces = []
    for one in components:
        excess = np.zeros(BINS)
        inside = power[one.first : one.last, one.low : one.high].sum(axis=0, dtype=float)
        excess[one.low : one.high] = np.maximum(inside - (one.last - one.first) * floor[one.low : one.high], 0)
        first, last = first_frame + one.first, first_frame + one.last
        pieces.append(Emission(first, last, one.low, one.high, excess, floor, resumed=first))
    joined = join([], pieces)
    return _join_tones(joined, power, first_frame) if 1 < len(joined) <= _MOST_PAIRS else joined


def join(earlier: list[Emission], later: list[Emission]) -> list[Emission]:
    """Add each of `later` to the one that it continues, or as a new one; returns all, ordered by their start."""
    found = list(earlier)
    for piece in sorted(later, key=lambda one: one.first):
        parts = [one for one in found if one.continues(piece)]
        if not parts:
            found.append(piece)
            continue
        if len(parts) > 1 and piece.excess.sum() < _SPLATTER * max(one.excess.sum() for one in parts):
            continue  # it would link what has nothing else in common
        for other in (*parts[1:], piece):
            parts[0].take(other)
        found = [one for one in found if not any(one is other for other in parts[1:])]
    return sorted(found, key=lambda one: one.first)


def _join_tones(emissions: list[Emission], power: np.ndarray, first_frame: int) -> list[Emission]:
    """Join neighbours of which one is strong whenever the other is weak: the tones of one FSK transmitter."""
    found = sorted(emissions, key=lambda one: one.low)
    index = 0
    while index + 1 < len(found):
        lower, upper = found[index], found[index + 1]
        if _are_tones(lower, upper, power, first_frame):
            lower.take(upper)
            del found[index + 1]
        else:
            index += 1
    return sorted(found, key=lambda one: one.first)


def _are_tones(one: Emission, two: Emission, power: np.ndarray, first_frame: int) -> bool:
    together = min(one.last, two.last) - max(one.first, two.first)
    shorter = min(one.last - one.first, two.last - two.first)
    apart = two.low - one.high
    if together < max(_FEWEST_FRAMES, _TOGETHER * shorter) or apart > _NEAR * max(one.high - one.low, two.high - two.low):
        return False
    frames = slice(max(one.first, two.first) - first_frame, min(one.last, two.last) - first_frame)
    levels = [power[frames, own.low : own.high].sum(axis=1) for own in (one, two)]
    if min(np.ptp(level) for level in levels) == 0:
        return False
    correlation = np.corrcoef(*levels)[0, 1]
    return bool(correlation < _OPPOSED and correlation * np.sqrt(together) < _SIGNIFICANT)
