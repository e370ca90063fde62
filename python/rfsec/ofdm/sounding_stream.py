# SPDX-License-Identifier: GPL-3.0-or-later
"""Frequency responses of every sounding in a stream, with bounded memory."""

from dataclasses import dataclass

import numpy as np

from ..errors import ParameterError
from .cfr import channel_responses
from .packet_sync import find_packets
from .preamble import CARRIERS
from .sanitise import sanitise
from .sounding import check_repeats, sounding_length

BLOCK = 1 << 15  # samples that are searched at once
_AROUND = 1 << 10  # samples on either side that may decide about a packet


@dataclass(frozen=True)
class Soundings:
    """Of n soundings or packets, in their order.

    Attributes
    ----------
    start : int64 [n]
        First sample of the short training field, counted from the stream's start.
    cfo : float64 [n]
        Carrier offset, cycles per sample.
    quality : float32 [n]
        See ``packet_sync.Packets``; of all symbols, where there are more than two.
    cfr : complex64 [n, 52]
        Mean over the repeated symbols, on ``preamble.CARRIERS``.
    snr_db : float32 [n, 52]
        Of that mean on each carrier.
    """

    start: np.ndarray
    cfo: np.ndarray
    quality: np.ndarray
    cfr: np.ndarray
    snr_db: np.ndarray


class SoundingStream:
    """Finds soundings however a stream is cut into pieces: blocks at fixed places are searched one after the other.

    Parameters
    ----------
    repeats : int
        Long symbols of each, an even number, 2 to 64; 2 takes every 802.11a or 802.11n packet.
    least_quality : float
        In (0, 1), see ``packet_sync.find_packets``.
    sanitised : bool
        Whether gain, delay and phase are taken out, see ``sanitise.sanitise``.

    Raises
    ------
    ParameterError
        A parameter is outside its range.
    """

    def __init__(self, repeats: int = 2, least_quality: float = 0.35, sanitised: bool = False):
        check_repeats(repeats)
        if not 0 < least_quality < 1:
            raise ParameterError(f"The 'least_quality' of soundings must be above 0 and below 1. Got {least_quality!r} instead.")
        self._repeats, self._least, self._sanitised = repeats, least_quality, sanitised
        self._after = _AROUND + sounding_length(repeats)
        self._start()

    def _start(self) -> None:
        self._pieces: list[np.ndarray] = []  # begin `_AROUND` before the next block
        self._length = self._block = 0

    def push(self, samples: np.ndarray) -> list[Soundings]:
        """Take the next samples, complex64 [n], and return the soundings that are complete, a group for each block."""
        self._pieces.append(np.array(samples, np.complex64))
        self._length += len(samples)
        if self._length < self._needed():  # pieces are joined once a block, not each time
            return []
        kept, found = np.concatenate(self._pieces), []
        while len(kept) >= self._needed():
            first = self._first()
            found.append(self._search(kept[: self._needed()], ended=False))
            self._block += 1
            kept = kept[self._first() - first :]
        self._pieces, self._length = [kept.copy()], len(kept)
        return [one for one in found if one.start.size]

    def flush(self) -> list[Soundings]:
        """Return the soundings of what is left, and begin anew at sample 0."""
        found = self._search(np.concatenate([np.zeros(0, np.complex64), *self._pieces]), ended=True)
        self._start()
        return [found] if found.start.size else []

    def _first(self) -> int:
        """The first sample that the search of the next block needs."""
        return max(0, self._block * BLOCK - _AROUND)

    def _needed(self) -> int:
        """Samples from there that it needs."""
        return (self._block + 1) * BLOCK + self._after - self._first()

    def _search(self, samples: np.ndarray, ended: bool) -> Soundings:
        packets = find_packets(samples, self._least)
        starts = packets.start + self._first()
        own = (starts >= (self._block * BLOCK if self._block else -BLOCK)) & (ended | (starts < (self._block + 1) * BLOCK))
        own &= packets.start + sounding_length(self._repeats) <= len(samples)
        packets, starts = packets.take(own), starts[own]
        responses = channel_responses(samples, packets, self._repeats)
        cfr = responses.values.mean(axis=1)
        quality = packets.quality
        if self._repeats > 2:  # another's packet has two symbols that are equal, and then data
            quality = np.minimum(quality, _agreement(responses.values, cfr))
        good = quality >= self._least
        cfr = cfr[good]
        return Soundings(starts[good], responses.cfo[good], quality[good], sanitise(cfr, CARRIERS) if self._sanitised else cfr,
                         responses.snr_db[good] + np.float32(10 * np.log10(self._repeats)))


def _agreement(values: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """Share of the power of all symbols that is the same in each, complex64 [n, repeats, 52] to float32 [n]; near 0 for noise."""
    count = values.shape[1]
    share = np.sum(np.abs(mean) ** 2, axis=1) / np.maximum(np.mean(np.sum(np.abs(values) ** 2, axis=2), axis=1), 1e-30)
    return (count * share - 1) / (count - 1)
