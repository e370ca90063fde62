# SPDX-License-Identifier: GPL-3.0-or-later
"""Spectra of LTE's downlink (3GPP TS 36.104, 36.211): resource elements seen through half a millisecond of spectra."""

import numpy as np
import numpy.typing as npt

from .field_draw import between, chance, pick
from .technology_band import FRAME_S, RAW_BIN_HZ, Band, Emission, Parts, Power
from .technology_paths import fading

CHANNEL_HZ = {6: 1.4e6, 15: 3e6, 25: 5e6, 50: 10e6, 75: 15e6, 100: 20e6}  # by resource blocks
CARRIER_HZ, BLOCK = 15e3, 12
_SHARES = (0.02, 0.04, 0.22, 0.36, 0.1, 0.26)  # carriers of 1.4 and 3 MHz are rare on the air
_SYMBOL_S, _SLOT, _FRAME_SLOTS = 0.5e-3 / 7, 7, 20
_SYNC, _BROADCAST = 31, 36  # carriers on either side of the middle
_MOMENTS = ((0.25, 0.25), (0.5, 0.5), (0.75, 0.25))  # of a Hann window: places in a frame, and how much they weigh
_TABLE = 64  # subframes after which the traffic repeats
_UPLINK = {2, 3, 7, 8}  # subframes of TDD, configuration 1
# So much of the power does not fluctuate: carriers are wider apart than bins, and those of QPSK, less so of QAM, are not like noise.
_EVEN = (0.1, 0.25)
_SHOULDER_DB, _SHOULDER_FALL_DB = (-55.0, -38.0), 8.0

Numbers = npt.NDArray[np.int64]


def lte(centre_hz: float, band: Band, rng: np.random.Generator) -> Parts:
    """Return a carrier of 1.4 to 20 MHz, and perhaps other cells in the channels beside it."""
    blocks = pick(rng, tuple(CHANNEL_HZ), _SHARES)
    parts = [(lte_carrier(centre_hz, blocks, band, rng), 0.0)]
    for side in (-1, 1):
        if chance(rng, 0.3):
            other = pick(rng, tuple(CHANNEL_HZ))
            away = side * (CHANNEL_HZ[blocks] + CHANNEL_HZ[other]) / 2
            parts.append((lte_carrier(centre_hz + away, other, band, rng), between(rng, -20, 15)))
    return parts


def lte_carrier(centre_hz: float, blocks: int, band: Band, rng: np.random.Generator, load: float | None = None, tdd: bool | None = None) -> Emission:
    """Return a carrier.

    Parameters
    ----------
    centre_hz : float
    blocks : int
        Resource blocks, a key of `CHANNEL_HZ`.
    band : Band
    rng : numpy.random.Generator
    load : float, optional
        Share of resource blocks in use, 0 to 1.
    tdd : bool, optional
        Whether two fifths of the subframes are silent.
    """
    cell = _Cell(blocks, pick(rng, (1.0, between(rng, 0, 1)), (0.1, 0.9)) if load is None else load, chance(rng, 0.3) if tdd is None else tdd, rng)
    start = 10e-3 * rng.random()
    nearest = np.round((band.hz - centre_hz) / CARRIER_HZ).astype(int)
    inside = np.flatnonzero(np.abs(nearest) <= BLOCK * blocks // 2 + 2)
    density = np.zeros(band.time_s.shape)
    for place, weight in _MOMENTS:
        symbol = ((band.time_s[:, inside] + start + place * FRAME_S) / _SYMBOL_S).astype(int)
        for beside in (-1, 0, 1):
            carrier = nearest[inside] + beside
            share = weight * _carrier_in_bin(band.hz[inside] - centre_hz - CARRIER_HZ * carrier)
            density[:, inside] += share * cell.power(symbol, carrier)
    half_hz = CARRIER_HZ * BLOCK * blocks / 2
    beyond = np.abs(band.hz - centre_hz) - half_hz
    shoulder_db = between(rng, *_SHOULDER_DB) - _SHOULDER_FALL_DB * np.maximum(beyond, 0) / 1e6
    shoulder = np.where(beyond < 2 * half_hz, 10 ** (shoulder_db / 10), 0) * (density[:, inside].mean(axis=1, keepdims=True) if inside.size else 0)
    gain = fading(band.hz, 5e-6, rng)
    power, even = np.maximum(density, shoulder) * gain, between(rng, *_EVEN)
    return Emission(centre_hz - half_hz, centre_hz + half_hz, (1 - even) * power, even * power)


def _carrier_in_bin(away_hz: Power) -> Power:
    """The share of a carrier's power in a raw bin `away_hz` from it: a symbol's sinc squared, averaged over the bin."""
    places = away_hz[..., None] + RAW_BIN_HZ * np.array([-0.3, 0.0, 0.3])
    return np.square(np.sinc(places / CARRIER_HZ)).mean(axis=-1)


class _Cell:
    """What a cell sends in each resource element."""

    def __init__(self, blocks: int, load: float, tdd: bool, rng: np.random.Generator) -> None:
        self.blocks, self.tdd = blocks, tdd
        group = pick(rng, (1, 2, 4))
        busy = rng.random((_TABLE, -(-blocks // group))) < load * rng.random((_TABLE, 1)) ** pick(rng, (0.0, between(rng, 0, 1)))
        levels = 10 ** (between(rng, 0, 2) * rng.standard_normal((_TABLE, busy.shape[1])) / 10)
        self.traffic = np.repeat(busy * levels, group, axis=1)[:, :blocks]
        self.control = between(rng, 0.1, 1)
        self.controls = pick(rng, (1, 2, 3))
        self.ports, self.first = pick(rng, (1, 2, 4), (0.2, 0.5, 0.3)), int(rng.random() * 3)
        self.pilot, self.sync = 10 ** (pick(rng, (0, 3)) / 10), 10 ** (between(rng, 0, 3) / 10)

    def power(self, symbol: Numbers, carrier: Numbers) -> Power:
        """Return the power of carriers (0 is the middle, which is silent) in symbols, counted from a frame's start."""
        slot, of_slot = symbol // _SLOT % _FRAME_SLOTS, symbol % _SLOT
        subframe = symbol // (2 * _SLOT)
        half = BLOCK * self.blocks // 2
        inside = (carrier != 0) & (np.abs(carrier) <= half)
        place = np.where(carrier > 0, carrier - 1, carrier) + half
        place = np.clip(place, 0, 2 * half - 1)
        sent = self.traffic[subframe % _TABLE, np.broadcast_to(place // BLOCK, subframe.shape)]
        sent = np.where((slot % 2 == 0) & (of_slot < self.controls), self.control, sent)
        pilots = (of_slot == 0) | (of_slot == 4)
        if self.ports == 4:
            pilots |= of_slot == 1
        comb = place % (6 if self.ports == 1 else 3) == self.first
        if self.ports == 1:
            comb = np.where(of_slot == 4, (place + 3) % 6 == self.first, comb)
        sent = np.where(pilots & comb, self.pilot, sent)
        sync = (slot % 10 == 0) & (of_slot >= 5) & (np.abs(carrier) <= _SYNC)
        broadcast = (slot == 1) & (of_slot < 4) & (np.abs(carrier) <= _BROADCAST)
        sent = np.where(sync | broadcast, self.sync, sent) * inside
        return sent * ~np.isin(subframe % 10, tuple(_UPLINK)) if self.tdd else sent
