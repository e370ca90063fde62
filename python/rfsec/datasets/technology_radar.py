# SPDX-License-Identifier: GPL-3.0-or-later
"""Spectra of pulsed radars: short plain pulses and longer chirped ones, of an antenna that turns (Skolnik, Radar Handbook)."""

import numpy as np

from .field_draw import between, chance, log_between, pick
from .technology_band import FRAME_S, FRAMES, Band, Emission, Parts, Power

_REPETITION_HZ = (250.0, 3000.0)
_PLAIN_S, _CHIRPED_S = (0.15e-6, 4e-6), (5e-6, 100e-6)
_CHIRP_HZ = (0.4e6, 8e6)
_SIDE_LOBES_DB = (-35.0, -20.0)
_TRIES = 20


def radar(centre_hz: float, band: Band, rng: np.random.Generator) -> Parts:
    """Return one radar, whose pulses some of the five spectra of a step hold, none or a few."""
    chirped, repetition_s = chance(rng, 0.6), 1 / log_between(rng, *_REPETITION_HZ)
    pulse_s = log_between(rng, *(_CHIRPED_S if chirped else _PLAIN_S))
    width_hz = log_between(rng, *_CHIRP_HZ) if chirped else 0.9 / pulse_s
    if chirped:
        width_hz = max(width_hz, 8 / pulse_s)
        shape = _chirp(band.hz - centre_hz, pulse_s, width_hz, chance(rng, 0.5))
    else:
        shape = _plain(band.hz - centre_hz, pulse_s, between(rng, 0.0, 0.3))
    beam = _beam(band, rng)
    for _ in range(_TRIES):  # a sweep without a pulse shows no radar
        pulses = _pulses(band, repetition_s, pick(rng, (0.0, 0.05, 0.3)), rng) * beam
        if pulses[:, np.abs(band.hz - centre_hz) < width_hz / 2].any():
            break
    emission = Emission(centre_hz - width_hz / 2, centre_hz + width_hz / 2, np.zeros(pulses.shape), pulses * shape)
    return [(emission, 0.0)]


def _plain(hz: Power, pulse_s: float, slope: float) -> Power:
    """A pulse whose edges take the share `slope` of it."""
    return np.square(np.sinc(hz * pulse_s) * np.sinc(hz * pulse_s * slope)) + 1e-7


def _chirp(hz: Power, pulse_s: float, width_hz: float, tapered: bool) -> Power:
    count = 1 << int(np.ceil(np.log2(4 * pulse_s * width_hz + 64)))
    rate_hz = 3 * width_hz
    time = np.arange(round(pulse_s * rate_hz)) / rate_hz
    pulse = np.exp(1j * np.pi * width_hz * (np.square(time) / pulse_s - time))
    if tapered:
        pulse = pulse * np.hanning(time.size + 2)[1:-1] ** 0.25
    power = np.abs(np.fft.fftshift(np.fft.fft(pulse, 2 * count))) ** 2
    at = np.fft.fftshift(np.fft.fftfreq(2 * count, 1 / rate_hz))
    within = np.abs(at) < 0.4 * width_hz
    return np.interp(hz, at, power / power[within].mean(), 1e-7, 1e-7)


def _pulses(band: Band, repetition_s: float, stagger: float, rng: np.random.Generator) -> Power:
    """Energy of the pulses in each frame: the window weighs a pulse by where in the frame it falls."""
    phase = (band.time_s + rng.random()) / repetition_s + stagger * np.sin(band.time_s * 977)
    wait = (np.ceil(phase) - phase) * repetition_s  # from the frame's start to the next pulse
    return np.where(wait < FRAME_S, np.sin(np.pi * np.minimum(wait / FRAME_S, 1)) ** 4, 0) * FRAMES


def _beam(band: Band, rng: np.random.Generator) -> Power:
    """The antenna's gain towards the sensor while it turns; a sensor near it hears its side lobes too."""
    if chance(rng, 0.4):
        return np.ones(band.time_s.shape)  # it looks our way all the time
    turn_s, width = between(rng, 2, 12), between(rng, 0.004, 0.03)
    angle = (band.time_s - np.median(band.time_s)) / turn_s + between(rng, -0.3, 0.3) * width
    away = np.abs(angle - np.round(angle)) / width
    return np.maximum(np.exp(-2.8 * np.square(away)), 10 ** (between(rng, *_SIDE_LOBES_DB) / 10) * (0.5 + rng.random(band.time_s.shape)))
