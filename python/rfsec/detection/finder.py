# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds the bursts of a stream in time and frequency."""

from collections import deque
from dataclasses import dataclass, field, replace

import numpy as np

from ..dsp.usable import only_usable
from ..errors import ParameterError
from .cells import find_components, thresholds
from .emissions import Emission, emissions_of, join
from .measure import SHORTEST, Occupied, measure
from .noise_floor import NoiseFloor
from .receiver_offset import ReceiverOffset, without
from .spectrogram import BINS, HOP, ZERO_HZ, spectrogram
from .stretches import find_stretches

BLOCK = 1 << 17  # samples
LONGEST = 1 << 21  # samples of one burst, whatever the duration: memory is bounded
_MARGIN = BINS  # samples around an emission, for its envelope to rise from and fall to
_FOCUS = 0.5  # a burst that fills less of the band that its cells showed is measured once more, in
_AROUND = 1.5  # this many of its bandwidths


@dataclass(frozen=True, slots=True)
class Found:
    """A burst as it is in the stream.

    Attributes
    ----------
    sample_start : int
        Counted from the stream's start.
    samples : complex64 [n]
        Without the receiver's constant.
    occupied : Occupied
        Its band, cycles per sample.
    received : complex64 [n]
        The same with it.
    """

    sample_start: int
    samples: np.ndarray = field(repr=False)
    occupied: Occupied
    received: np.ndarray = field(repr=False)


class BurstFinder:
    """Finds bursts, however the stream is cut into pieces: what `BurstDetector` stands on, with its parameters.

    Blocks of 131,072 samples at fixed places are looked at one after the other, so that the result does not depend on
    how the samples come.

    Attributes
    ----------
    invalid : int
        Samples so far that were not finite or above 1e15; they count as zero.
    """

    def __init__(self, sample_rate_hz: float, *, false_alarms_per_s: float, max_duration_s: float):
        for name, value in (("sample_rate_hz", sample_rate_hz), ("false_alarms_per_s", false_alarms_per_s),
                            ("max_duration_s", max_duration_s)):
            if not (np.isfinite(value) and value > 0):
                raise ParameterError(f"The '{name}' of a burst detector must be above 0. Got {value} instead.")
        self.invalid = 0
        self._limits = thresholds(false_alarms_per_s, float(sample_rate_hz))
        self._longest = max(2, int(min(max_duration_s * sample_rate_hz, LONGEST)) // HOP)  # frames
        self._start()

    def _start(self) -> None:
        self._floor, self._offset = NoiseFloor(), ReceiverOffset()
        self._open: list[Emission] = []
        self._blocks: deque[tuple[np.ndarray, np.ndarray]] = deque()  # as they were received, and without the receiver's constant
        self._blocks_from = 0  # number of the first block that is kept
        self._block = np.empty(BLOCK, np.complex64)
        self._filled = 0
        self._before = np.zeros(HOP, np.complex64)

    def push(self, samples: np.ndarray) -> list[Found]:
        """Take the next samples, complex64 [n], and return the bursts that are complete, ordered by their start."""
        found = []
        while samples.size:
            piece, samples = np.split(samples, [BLOCK - self._filled])
            good, invalid = only_usable(np.asarray(piece, np.complex64))
            self._block[self._filled : self._filled + piece.size] = good
            self.invalid += invalid
            self._filled += piece.size
            if self._filled == BLOCK:
                block, self._block, self._filled = self._block, np.empty(BLOCK, np.complex64), 0
                found += self._look(block)
        return found

    def flush(self) -> list[Found]:
        """Return the bursts that the end of the stream completes. After that the detector starts anew at sample 0."""
        found = self._look(self._block[: self._filled]) if self._filled else []
        found += [one for emission in self._open for one in self._bursts(emission)]
        self._start()
        return sorted(found, key=lambda one: one.sample_start)

    def _look(self, received: np.ndarray) -> list[Found]:
        """Look at the next block, which only at the end of the stream is a short one."""
        first_frame, block = (self._blocks_from + len(self._blocks)) * (BLOCK // HOP), without(received, self._offset.of(received))
        self._blocks.append((received, block))
        padding = np.zeros(-block.size % HOP, np.complex64)
        power = spectrogram(np.concatenate((self._before, block, padding)))
        self._before = block[-HOP:]
        floor = self._floor.update(power, block, received)
        if floor is not None:
            components = find_components(power, floor, self._limits)
            self._open = join(self._open, emissions_of(components, power, floor, first_frame))
        return self._close(first_frame + len(power))

    def _close(self, now: int) -> list[Found]:
        """The bursts of the emissions that are over at frame `now`, and of those that last too long."""
        found, still_open = [], []
        for emission in self._open:
            while emission.last - emission.first > self._longest:
                end = emission.first + self._longest
                found += self._bursts(replace(emission, last=end), is_cut=True)
                emission = replace(emission, first=end, goes_on=True)
            if now - emission.last > emission.pause:
                found += self._bursts(emission)
            else:
                still_open.append(emission)
        self._open = still_open
        oldest = min((one.first for one in still_open), default=now) * HOP - HOP - _MARGIN
        while len(self._blocks) > 1 and (self._blocks_from + 1) * BLOCK <= oldest:
            self._blocks.popleft()
            self._blocks_from += 1
        return sorted(found, key=lambda one: one.sample_start)

    def _bursts(self, emission: Emission, is_cut: bool = False) -> list[Found]:
        begin = (emission.first - 1) * HOP  # frame k spans the HOP samples before and after sample k * HOP
        start = max(self._blocks_from * BLOCK, begin - (0 if emission.goes_on else _MARGIN))
        received, samples = self._read(start, (emission.last - 1) * HOP if is_cut else emission.last * HOP + _MARGIN)
        band = ((emission.low - ZERO_HZ - 1) / BINS, (emission.high - ZERO_HZ) / BINS)
        noise = float(emission.noise[emission.low : emission.high].mean())
        stretches = find_stretches(samples, noise, band, emission.width)
        found = []
        for first, count in stretches:
            if count >= SHORTEST:
                part = slice(first, first + count)
                found.append(Found(start + first, samples[part], _occupied(samples[part], noise, band), received[part]))
        return found

    def _read(self, start: int, stop: int) -> tuple[np.ndarray, np.ndarray]:
        """The samples as received, and without the receiver's constant."""
        first = start // BLOCK - self._blocks_from
        last = -(-stop // BLOCK) - self._blocks_from
        blocks = list(self._blocks)[first:last]
        behind = (self._blocks_from + first) * BLOCK
        within = slice(start - behind, stop - behind)
        received = np.concatenate([block for block, _ in blocks])[within]
        samples = received if all(one is other for one, other in blocks) else np.concatenate([block for _, block in blocks])[within]
        return received, samples


def _occupied(samples: np.ndarray, noise: float, band: tuple[float, float]) -> Occupied:
    occupied = measure(samples, noise, band)
    if occupied.bandwidth < _FOCUS * (band[1] - band[0]):
        half = _AROUND / 2 * occupied.bandwidth
        occupied = measure(samples, noise, (max(band[0], occupied.centre - half), min(band[1], occupied.centre + half)))
    return occupied
