# SPDX-License-Identifier: GPL-3.0-or-later
"""What changes between the recording that enrols an emitter and the one that it is tried on."""

from dataclasses import dataclass

import numpy as np

from .emitter_world import EmitterWorld

LABORATORY = 90_000  # seed of the world that everything is measured in; endless training draws from other worlds
TRAINED_FROM = 1 << 24  # days, channels and receivers of that world which may be trained on begin here
THRESHOLDS = LABORATORY + 1  # seed of the world that an encoder's thresholds are chosen in, and nothing else
SNRS_DB = (45.0, 50.0)  # of the siamese paper's recordings at 2 ft, section 2.1
KNOWN, STRANGERS = 0, 1000  # numbers of the first emitter that may be trained on, and of the first that may not
_FRESH = 1 << 6  # receivers, days: a number far from those of the enrolling recordings
_FAR = 1 << 16  # the same for channels


@dataclass(frozen=True)
class Condition:
    """One column of the table.

    Attributes
    ----------
    name : str
    first : int
        Number of its first emitter: `KNOWN` or `STRANGERS`.
    day, channel, receiver : bool
        What is another one in the recording that is tried.
    by : int
        Number of the receiver, below 64; each is at a place of its own, so the channels are others too.
    """

    name: str
    first: int
    day: bool = False
    channel: bool = False
    receiver: bool = False
    by: int = 0


_CHANGES = {
    "same recording": {},
    "another day": {"day": True},
    "another channel": {"channel": True},
    "another receiver": {"receiver": True},
    "another day, channel and receiver": {"day": True, "channel": True, "receiver": True},
}
CONDITIONS = tuple(
    Condition(f"{who}{change}", first, **what)
    for who, first in (("", KNOWN), ("unseen emitters, ", STRANGERS))
    for change, what in _CHANGES.items()
)


def record(
    world: EmitterWorld, condition: Condition, tried: bool, emitters: int, windows: int, rng: np.random.Generator,
    snrs_db: tuple[float, float] = SNRS_DB,
) -> np.ndarray:
    """Return frames of one recording of each emitter, complex64 [emitters, windows, samples].

    Parameters
    ----------
    world : EmitterWorld
    condition : Condition
    tried : bool
        Of the recording that is tried, instead of the one that enrols.
    emitters, windows : int
        Emitters, and frames of each.
    rng : numpy.random.Generator
        Of payloads, phases and noise.
    snrs_db : tuple of float
        The lowest and the highest SNR.
    """
    emitter = np.repeat(np.arange(emitters) + condition.first, windows)
    count = len(emitter)
    day = np.full(count, _FRESH * (tried and condition.day))
    channel = emitter + _FAR * (2 * condition.by + (tried and condition.channel))
    receiver = np.full(count, condition.by + _FRESH * (tried and condition.receiver))
    frames = world.record(emitter, day, channel, receiver, rng.uniform(*snrs_db, count), rng)
    return frames.reshape(emitters, windows, -1)
