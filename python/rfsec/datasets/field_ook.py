# SPDX-License-Identifier: GPL-3.0-or-later
"""On-off keying of the field model: remotes, sensors, Mode S; pulses with soft edges in several line codes."""

import numpy as np
import numpy.typing as npt
from scipy import signal

from ..dsp.frequency_modulation import modulate_frequency
from .field_draw import between, chance, draw_data, log_between, pick, ramp
from .field_emission import Emission

_MODE_S_PREAMBLE = (0, 2, 7, 9)  # half microseconds of its 16 that carry a pulse (ICAO Annex 10, volume IV, 3.1.2.2)


def on_off_keyed(label: str, count: int, bandwidth: float, rng: np.random.Generator) -> Emission:
    """Return one transmission of about `count` samples.

    Parameters
    ----------
    label : str
        OOK.
    count : int
    bandwidth : float
        About the occupied bandwidth, cycles per sample.
    rng : numpy.random.Generator
    """
    if chance(rng, 0.2):
        chips = _mode_s(rng) if chance(rng, 0.7) else _replies(rng)
        chips_per_sample = 1 / between(rng, 1.0, 2.0)
        count = int(len(chips) / chips_per_sample)
        edge = between(rng, 0.1, 0.5)
    else:
        edge = log_between(rng, 0.008, 1.0)  # duration of an edge, chips: the steeper, the wider the keying splatters
        chips_per_sample = bandwidth / min(40.0, 0.7 + 0.5 / edge)
        chips = _chips(max(12, round(count * chips_per_sample)), rng)
    envelope = _envelope(chips, count, chips_per_sample, edge)
    if chance(rng, 0.3):
        envelope = _settled(envelope, chips_per_sample, rng)
    if chance(rng, 0.25):
        envelope *= np.exp(np.float32(-between(rng, 0.0, 0.9)) * ramp(count))
    if chance(rng, 0.15):  # a second transmitter, or an antenna that turns
        envelope[int(rng.random() * count) :] *= np.float32(between(rng, 0.25, 0.9))
    residual = 10 ** (-between(rng, 8.0, 50.0) / 20) if chance(rng, 0.4) else 0.0
    amplitude = residual + (1 - residual) * envelope
    if chance(rng, 0.3):
        samples = amplitude * _pulled(envelope, chips_per_sample, rng)
    else:
        samples = amplitude.astype(np.complex64)
    return Emission(samples, chips_per_sample, 0.3 / chips_per_sample)


def _chips(count: int, rng: np.random.Generator) -> npt.NDArray[np.float32]:
    """Zeros and ones of one line code; frames of it may repeat."""
    code = pick(rng, ("nrz", "manchester", "pwm", "ppm"), (0.35, 0.2, 0.25, 0.2))
    bits = draw_data(count, 2, rng, whitened=False)
    if code == "nrz":
        chips = bits
        if chance(rng, 0.3):
            chips = bits & rng.integers(0, 2, count)  # a quarter on
    elif code == "manchester":
        chips = np.stack((bits, 1 - bits), axis=1).ravel()
    else:
        long = pick(rng, (2, 3))
        on, off = np.ones_like(bits), 1 + (long - 1) * bits
        if code == "pwm":
            on, off = off, (long + 1 - off if chance(rng, 0.7) else on)
        chips = np.repeat(np.tile([1, 0], count), np.stack((on, off), axis=1).ravel())
    if chance(rng, 0.2):
        gap = np.zeros(int(between(rng, 4, 12)), chips.dtype)
        chips = np.resize(np.concatenate((chips[: int(between(rng, 0.2, 0.5) * count)], gap)), count)
    chips[0] = 1  # before its first pulse nothing was sent
    return chips[:count].astype(np.float32)


def _mode_s(rng: np.random.Generator) -> npt.NDArray[np.float32]:
    bits = rng.integers(0, 2, pick(rng, (56, 112)))
    preamble = np.zeros(16, np.int64)
    preamble[list(_MODE_S_PREAMBLE)] = 1
    return np.concatenate((preamble, np.stack((bits, 1 - bits), axis=1).ravel())).astype(np.float32)


def _replies(rng: np.random.Generator) -> npt.NDArray[np.float32]:
    """Replies of secondary radar's modes A and C: 12 pulses or fewer between two framing ones, at any distance.

    Pulses of 0.45 us every 1.45 us, rounded to half microseconds (ICAO Annex 10, volume IV, 3.1.1.6).
    """
    parts = []
    for _ in range(1 + int(rng.random() * 4)):
        reply = np.zeros(42 + int(rng.random() * 60))
        on = [0, *(place for place in range(3, 40, 3) if chance(rng, 0.5)), 41]
        reply[on] = 1
        parts.append(reply)
    return np.concatenate(parts).astype(np.float32)


def _envelope(chips: npt.NDArray[np.float32], count: int, chips_per_sample: float, edge: float) -> npt.NDArray[np.float32]:
    """Chips with edges that rise and fall linearly: their integral over the edge's duration around every sample."""
    integral = np.concatenate(([0.0], np.cumsum(chips, dtype=np.float64)))
    middle = np.arange(count) * chips_per_sample
    half = max(edge, 0.5 * chips_per_sample) / 2
    ends = np.arange(integral.size)
    gained = np.interp(middle + half, ends, integral) - np.interp(middle - half, ends, integral)
    return (gained / (2 * half)).astype(np.float32)


def _settled(envelope: npt.NDArray[np.float32], chips_per_sample: float, rng: np.random.Generator) -> npt.NDArray[np.float32]:
    """Pulses that rise or fall like a resonator's, and droop or overshoot until the supply has settled."""
    slow = 1 - np.exp(-chips_per_sample / log_between(rng, 0.03, 0.5))
    envelope = signal.lfilter([slow], [1, slow - 1], envelope)
    settling = 1 - np.exp(-chips_per_sample / log_between(rng, 0.3, 6.0))
    supply = signal.lfilter([settling], [1, settling - 1], envelope)
    return (envelope * (1 - between(rng, -0.4, 0.5) * supply)).astype(np.float32)


def _pulled(
    envelope: npt.NDArray[np.float32], chips_per_sample: float, rng: np.random.Generator
) -> npt.NDArray[np.complex64]:
    """An oscillator whose frequency settles while a pulse rises, and falls back with it."""
    pull = between(rng, -1.5, 1.5) * chips_per_sample
    deviation = (2 * np.pi * pull) * (1 - envelope)
    return modulate_frequency(deviation[None], np.zeros(1, np.float32))[0]
