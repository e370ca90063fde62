# SPDX-License-Identifier: GPL-3.0-or-later
"""What both ends measure at positions of the room that no mapper was trained on."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ..datasets.room import RoomChannels, load_room, trace
from ..datasets.room_radios import measure
from ..datasets.room_scene import grid
from ..datasets.room_splits import split
from ..datasets.seeding import Purpose, seed_sequence

SEED = 1
_FEW = 4096  # positions that are traced faster than the whole room
_NO_NOISE = 1000  # stands for an infinite SNR in a seed


@dataclass(frozen=True)
class Setting:
    """Where and how is measured; see ``room_scenarios``, ``room_splits`` and ``room_radios``."""

    scenario: str = "paper"
    split: str = "random"
    radio: str = "ideal"


@dataclass(frozen=True)
class Probes:
    """Measured channels.

    Attributes
    ----------
    setting : Setting
    snr_db : float
    positions : float64 [n, 3]
        Of Bob, m.
    band1, band2 : complex64 [n, L]
        What Alice measures, and what Bob measures.
    true : complex64 [n, L]
        Band 2 without noise, at a perfect radio.
    """

    setting: Setting
    snr_db: float
    positions: np.ndarray
    band1: np.ndarray
    band2: np.ndarray
    true: np.ndarray


def draw(setting: Setting, snr_db: float, most: int | None) -> Probes:
    """Return the probes of the test positions of a setting, at most so many; the same ones each time."""
    room = _tested(setting, most)
    rng = noise_of(snr_db)
    band1, band2 = (measure(band, snr_db, rng, setting.radio) for band in (room.band1, room.band2))
    return Probes(setting, snr_db, room.positions, band1, band2, room.band2)


def noise_of(snr_db: float, variant: int = 0) -> np.random.Generator:
    """The generator of the noise at an SNR."""
    seed = seed_sequence(Purpose.EVALUATION, SEED, int(min(snr_db, _NO_NOISE)), (variant,) if variant else ())
    return np.random.default_rng(seed)


def trained_on(setting: Setting) -> RoomChannels:
    """Return the channels of the positions to train on."""
    room = load_room(setting.scenario)
    return _at(room, split(setting.split, room.positions, SEED)[0])


@lru_cache(maxsize=2)
def _tested(setting: Setting, most: int | None) -> RoomChannels:
    positions = grid()
    chosen = split(setting.split, positions, SEED)[1][:most]
    if len(chosen) <= _FEW:
        return RoomChannels(positions[chosen], *trace(setting.scenario, positions[chosen]))
    return _at(load_room(setting.scenario), chosen)


def _at(room: RoomChannels, chosen: np.ndarray) -> RoomChannels:
    return RoomChannels(room.positions[chosen], room.band1[chosen], room.band2[chosen])
