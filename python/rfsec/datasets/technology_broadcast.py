# SPDX-License-Identifier: GPL-3.0-or-later
"""Spectra of broadcasting: WFM with stereo and RDS (ITU-R BS.450, BS.643), and DVB-T (ETSI EN 300 744)."""

import numpy as np

from .field_draw import between, chance, log_between, pick
from .technology_band import FFT_SIZE, FRAMES, RAW_BIN_HZ, SAMPLE_RATE_HZ, STEP_BINS, Band, Emission, Parts, Power, random_emission
from .technology_paths import fading

_FM_REACH_HZ, _FM_WIDTH_HZ = 600e3, 120e3
_DEVIATION_HZ, _PILOT_HZ, _PILOT_SHARE, _RDS_HZ = 75e3, 19e3, 0.09, 57e3
_TONES = 6

# EN 300 744: carriers of both modes, and the elementary period in a channel of 8 MHz, s. Continual pilots of the 2k mode; the 8k
# mode has them four times over. Pilots have a power of 16/9.
_CARRIERS, _USEFUL = {"2k": 1705, "8k": 6817}, {"2k": 2048, "8k": 8192}
_PERIOD_S = 7 / 64e6
_CONTINUAL = np.array([
    0, 48, 54, 87, 141, 156, 192, 201, 255, 279, 282, 333, 432, 450, 483, 525, 531, 618, 636, 714, 759, 765, 780, 804, 873, 888, 918, 939,
    942, 969, 984, 1050, 1101, 1107, 1110, 1137, 1140, 1146, 1206, 1269, 1323, 1377, 1491, 1683, 1704])
_BOOST, _SCATTERED = 16 / 9, 12
_SHOULDER_DB, _SHOULDER_FALL_DB = (-52.0, -33.0), 12.0


def wfm(centre_hz: float, band: Band, rng: np.random.Generator) -> Parts:
    """Return an FM station, and up to two others on the 100 kHz raster, 300 kHz away or more."""
    parts = [(_station(centre_hz, band, rng), 0.0)]
    for side in (-1, 1):
        if chance(rng, 0.4):
            away = side * 100e3 * int(between(rng, 3, 12))
            parts.append((_station(centre_hz + away, band, rng), between(rng, -25, 15)))
    return parts


def _station(centre_hz: float, band: Band, rng: np.random.Generator) -> Emission:
    """Each step of the sweep hears half a millisecond of the programme, and sees where the carrier swings in it."""
    steady = np.zeros(band.time_s.shape)
    near = np.flatnonzero(np.abs(band.hz - centre_hz) < _FM_REACH_HZ)
    loud, stereo, rds = pick(rng, (0.0, log_between(rng, 0.05, 0.4), between(rng, 0.3, 0.9)), (0.1, 0.4, 0.5)), chance(rng, 0.7), chance(rng, 0.8)
    window = np.hanning(FFT_SIZE + 1)[:-1]
    for step in np.unique(near // STEP_BINS):
        own = near[near // STEP_BINS == step]
        time_s = np.arange(FRAMES * FFT_SIZE) / SAMPLE_RATE_HZ
        hz = centre_hz - band.hz[own[0]] + _DEVIATION_HZ * _multiplex(time_s, loud, stereo, rds, rng)
        samples = np.exp(2j * np.pi * np.cumsum(hz) / SAMPLE_RATE_HZ).reshape(FRAMES, FFT_SIZE)
        power = np.abs(np.fft.fft(samples * window, axis=1)) ** 2 / (FFT_SIZE * np.square(window).sum())
        steady[:, own] = power[:, (own - own[0]) % FFT_SIZE] * (_FM_WIDTH_HZ / RAW_BIN_HZ)
    return Emission(centre_hz - _FM_WIDTH_HZ / 2, centre_hz + _FM_WIDTH_HZ / 2, np.zeros(steady.shape), steady)


def _multiplex(time_s: Power, loud: float, stereo: bool, rds: bool, rng: np.random.Generator) -> Power:
    """The multiplex signal, from -1 to 1: sum, pilot, difference on 38 kHz, RDS on 57 kHz."""
    def programme() -> Power:
        hz = np.exp(rng.uniform(np.log(60), np.log(12e3), _TONES))
        weights = rng.dirichlet(np.ones(_TONES)) / np.sqrt(hz / 60)
        return (weights / weights.sum()) @ np.sin(2 * np.pi * (hz[:, None] * time_s + rng.random((_TONES, 1))))

    mono, pilot = loud * programme(), 2 * np.pi * (_PILOT_HZ * time_s + rng.random())
    if not stereo:
        return mono
    side = loud * between(rng, 0, 0.7) * programme() * np.sin(2 * pilot)
    data = between(rng, 0.02, 0.05) * np.sin(_RDS_HZ / _PILOT_HZ * pilot) if rds else 0.0
    return 0.6 * (mono + side) / 0.7 + _PILOT_SHARE * np.sin(pilot) + data


def dvbt(centre_hz: float, band: Band, rng: np.random.Generator) -> Parts:
    """Return a multiplex of 6, 7 or 8 MHz, and perhaps neighbours in the next channels."""
    channel_hz = pick(rng, (8e6, 7e6, 6e6), (0.65, 0.2, 0.15))
    parts = [(_multiplex_of(centre_hz, channel_hz, band, rng), 0.0)]
    for side in (-1, 1):
        if chance(rng, 0.3):
            parts.append((_multiplex_of(centre_hz + side * channel_hz, channel_hz, band, rng), between(rng, -30, 20)))
    return parts


def _multiplex_of(centre_hz: float, channel_hz: float, band: Band, rng: np.random.Generator) -> Emission:
    mode = pick(rng, ("2k", "8k"), (0.25, 0.75))
    spacing_hz = channel_hz / 8e6 / (_USEFUL[mode] * _PERIOD_S)
    carriers = _CARRIERS[mode]
    power = np.full(carriers, 1 + (_BOOST - 1) / _SCATTERED)
    for first in range(0, carriers - 1, _CONTINUAL[-1]):
        power[first + _CONTINUAL] = _BOOST
    width_hz = carriers * spacing_hz
    summed = np.r_[0.0, np.cumsum(power)] * spacing_hz / RAW_BIN_HZ
    edges = np.r_[band.hz - RAW_BIN_HZ / 2, band.hz[-1] + RAW_BIN_HZ / 2] - centre_hz
    density = np.diff(np.interp(edges, np.linspace(-width_hz / 2, width_hz / 2, carriers + 1), summed))
    beyond = np.abs(band.hz - centre_hz) - width_hz / 2
    shoulder_db = between(rng, *_SHOULDER_DB) - _SHOULDER_FALL_DB * np.maximum(beyond, 0) / 1e6
    density = np.where(beyond < width_hz, np.maximum(density, 10 ** (shoulder_db / 10)), 0)
    # A transmitter alone, or a network of transmitters on one frequency, far apart.
    longest_s = 3e-6 if chance(rng, 0.6) else 60e-6
    return random_emission(centre_hz - width_hz / 2, centre_hz + width_hz / 2, density * fading(band.hz, longest_s, rng), band)
