# SPDX-License-Identifier: GPL-3.0-or-later
"""Spectra that are of none of the six technologies, for the label "other"."""

import numpy as np

from .field_draw import between, chance, log_between, pick
from .technology_band import FRAMES, RAW_BIN_HZ, Band, Emission, Parts, Power, over_bins, random_emission
from .technology_lte import CARRIER_HZ
from .technology_paths import fading

# Resource blocks of single-carrier FDMA, and how often.
_BLOCKS = {1: 0.07, 2: 0.06, 3: 0.06, 4: 0.05, 5: 0.05, 6: 0.22, 8: 0.07, 10: 0.12, 12: 0.06, 15: 0.05, 20: 0.05, 25: 0.05, 36: 0.03, 50: 0.03,
           75: 0.02, 100: 0.01}
_CONTROL_HZ = 360e3  # two blocks


def other(centre_hz: float, band: Band, rng: np.random.Generator) -> Parts:
    """Return something else: Wi-Fi, DroneID's bursts, single-carrier FDMA, 3G, DAB, FSK, voice, tones, or a hump."""
    make = pick(rng, (_wifi, _hopping_ofdm, _single_carrier_fdma, _spread, _flat, _fsk, _voice, _tones, _hump),
                (0.16, 0.12, 0.24, 0.08, 0.08, 0.11, 0.08, 0.08, 0.05))
    return [(make(centre_hz, band, rng), 0.0)]


def interference(centre_hz: float, band: Band, rng: np.random.Generator) -> Emission:
    """Return what stands beside any emission: a narrow carrier, or lines."""
    return pick(rng, (_voice, _tones))(centre_hz, band, rng)


def _bursts(band: Band, shortest_s: float, longest_s: float, share: float, rng: np.random.Generator) -> Power:
    """How much of each frame is on: bursts that begin and end within frames."""
    period_s = log_between(rng, shortest_s, longest_s) / share
    phase = (band.time_s / period_s + rng.random()) % 1
    edge = 100e-6 / period_s
    on = np.clip((share - phase) / edge, 0, 1) + np.clip((phase - 1 + edge) / edge, 0, 1)
    return np.minimum(on, 1) if on.any() else np.ones(on.shape)


def _ofdm(away_hz: Power, spacing_hz: float, carriers: int, silent: int, rolloff_db: float) -> Power:
    """`carriers` on either side, `silent` in the middle; far carriers may be weaker by a transmitter's filter, and there are shoulders."""
    def density(hz: Power) -> Power:
        number = np.abs(hz) / spacing_hz
        on = (number > silent + 0.5 if silent >= 0 else number >= 0) & (number < carriers + 0.5)
        tilt = 10 ** (-rolloff_db * np.square(np.minimum(number / carriers, 1)) / 10)
        return np.where(on, tilt, 0)

    sinc_tail = 10 ** -2.6 / (1 + np.square(np.maximum(np.abs(away_hz) - spacing_hz * carriers, 0) / spacing_hz))
    within = np.where(np.abs(away_hz) < 2 * spacing_hz * carriers, sinc_tail, 0)
    return over_bins(density, away_hz) + (within if silent >= 0 else 0.01 * within)


def _wifi(centre_hz: float, band: Band, rng: np.random.Generator) -> Emission:
    """IEEE 802.11 of 20, 10 or 5 MHz, 26 or 28 carriers on either side; the middle one is silent."""
    spacing_hz, carriers = pick(rng, (312.5e3, 156.25e3, 78.125e3), (0.8, 0.12, 0.08)), pick(rng, (26, 28))
    half_hz = (carriers + 0.5) * spacing_hz
    density = _ofdm(band.hz - centre_hz, spacing_hz, carriers, 0, pick(rng, (0.0, between(rng, 0, 14)))) * fading(band.hz, 0.4e-6, rng)
    # Preambles and repeated symbols have every carrier, every other, or every fourth.
    period_hz = spacing_hz * pick(rng, (1, 2, 4), (0.4, 0.4, 0.2))
    ripple = 10 ** (between(rng, 0, 6) * np.cos(2 * np.pi * (band.hz - centre_hz) / period_hz) / 10)
    on = _bursts(band, 100e-6, 5e-3, between(rng, 0.2, 1), rng)
    return random_emission(centre_hz - half_hz, centre_hz + half_hz, density * ripple * on, band)


def _hopping_ofdm(centre_hz: float, band: Band, rng: np.random.Generator) -> Emission:
    """Short bursts of OFDM with the carriers of LTE, 300 on either side or another number, on one to three channels, as DroneID's."""
    spacing_hz, carriers = pick(rng, (15e3, 30e3, 60e3)), int(log_between(rng, 60, 400))
    half_hz = min(carriers * spacing_hz, 9.5e6)
    channels = pick(rng, (1, 2, 3), (0.5, 0.25, 0.25))
    tail = 10 ** (-between(rng, 0, 20) / 10)
    power = np.zeros(band.time_s.shape)
    for channel in range(channels):
        away = band.hz - centre_hz - channel * half_hz * between(rng, 1, 3)
        density = _ofdm(away, spacing_hz, int(half_hz / spacing_hz), 0, 0.0)
        density = np.maximum(density, tail * symbol_tail(np.maximum(np.abs(away) - half_hz, 0), spacing_hz))
        power += density * fading(band.hz, 1e-6, rng) * _bursts(band, 300e-6, 1e-3, between(rng, 0.1, 0.9), rng)
    return random_emission(centre_hz - half_hz, centre_hz + half_hz, power, band)


def _single_carrier_fdma(centre_hz: float, band: Band, rng: np.random.Generator) -> Emission:
    """LTE's uplink and the sidelink of C-V2X, which are one waveform (3GPP TS 36.211, sections 5 and 9).

    Blocks of 180 kHz without a silent middle, of which a sidelink's two control blocks may be 3 dB stronger (TS 36.213, section 14).
    Handsets and cars filter less than base stations do: symbols begin and end at once. Reference and synchronisation symbols
    have the same power in each carrier, data fluctuate.
    """
    blocks = pick(rng, *zip(*_BLOCKS.items()))
    half_hz, away = 90e3 * blocks, band.hz - centre_hz
    density = over_bins(lambda hz: (np.abs(hz) < half_hz).astype(float), away)
    if blocks > 3 and chance(rng, 0.4):
        density = density * np.where(half_hz - away * pick(rng, (-1, 1)) < _CONTROL_HZ, 2.0, 1.0)
    beyond_hz = np.maximum(np.abs(away) - half_hz, 0)
    tail = 10 ** (-pick(rng, (0.0, between(rng, 0, 25))) / 10) * symbol_tail(beyond_hz, CARRIER_HZ)
    skirt = 10 ** (between(rng, -50, -28) / 10) * np.exp(-beyond_hz / log_between(rng, 50e3, 1e6))
    edge = 1 + between(rng, 0, 1.5) * np.exp(-np.abs(np.abs(away) - half_hz) / 40e3) if chance(rng, 0.4) else 1.0
    on = _bursts(band, 500e-6, 5e-3, between(rng, 0.3, 1), rng)
    power = np.maximum(density * edge, tail + skirt) * fading(band.hz, 2e-6, rng) * on
    even = between(rng, 0, 0.4)
    return Emission(centre_hz - half_hz, centre_hz + half_hz, (1 - even) * power, even * power)


def symbol_tail(beyond_hz: Power, spacing_hz: float) -> Power:
    """Power density beyond the last of many carriers of OFDM whose symbols are not windowed, over that among them: sinc squared, added up."""
    return 1 / (2 * np.pi**2 * np.maximum(beyond_hz / spacing_hz, 0.5))


def _spread(centre_hz: float, band: Band, rng: np.random.Generator) -> Emission:
    """One carrier of 3G or another with a root raised cosine: WCDMA, CDMA2000, digital links."""
    baud, rolloff = pick(rng, ((3.84e6, 0.22), (1.2288e6, 0.15), (log_between(rng, 60e3, 8e6), between(rng, 0.15, 0.5))))
    flat, end = (1 - rolloff) * baud / 2, (1 + rolloff) * baud / 2
    density = over_bins(lambda hz: 0.5 * (1 + np.cos(np.pi * np.clip((np.abs(hz) - flat) / (end - flat), 0, 1))), band.hz - centre_hz)
    return random_emission(centre_hz - baud / 2, centre_hz + baud / 2, density * fading(band.hz, 3e-6, rng), band)


def _flat(centre_hz: float, band: Band, rng: np.random.Generator) -> Emission:
    """Many carriers, no gap: DAB, links of other numerology; widths of DVB-T are left to it."""
    half_hz = pick(rng, (1.536e6, log_between(rng, 0.3e6, 5.3e6), between(rng, 8.4e6, 18e6)), (0.35, 0.4, 0.25)) / 2
    density = _ofdm(band.hz - centre_hz, 1e3, int(half_hz / 1e3), -1, pick(rng, (0.0, between(rng, 0, 6)))) * fading(band.hz, 2e-6, rng)
    on = 1.0 if chance(rng, 0.5) else _bursts(band, 300e-6, 5e-3, between(rng, 0.2, 0.9), rng)
    return random_emission(centre_hz - half_hz, centre_hz + half_hz, density * on, band)


def _fsk(centre_hz: float, band: Band, rng: np.random.Generator) -> Emission:
    """Bursts of FSK: Bluetooth's, telemetry's, sensors'; two humps where the index is large."""
    baud = pick(rng, (1e6, 2e6, log_between(rng, 2e3, 400e3)), (0.3, 0.1, 0.6))
    deviation_hz, spread = baud * log_between(rng, 0.2, 3), max(0.3 * baud, 4e3)
    density = over_bins(lambda hz: sum(np.exp(-np.square((hz - side * deviation_hz) / spread)) for side in (-1, 1)), band.hz - centre_hz)
    half_hz = deviation_hz + spread
    on = _bursts(band, 200e-6, 50e-3, between(rng, 0.2, 1), rng)
    return random_emission(centre_hz - half_hz, centre_hz + half_hz, density * on, band)


def _line(away_hz: Power) -> Power:
    """A carrier through a Hann window, by the bin's distance from it; 1 in its own bin."""
    bins = away_hz / RAW_BIN_HZ
    bins = np.where(np.abs(np.abs(bins) - 1) < 1e-6, bins + 1e-5, bins)
    return np.square(np.sinc(bins) / (1 - np.square(bins)))


def _voice(centre_hz: float, band: Band, rng: np.random.Generator) -> Emission:
    """A carrier of narrow FM or AM, which stands still for half a millisecond."""
    away = band.hz - centre_hz - 2.5e3 * rng.standard_normal()
    steady = np.broadcast_to(_line(away), (FRAMES, away.size))
    return Emission(centre_hz - 8e3, centre_hz + 8e3, np.zeros(steady.shape), steady)


def _tones(centre_hz: float, band: Band, rng: np.random.Generator) -> Emission:
    """Lines of clocks and converters, alone or in a comb, with the skirts of their phase noise."""
    count, spacing_hz = pick(rng, (1, int(between(rng, 2, 12)))), log_between(rng, 20e3, 400e3)
    skirt, skirt_hz = 10 ** (between(rng, -45, -12) / 10), log_between(rng, 5e3, 30e3)
    steady, random = np.zeros((2, band.hz.size))
    for number in range(count):
        away = band.hz - centre_hz - (number - (count - 1) / 2) * spacing_hz
        power = 10 ** (between(rng, -15, 0) / 10)
        steady += power * _line(away)
        random += power * skirt / (1 + np.square(away / skirt_hz))
    half_hz = (count - 1) / 2 * spacing_hz + RAW_BIN_HZ
    shape = (FRAMES, steady.size)
    return Emission(centre_hz - half_hz, centre_hz + half_hz, np.broadcast_to(random, shape), np.broadcast_to(steady, shape))


def _hump(centre_hz: float, band: Band, rng: np.random.Generator) -> Emission:
    """Noise of switching converters and motors: a rounded hump."""
    half_hz, power = log_between(rng, 30e3, 1e6), between(rng, 1, 3)
    density = np.exp(-(np.abs((band.hz - centre_hz) / half_hz) ** (2 * power) if chance(rng, 0.5) else np.abs(band.hz - centre_hz) / half_hz))
    return random_emission(centre_hz - half_hz, centre_hz + half_hz, density, band)
