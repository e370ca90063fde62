# SPDX-License-Identifier: GPL-3.0-or-later
"""Fingerprints of the bursts of a recording."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import numpy as np

from ..detection.raw_bursts import RawBurst, raw_bursts_or_whole
from ..errors import ParameterError
from ..recordings.reader import Recording
from .encoder_choice import PREAMBLE_ENCODER, chosen_encoder
from .fingerprinter import Fingerprinter


@dataclass(frozen=True, slots=True)
class FingerprintedBurst:
    """A burst with its fingerprint.

    Attributes
    ----------
    number : int
        Its place among the bursts of its recording, from 1.
    burst : RawBurst
    embedding : float32 [size] or None
        None where no fingerprint can be taken.
    reason : str
        Why not, as a short clause; "" where there is one.
    """

    number: int
    burst: RawBurst
    embedding: np.ndarray | None
    reason: str


def numbered_bursts(recording: Recording, rate_hz: float, numbers: Collection[int] = ()) -> Iterator[tuple[int, RawBurst]]:
    """Return the bursts of a recording with their numbers, from 1; where `numbers` are given, only those.

    Raises ParameterError, at the end, where a number is not there.
    """
    missing, count = set(numbers), 0
    for count, burst in enumerate(raw_bursts_or_whole(recording, rate_hz), 1):
        if not numbers or count in missing:
            missing.discard(count)
            yield count, burst
        if numbers and not missing:
            return
    if missing:
        raise ParameterError(f"{recording.path}: there is no burst {min(missing)}; it has {count}, numbered from 1.")


def fingerprinted(recording: Recording, rate_hz: float, fingerprinter: Fingerprinter,
                  numbers: Collection[int] = ()) -> Iterator[FingerprintedBurst]:
    """Return the same bursts with their fingerprints, one at a time. Raises ModelError too, where the encoder fails."""
    for number, burst in numbered_bursts(recording, rate_hz, numbers):
        embedded = fingerprinter.embed([burst.samples], rate_hz)
        yield FingerprintedBurst(number, burst, embedded.values[0] if embedded.usable[0] else None, embedded.reason[0])


def suitable_encoder(recording: Recording, rate_hz: float, numbers: Collection[int] = ()) -> str:
    """Return the name of the shipped encoder that suits the bursts of a recording."""
    found = [one.embedding is not None for one in fingerprinted(recording, rate_hz, Fingerprinter(PREAMBLE_ENCODER), numbers)]
    return chosen_encoder(sum(found), len(found))
