# SPDX-License-Identifier: GPL-3.0-or-later
"""Noise that a detector took for a burst."""

import numpy as np
import numpy.typing as npt
from scipy import fft

from .field_channel import Channel, draw_channel
from .field_draw import between, chance, log_between
from .field_emission import draw_size
from .field_receiver import receive

_MARGIN = 32  # samples before and after
_BAND = (0.03, 0.9)  # cycles per sample


def false_alarm(rng: np.random.Generator) -> tuple[npt.NDArray[np.complex64], int, int, float, float, None, float]:
    """Return the fields of a `field_burst.FieldBurst` that holds nothing but noise.

    It is white, or has the shape of a receiver's filter, a hump, or clicks; the band is any.
    """
    count, _ = draw_size(rng)
    bandwidth = log_between(rng, *_BAND)
    centre = between(rng, -0.5, 0.5)
    total = fft.next_fast_len(count + 2 * _MARGIN)
    channel = draw_channel(total, centre, bandwidth, 0.0, rng)
    receiver, density = channel.receiver, 1.0
    if chance(rng, 0.35):  # the noise of a receiver whose gain rose, in all of its passband
        receiver, density = _passband(total, centre, bandwidth, rng)
    elif chance(rng, 0.3):  # what set the detector off: a hump, up to 8 dB high
        away = fft.fftfreq(total).astype(np.float32) - np.float32(centre + between(rng, -0.3, 0.3) * bandwidth)
        away = (away - np.rint(away)) / np.float32(bandwidth * between(rng, 0.1, 0.6))
        hump = 1 + np.float32(log_between(rng, 0.1, 1.5)) * np.exp(-(away**2))
        receiver = hump if receiver is None else receiver * hump
    samples = Channel(None, receiver, channel.neighbour).noise(total, 1.0, 1.0, rng)
    if chance(rng, 0.15):
        clicks = rng.random(samples.size) < log_between(rng, 1e-3, 3e-2)
        samples[clicks] *= np.float32(log_between(rng, 2.0, 20.0))
    samples, added = receive(samples, rng)
    return samples, _MARGIN, count, centre, bandwidth, None, density + added


def _passband(total: int, centre: float, bandwidth: float, rng: np.random.Generator) -> tuple[npt.NDArray[np.float32], float]:
    """A filter with soft edges and a tilt, and the power of the noise that it leaves outside."""
    away = fft.fftfreq(total).astype(np.float32) - np.float32(centre)
    away = (away - np.rint(away)) * np.float32(2 / bandwidth)
    outside = 10 ** (-between(rng, 8, 50) / 20)
    edge = log_between(rng, 0.15, 1.0)  # a tenth to a half of the half band; OFDM ends more sharply
    shape = 1 / (1 + np.exp(np.minimum((np.abs(away) - 1) * np.float32(8 / edge), 60)))
    tilt = np.exp(np.clip(away, -1.5, 1.5) * np.float32(between(rng, -6, 6) / 20 * np.log(10)))
    if chance(rng, 0.4):  # a real-valued IF: at 0 Hz it ends at once
        shape *= away > -between(rng, 0.7, 1.1)
    return np.maximum(shape * tilt, np.float32(outside)), outside**2
