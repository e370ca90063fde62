# SPDX-License-Identifier: GPL-3.0-or-later
"""A sensor's sweep over one emission of a technology, with what may stand beside it."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from ..detection.swept_emissions import SweptEmission, find_emissions
from ..dsp.sweep_mean import mean_spectrum
from ..dsp.swept_spectrum import SweptSpectrum
from .field_draw import between, chance, log_between, pick
from .technology_band import RAW_BIN_HZ, STEP_BINS, Band, Emission, Parts, make_band
from .technology_broadcast import dvbt, wfm
from .technology_lte import lte
from .technology_mobile import gsm, tetra
from .technology_others import interference, other
from .technology_radar import radar
from .technology_sensor import observe, sensor

TECHNOLOGIES = {"WFM": wfm, "TETRA": tetra, "DVB-T": dvbt, "radar": radar, "LTE": lte, "GSM": gsm}
"""The six of Rajendran et al., table III."""
OTHER, LTE_PART = "other", "LTE part"
"""None of the six; and a part of an LTE carrier, as a receiver that is narrower than it hears it."""

_STEP_HZ = STEP_BINS * RAW_BIN_HZ
_MOST_STEPS = 17  # 32 MHz
_SNR_DB = (3.0, 45.0)
_BEYOND = 0.08  # emissions that the sweep's end cuts
_TIGHT = 0.15  # sweeps that are hardly wider than the emission
_FILTERED = {"LTE": 0.3, LTE_PART: 1.0, OTHER: 0.05}  # wide ones of which a receiver's filter lets a part through
_FILTERED_HZ = ((1.5e6, 2.3e6), (0.9e6, 6e6))
# Order of the filter's edges, where the last is the end of a step, and the droop there in dB at most.
_EDGES, _EDGES_OF_PART = ((6, 12, 40), 8.0), ((6, 40, 150), 12.0)
_INTERFERED = 0.2
_ANY = 0.4  # of scenes without any of the six: any emission that is found, also bumps on the skirts of others
_OVERLAP, _LEAST = 0.5, 0.4  # of the narrower of what is there and what is found; of what is there


@dataclass(frozen=True)
class Scene:
    """A sweep, and the occupied band found in it that holds the emission."""

    spectrum: SweptSpectrum
    emission: SweptEmission


def make_scene(label: str, sensor_number: int, rng: np.random.Generator, sweeps: int = 1) -> Scene:
    """Return a sweep of a numbered sensor over an emission of `label`, a name in `TECHNOLOGIES`, `OTHER` or `LTE_PART`.

    What is too weak to be found, or silent while the sensor passes, is drawn again.

    Parameters
    ----------
    label : str
    sensor_number : int
        At least 0.
    rng : numpy.random.Generator
    sweeps : int
        Sweeps whose mean is returned, at least 1.
    """
    while True:
        seed = int(rng.integers(1 << 62))
        width_hz = _make(label)(0.0, make_band(1, rng), np.random.default_rng(seed))[0][0].bandwidth_hz
        more = (between(rng, 1.0, 1.15), 0) if chance(rng, _TIGHT) else (between(rng, 1.15, 2.2), int(rng.random() * 3))
        steps = int(np.clip(np.ceil(width_hz * more[0] / _STEP_HZ) + more[1], 1, _MOST_STEPS))
        room_hz = max(0.0, steps * _STEP_HZ - 1.05 * width_hz) / 2
        centre_hz = between(rng, -1, 1) * (steps * _STEP_HZ / 2 if chance(rng, _BEYOND) else room_hz)
        snr_db, seen = between(rng, *_SNR_DB), []
        for _ in range(sweeps):
            band = make_band(steps, rng)
            parts = _sent(label, centre_hz, band, seed)
            seen.append(observe([(one, 10 ** ((snr_db + level) / 10)) for one, level in parts], band, sensor(sensor_number), rng))
        spectrum, wanted = mean_spectrum(seen[0], [one.power_db for one in seen]), parts[0][0]
        emissions = find_emissions(spectrum)
        if label == OTHER and emissions and chance(rng, _ANY):
            return Scene(spectrum, pick(rng, emissions))
        found = max(emissions, key=lambda one: _overlap_hz(one, wanted), default=None)
        if found is None:
            continue
        least = max(_OVERLAP * min(wanted.bandwidth_hz, found.high_hz - found.low_hz), _LEAST * wanted.bandwidth_hz)
        if _overlap_hz(found, wanted) >= least:
            return Scene(spectrum, found)


def _make(label: str) -> Callable[[float, Band, np.random.Generator], Parts]:
    return lte if label == LTE_PART else TECHNOLOGIES.get(label, other)


def _sent(label: str, centre_hz: float, band: Band, seed: int) -> Parts:
    """What is on the air while a band is swept; for one seed the same transmitters, at the times of the band."""
    parts = _make(label)(centre_hz, band, np.random.default_rng(seed))  # the first draw, of the bandwidth, is the same again
    wanted, rng = parts[0][0], np.random.default_rng((seed, 1))
    if wanted.bandwidth_hz > 2 * _FILTERED_HZ[1][0] and chance(rng, _FILTERED.get(label, 0.0)):
        parts = [(_filtered(wanted, band, *(_EDGES_OF_PART if label == LTE_PART else _EDGES), rng), 0.0)]
    if chance(rng, _INTERFERED):
        place_hz = between(rng, -1, 1) * band.steps * _STEP_HZ / 2
        parts = [*parts, (interference(place_hz, band, rng), between(rng, -20, 10))]
    return parts


def _filtered(emission: Emission, band: Band, orders: tuple[int, ...], droop_db: float, rng: np.random.Generator) -> Emission:
    """The part that a receiver's filter lets through: a slice of the emission with a rounded top and steep edges."""
    width_hz = min(log_between(rng, *pick(rng, _FILTERED_HZ)), emission.bandwidth_hz)
    middle = emission.low_hz + pick(rng, (0.5, rng.random())) * (emission.bandwidth_hz - width_hz) + width_hz / 2
    place, order = (band.hz - middle) / (width_hz / 2), pick(rng, orders)
    droop = 10 ** (-between(rng, 0, droop_db) * np.minimum(place**2, 2) / 10)
    gain = droop / (1 + np.minimum(np.abs(place), 10.0) ** (2.0 * order))
    return replace(emission, low_hz=middle - width_hz / 2, high_hz=middle + width_hz / 2, random=emission.random * gain,
                   steady=emission.steady * gain)


def _overlap_hz(found: SweptEmission, wanted: Emission) -> float:
    return min(found.high_hz, wanted.high_hz) - max(found.low_hz, wanted.low_hz)
