# SPDX-License-Identifier: GPL-3.0-or-later
"""Spectra of narrow carriers: TETRA (ETSI EN 300 392-2) and GSM (3GPP TS 45.002, 45.004)."""

from functools import lru_cache

import numpy as np

from .field_draw import between, chance, pick
from .technology_band import Band, Emission, Parts, Power, over_bins, random_emission
from .technology_paths import fading

_TETRA_BAUD, _TETRA_ROLLOFF, _TETRA_RASTER_HZ, _TETRA_SLOT_S = 18e3, 0.35, 25e3, 85e-3 / 6
_GSM_BAUD, _GSM_BT, _GSM_RASTER_HZ, _GSM_SLOT_S, _GSM_SLOTS = 270.833e3, 0.3, 200e3, 15e-3 / 26, 8
_GSM_WIDTH_HZ = 200e3
_LOWEST_DB = -65.0
_PER_SYMBOL, _PULSE_SYMBOLS = 64, 4


def tetra(centre_hz: float, band: Band, rng: np.random.Generator) -> Parts:
    """Return carriers on a raster of 25 kHz: one, a few of one base station, or terminals that take turns."""
    parts = [(_tetra_carrier(centre_hz, band, rng), 0.0)]
    for _ in range(pick(rng, (0, int(between(rng, 1, 5)), int(between(rng, 4, 24))), (0.35, 0.4, 0.25))):
        away = _TETRA_RASTER_HZ * pick(rng, (-1, 1)) * int(between(rng, 1, 60))
        parts.append((_tetra_carrier(centre_hz + away, band, rng), between(rng, -15, 8)))
    return parts


def _tetra_carrier(centre_hz: float, band: Band, rng: np.random.Generator) -> Emission:
    flat, end = (1 - _TETRA_ROLLOFF) * _TETRA_BAUD / 2, (1 + _TETRA_ROLLOFF) * _TETRA_BAUD / 2
    floor = 10 ** (between(rng, _LOWEST_DB, -50) / 10)

    def density(hz: Power) -> Power:
        away = np.abs(hz - centre_hz)
        slope = 0.5 * (1 + np.cos(np.pi * np.clip((away - flat) / (end - flat), 0, 1)))
        return slope + floor * (away < 4 * end)

    on = 1.0 if chance(rng, 0.7) else _turns(band, _TETRA_SLOT_S, 4, between(rng, 0.3, 0.8), rng)
    return random_emission(centre_hz - _TETRA_RASTER_HZ / 2, centre_hz + _TETRA_RASTER_HZ / 2, over_bins(density, band.hz) * on, band)


def gsm(centre_hz: float, band: Band, rng: np.random.Generator) -> Parts:
    """Return a carrier, and none, some, or most of those beside it on the raster of 200 kHz."""
    parts = [(_gsm_carrier(centre_hz, band, rng), 0.0)]
    share = pick(rng, (0.0, 0.25, 0.8), (0.3, 0.4, 0.3))
    for channel in range(1, int(between(rng, 2, 14))):
        for side in (-1, 1):
            if chance(rng, share):
                level = between(rng, -30, -6) if channel == 1 else between(rng, -25, 12)
                parts.append((_gsm_carrier(centre_hz + side * channel * _GSM_RASTER_HZ, band, rng), level))
    return parts


def _gsm_carrier(centre_hz: float, band: Band, rng: np.random.Generator) -> Emission:
    away = band.hz - centre_hz
    density = over_bins(lambda hz: gmsk_density(np.abs(hz)), away) * fading(band.hz, 3e-6, rng)
    on = np.ones(band.time_s.shape)
    if chance(rng, 0.5):  # traffic: slots of their own power, some of them empty
        on = _turns(band, _GSM_SLOT_S, _GSM_SLOTS, between(rng, 0.3, 0.95), rng) * 10 ** (-between(rng, 0, 8) / 10)
    return random_emission(centre_hz - _GSM_WIDTH_HZ / 2, centre_hz + _GSM_WIDTH_HZ / 2, density * on, band)


def _turns(band: Band, slot_s: float, slots: int, share: float, rng: np.random.Generator) -> Power:
    """Which frames fall into slots that are used, as 0 or 1: the same slots of each turn. One at least is."""
    used = rng.random(slots) < share
    used[int(rng.random() * slots)] = True
    return used[((band.time_s + rng.random()) / slot_s).astype(int) % slots].astype(float)


def gmsk_density(hz: Power) -> Power:
    """Return the power density of GSM's GMSK at `hz`, at least 0, from the carrier, where it is 1.

    That of its main pulse, which holds more than 99% of the power (Laurent, "Exact and Approximate Construction of Digital
    Phase Modulations by Superposition of Amplitude Modulated Pulses", IEEE Trans. Comm. 34(2), 1986).
    """
    at, density = _gmsk_table()
    return np.interp(hz, at, density)


@lru_cache(maxsize=1)
def _gmsk_table() -> tuple[Power, Power]:
    step = 1 / _PER_SYMBOL
    spread = np.sqrt(np.log(2)) / (2 * np.pi * _GSM_BT)
    time = np.arange(-_PULSE_SYMBOLS / 2, _PULSE_SYMBOLS / 2, step) + step / 2
    bell = np.exp(-np.square(time / spread) / 2)
    box = np.ones(_PER_SYMBOL)
    pulse = np.convolve(bell, box)
    phase = np.r_[0.0, np.cumsum(pulse)] / pulse.sum() * np.pi / 2
    phase = phase[: (_PULSE_SYMBOLS + 1) * _PER_SYMBOL]
    sines = np.sin(np.r_[phase, np.pi / 2 - phase])
    length = sines.size // 2 + _PER_SYMBOL
    main = np.ones(length)
    padded = np.r_[sines, np.zeros(_PULSE_SYMBOLS * _PER_SYMBOL + length)]
    for shift in range(_PULSE_SYMBOLS + 1):
        main = main * padded[shift * _PER_SYMBOL : shift * _PER_SYMBOL + length]
    density = np.abs(np.fft.rfft(main, 64 * _PER_SYMBOL)) ** 2
    at = np.fft.rfftfreq(64 * _PER_SYMBOL, step / _GSM_BAUD)
    near = at < 1e6
    return at[near], np.maximum(density[near] / density[0], 10 ** (_LOWEST_DB / 10))
