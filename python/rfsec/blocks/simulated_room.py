# SPDX-License-Identifier: GPL-3.0-or-later
"""Simulated Room: what Alice, Bob and Eve measure while Bob walks through a room."""

import math

import numpy as np
import pmt
from gnuradio import gr

from ..datasets.room import trace
from ..datasets.room_radios import RADIOS, measure
from ..datasets.room_scenarios import SCENARIOS
from ..datasets.room_walk import walk
from ..datasets.seeding import Purpose, seed_sequence
from ..keygen.features import features
from .parameters import check_choice, check_real, check_whole
from .probe_numbers import PROBE

NAME = "Simulated Room"
CARRIERS = 64
_AT_ONCE = 128  # probes of one walk; tracing a few takes as long
_FARTHEST_M = 5.0
_SEEDS = 1 << 31


class simulated_room(gr.sync_block):
    """
    Measure the channels of a simulated room in two bands, probe by probe, as three ends of a key agreement do.

    Bob walks along the room's tables, from a new place every 128 probes; Alice is at the ceiling, and Eve walks beside Bob. Rays
    with up to three reflections, polarised, stopped by furniture. Put a throttle behind each port.

    Args:
        scenario: "paper" (2.4 and 2.5 GHz, 0.5 GHz wide, overlapping), "disjoint-100" or "disjoint-20" (100 and 20 MHz wide)
        radio: "ideal" (noise alone) or "free-running" (also any phase, up to a sample, 3 dB)
        snr: of all measurements, 0 to 100 dB
        apart: Bob's way from probe to probe, 0 to 5 m
        eve_apart: from Bob to Eve, 0 to 5 m
        seed: of walks and noise, a whole number, 1 to 2147483648

    Ports:
        alice, bob, eve: float32 vectors of 128: real parts on 64 carriers, then imaginary parts; Alice's are of band 1, the others' of
            band 2

    Tags:
        probe (uint64) on the first item: its number, 0

    Example:
        room = rfsec.simulated_room("paper", "free-running", 25.0, 0.3, 0.15, 1)
        tb.connect((room, 0), rfsec.kgnet_mapper(end="alice"), alice)
        tb.connect((room, 1), rfsec.kgnet_mapper(end="bob"), bob)
    """

    def __init__(self, scenario: str = "paper", radio: str = "free-running", snr: float = 25.0, apart: float = 0.3,
                 eve_apart: float = 0.15, seed: int = 1):
        check_choice(NAME, "scenario", scenario, tuple(SCENARIOS))
        check_choice(NAME, "radio", radio, RADIOS)
        check_real(NAME, "snr", snr, 0, 100, "dB")
        check_real(NAME, "apart", apart, 0, _FARTHEST_M, "m")
        check_real(NAME, "eve_apart", eve_apart, 0, _FARTHEST_M, "m")
        check_whole(NAME, "seed", seed, _SEEDS)
        gr.sync_block.__init__(self, NAME, None, [(np.float32, 2 * CARRIERS)] * 3)
        self._scenario, self._radio, self._snr, self._apart, self._eve, self._seed = scenario, radio, snr, apart, eve_apart, seed

    def start(self):
        self._group, self._measured = -1, None
        return True

    def work(self, input_items, output_items):
        first = self.nitems_written(0)
        group, at = divmod(first, _AT_ONCE)
        if group != self._group:
            self._group, self._measured = group, self._measure(group)
        count = min(len(output_items[0]), _AT_ONCE - at)
        for out, values in zip(output_items, self._measured):
            out[:count] = values[at : at + count]
        if not first:
            for port in range(3):
                self.add_item_tag(port, 0, PROBE, pmt.from_uint64(0))
        return count

    def _measure(self, group: int) -> list[np.ndarray]:
        rng = np.random.default_rng(seed_sequence(Purpose.WORLD, self._seed, group))
        positions, towards = walk(_AT_ONCE, self._apart, rng), rng.uniform(0, 2 * math.pi)
        beside = positions + self._eve * np.array((math.cos(towards), math.sin(towards), 0.0))
        band1, band2 = trace(self._scenario, np.concatenate((positions, beside)))
        return [features(measure(band, self._snr, rng, self._radio)) for band in (band1[:_AT_ONCE], band2[:_AT_ONCE], band2[_AT_ONCE:])]
