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
        See ``packet_sync.Packets``.
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
        self._kept = np.zeros(0, np.complex64)  # begins `_AROUND` before the next block
        self._block = 0

    def push(self, samples: np.ndarray) -> list[Soundings]:
        """Take the next samples, complex64 [n], and return the soundings that are complete, a group for each block."""
        pieces, found = [self._kept, np.asarray(samples, np.complex64)], []
        kept = np.concatenate(pieces)
        first = self._first()
        used = 0
        while len(kept) - used >= self._block_end(first) - first:
            found.append(self._search(kept[used : used + self._block_end(first) - first], first))
            self._block += 1
            used += self._first() - first
            first = self._first()
        self._kept = kept[used:].copy() if used else kept
        return [one for one in found if one.start.size]

    def flush(self) -> list[Soundings]:
        """Return the soundings of what is left, and begin anew at sample 0."""
        found = self._search(self._kept, self._first())
        self._start()
        return [found] if found.start.size else []

    def _first(self) -> int:
        """The first sample that the search of the next block needs."""
        return max(0, self._block * BLOCK - _AROUND)

    def _block_end(self, first: int) -> int:
        return (self._block + 1) * BLOCK + self._after

    def _search(self, samples: np.ndarray, first: int) -> Soundings:
        packets = find_packets(samples, self._least)
        starts = packets.start + first
        last = len(samples) < self._block_end(first) - first  # the end of the stream
        own = (starts >= (self._block * BLOCK if self._block else -BLOCK)) & (last | (starts < (self._block + 1) * BLOCK))
        packets = packets.take(own)
        responses = channel_responses(samples, packets, self._repeats)
        cfr = responses.values.mean(axis=1)
        gained = np.float32(10 * np.log10(self._repeats))
        return Soundings(starts[own], responses.cfo, packets.quality, sanitise(cfr, CARRIERS) if self._sanitised else cfr,
                         responses.snr_db + gained)
