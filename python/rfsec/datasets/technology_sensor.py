# SPDX-License-Identifier: GPL-3.0-or-later
"""Numbered sensors of swept spectra: the same number always is the same noise figure, ripple, image, spur and antenna."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..dsp.swept_spectrum import SweptSpectrum
from .numbered import Piece, between, draw_rows
from .technology_band import FRAMES, STEP_BINS, Band, Emission, Power, regridded

WORLD = 1  # the seed of all sensors; data of different purposes take different numbers

_FLOOR_DB = (-100.0, -55.0)  # of full scale in a bin, by gain and noise figure
_IMAGE_DB = (-55.0, -28.0)
_SPUR_DB = (-15.0, 25.0)  # over the floor, at the frequency that a step is tuned to
_RESIDUE_DB = (-3.0, 1.5)  # how a step's outer bins stand to its middle after levelling
_LEVEL_DB = (0.1, 0.8)  # spread of the levels of steps
_SLOPE_DB = 0.12  # spread of the antenna's slope, a MHz
_RANGE_DB = (42.0, 65.0)  # from the power of all of a step down to what its strength adds to the floor (section VI-B)
_WAVES = 3  # of gain over the band
_HANN = np.array([-0.25, 0.5, -0.25]) / np.sqrt(0.375)  # a Hann window in the frequency domain, unit noise power


@dataclass(frozen=True)
class Sensor:
    """A receiver and its antenna. Decibels; `gain_wave_*` are [_WAVES]."""

    floor_db: float
    image_db: float
    spur_db: float
    edge_db: float
    level_db: float
    slope_db_per_mhz: float
    range_db: float
    wave_db: np.ndarray
    wave_mhz: np.ndarray
    wave_turn: np.ndarray


def sensor(number: int) -> Sensor:
    """Return the sensor of a number, at least 0."""
    flat, bell = draw_rows(WORLD, Piece.SENSOR, 6 + 2 * _WAVES, 1 + _WAVES, np.array([number]))
    flat, bell = flat[:, 0], bell[:, 0]
    bounds = (_FLOOR_DB, _IMAGE_DB, _SPUR_DB, _RESIDUE_DB, _LEVEL_DB)
    values = [float(between(one, share)) for one, share in zip(bounds, flat)]
    return Sensor(*values, _SLOPE_DB * bell[0], float(between(_RANGE_DB, flat[5])), 0.4 * bell[1:],
                  between((2.0, 30.0), flat[6 : 6 + _WAVES]), flat[6 + _WAVES :])


def observe(emissions: Sequence[tuple[Emission, float]], band: Band, one: Sensor, rng: np.random.Generator) -> SweptSpectrum:
    """Return what a sensor reports of a band.

    Spectra of Gaussian signals are drawn as they are: independent complex values of each frame, of the bin's mean power,
    that the window's transform smears over three bins of a step. Five of them are averaged (Rajendran et al., equation 8).

    Parameters
    ----------
    emissions : sequence of (Emission, float)
        With the power of each over the sensor's noise, where its own is 1; a ratio.
    band : Band
    one : Sensor
    rng : numpy.random.Generator

    Returns
    -------
    SweptSpectrum
        Its frequencies are from the middle of the band.
    """
    mhz = band.hz / 1e6
    antenna = 10 ** (one.slope_db_per_mhz * mhz / 10)
    random, steady = np.zeros((2, FRAMES, mhz.size))
    for emission, power in emissions:
        random += power * antenna * emission.random
        steady += power * antenna * emission.steady
    image = 10 ** (one.image_db / 10)
    random, steady = (power + image * _mirrored(power) for power in (random, steady))
    of_step = (random + steady).reshape(FRAMES, band.steps, STEP_BINS).mean(axis=2, keepdims=True) * 10 ** (-one.range_db / 10) * STEP_BINS
    random += 1.0 + np.broadcast_to(of_step, (FRAMES, band.steps, STEP_BINS)).reshape(FRAMES, -1)
    at_zero = np.zeros((band.steps, STEP_BINS))
    at_zero[:, STEP_BINS // 2 - 1 : STEP_BINS // 2 + 2] = np.array([0.25, 1.0, 0.25]) * 10 ** (one.spur_db / 10)
    beside = np.pad(random.reshape(FRAMES, band.steps, STEP_BINS), ((0, 0), (0, 0), (1, 1)), mode="edge")  # of the bins that are not kept
    values = np.sqrt(beside / 2) * rng.standard_normal((2, *beside.shape))
    smeared = sum(weight * values[..., first : first + STEP_BINS] for first, weight in enumerate(_HANN))
    power = (np.square(smeared).sum(axis=0).reshape(steady.shape) + steady).mean(axis=0) + at_zero.ravel()
    return regridded(power * _gain(mhz, band, one, rng), float(band.hz[0]))


def _mirrored(power: Power) -> Power:
    """The image of each step about the frequency it was tuned to."""
    return power.reshape(FRAMES, -1, STEP_BINS)[:, :, ::-1].reshape(power.shape)


def _gain(mhz: Power, band: Band, one: Sensor, rng: np.random.Generator) -> Power:
    place = np.tile(np.linspace(-1, 1, STEP_BINS), band.steps)
    levels = np.repeat(one.level_db * rng.standard_normal(band.steps), STEP_BINS)
    waves = one.wave_db @ np.sin(2 * np.pi * (mhz / one.wave_mhz[:, None] + one.wave_turn[:, None]))
    return 10 ** ((one.floor_db + one.edge_db * place**4 + levels + waves) / 10)
