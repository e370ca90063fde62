# SPDX-License-Identifier: GPL-3.0-or-later
"""Encoders on emitters that no training has seen: fingerprints of the recordings of every condition."""

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from ..datasets.emitter_conditions import LABORATORY, STRANGERS, Condition, record
from ..datasets.emitter_world import EmitterWorld
from ..datasets.seeding import Purpose, seed_sequence
from ..fingerprint.measure import measure

Embed = Callable[[np.ndarray], np.ndarray]  # float32 [n, channels, length] to float32 [n, size]
_KNOWN = 16  # emitters that may be trained on; there are no more of them


def recordings(
    embed: Embed, representation: str, waveform: str, condition: Condition, emitters: int, windows: int, seed: int = LABORATORY,
    purpose: Purpose = Purpose.EVALUATION,
) -> tuple[np.ndarray, np.ndarray]:
    """Return fingerprints of the enrolling and of the tried recordings, float32 [emitters, windows, size] each.

    Both are one and the same array where the condition changes nothing. Emitters are left out that no fingerprint can be
    made of.

    Parameters
    ----------
    embed : callable
        The encoder.
    representation, waveform : str
        What the encoder takes, and what is sent.
    condition : Condition
    emitters, windows : int
        At most 16 of the emitters that may be trained on are there.
    seed : int
        Of the world.
    purpose : Purpose
    """
    count = min(emitters, _KNOWN) if condition.first < STRANGERS else emitters
    changes = condition.day or condition.channel or condition.receiver
    made = [_measured(representation, waveform, condition, tried, count, windows, seed, purpose)
            for tried in (False, True)[: 1 + changes]]
    seen = np.all([usable.any(axis=1) for _, usable in made], axis=0)
    found = [_embedded(embed, values[seen], usable[seen]) for values, usable in made]
    return found[0], found[-1]


@lru_cache(maxsize=32)
def _measured(representation, waveform, condition, tried, emitters, windows, seed, purpose) -> tuple[np.ndarray, np.ndarray]:
    """What is measured of one recording of each emitter, float32 [emitters, windows, channels, length], and what is usable."""
    world = EmitterWorld(seed, waveform)
    rng = np.random.default_rng(seed_sequence(purpose, seed, int(tried)))
    values, usable = [], []
    for frames in record(world, condition, tried, emitters, windows, rng):
        measured = measure(representation, frames, world.sample_rate_hz)
        values.append(measured.values)
        usable.append(measured.usable)
    return np.stack(values), np.stack(usable)


def _embedded(embed: Embed, values: np.ndarray, usable: np.ndarray) -> np.ndarray:
    """Fingerprints; one that cannot be made is the mean of its recording's others."""
    found = []
    for rows, good in zip(values, usable):
        embeddings = embed(rows)
        embeddings[~good] = embeddings[good].mean(axis=0)
        found.append(embeddings)
    return np.stack(found)
