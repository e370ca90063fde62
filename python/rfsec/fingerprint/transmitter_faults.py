# SPDX-License-Identifier: GPL-3.0-or-later
"""What a transmitter did to the training fields, told from what the channel and the receiver did to them.

With x the preamble and h the channel, y = h * (x + image conj(x) + leak + cubic x |x|^2) arrives; least squares over the
carriers of both fields tell the terms apart. What turns slowly over frequency in the transmitter, its filter, is taken for
channel. The receiver has an image and an offset, too. They turn with the carrier offset, and its image has the channel of
the mirrored carrier: how far that tells both ends apart, what is likely of such hardware decides (ridge regression).
"""

from dataclasses import dataclass

import numpy as np

from ..ofdm.preamble import CARRIERS, LONG_SEQUENCE, SHORT_CARRIERS, SHORT_SEQUENCE
from .preamble_fields import PreambleFields, mean_turn
from .preamble_model import (
    BESIDE, BESIDE_PART, CHANNELS, CUBED_MIDDLE, FAULTS, MIDDLE_PART, SHORT_AT, SHORT_WEIGHT, USED_PART,
)

_IMAGE, _CUBIC, _LEAK, _OFFSET = 0.0125, 0.03, 0.016, 0.012  # expected sizes, rms: -38 dBc at both ends, -36 and -38 dBc
_DEEP = 0.05  # of the channel's mean power: where it fades to less, what is over it is damped
_TINY = 1e-30
_COUNT = CARRIERS.size
_TO_CHANNEL = np.linalg.pinv(CHANNELS).T
_APART = (np.eye(len(CHANNELS)) - CHANNELS @ _TO_CHANNEL.T).T.astype(np.complex64)
_RIDGE = np.diag([_IMAGE**-2, _CUBIC**-2, 0, _IMAGE**-2])
_LEAK_RIDGE = np.diag([_LEAK**-2, _OFFSET**-2]) / _COUNT


@dataclass(frozen=True, slots=True)
class TransmitterFaults:
    """Of n transmitters, over the channel: neither a receiver's gain nor its phase is in them.

    Attributes
    ----------
    image, cubic : complex [n]
        I/Q image and third order of the amplifier for a preamble of unit mean power, if the receiver is perfect.
    leak : complex [n, 2]
        Carrier leak over the signal's rms level, in the long and in the short field, if the receiver is perfect.
    likely_image, likely_leak : complex [n]
        Of the transmitter, where receivers are usual ones. They tend to 0 where noise hides them.
    level : complex [n]
        Gain in the short field over that in the long one.
    long : complex64 [n, 52]
    short : complex64 [n, 12]
        What is not smooth over the carriers of each field, over the channel; the receiver's likely image is left out.
    beside : complex64 [n, 4]
        The long field on the carriers `BESIDE`, over what the channel should be there.
    power : float32 [n]
        Mean power of the channel.
    rest : float32 [n]
        Mean power on a carrier of the long field that nothing of this explains: noise, and faults of other kinds.
    """

    image: np.ndarray
    cubic: np.ndarray
    leak: np.ndarray
    likely_image: np.ndarray
    likely_leak: np.ndarray
    level: np.ndarray
    long: np.ndarray
    short: np.ndarray
    beside: np.ndarray
    power: np.ndarray
    rest: np.ndarray


def transmitter_faults(fields: PreambleFields) -> TransmitterFaults:
    """Tell the transmitter's faults from the channel."""
    long = fields.long[:, CARRIERS] * LONG_SEQUENCE
    short = fields.short[:, SHORT_CARRIERS // 4] / SHORT_SEQUENCE
    level = _level(short, long @ USED_PART.conj() @ USED_PART.T)
    seen = np.concatenate((long, SHORT_WEIGHT * short / level[:, None]), axis=1)
    smooth = seen @ _TO_CHANNEL @ CHANNELS.T
    made = np.concatenate((smooth[:, None] * FAULTS, _receivers_image(smooth, fields.cfo)[:, None]), axis=1)
    rough, apart = seen @ _APART, made @ _APART
    normal = apart.conj() @ apart.transpose(0, 2, 1)
    answer = apart.conj() @ rough[:, :, None]
    least = 1e-9 * np.trace(normal, axis1=1, axis2=2).real + _TINY
    plain = _solve(normal[:, :3, :3], answer[:, :3], least, np.eye(3))
    likely = _solve(normal, answer, np.maximum(fields.noise, least), _RIDGE)
    clean = seen - (likely[:, None] @ made)[:, 0]
    functions = clean @ _TO_CHANNEL
    channel = functions @ USED_PART.T
    power = np.mean(np.abs(channel) ** 2, axis=1)
    level = level * (1 + plain[:, 2])
    middle = (functions @ MIDDLE_PART.T)[:, 0]
    leaks = np.stack((fields.long[:, 0], fields.short[:, 0] / level), axis=1)
    leaks = (leaks - (likely[:, 1] * middle)[:, None] * CUBED_MIDDLE) / np.sqrt(_COUNT)
    rough = rough - likely[:, 3:] * apart[:, 3]
    return TransmitterFaults(
        image=plain[:, 0],
        cubic=plain[:, 1],
        leak=_over(leaks, middle[:, None], power),
        likely_image=likely[:, 0],
        likely_leak=_likely_leak(leaks, middle, power, fields),
        level=level,
        long=_over(rough[:, :_COUNT], channel, power),
        short=_over(rough[:, _COUNT:] / SHORT_WEIGHT, channel[:, SHORT_AT], power),
        beside=_over(fields.long[:, BESIDE], functions @ BESIDE_PART.T, power),
        power=power,
        rest=np.mean(np.abs((clean @ _APART)[:, :_COUNT]) ** 2, axis=1),
    )


def _level(short: np.ndarray, channel: np.ndarray) -> np.ndarray:
    channel = channel[:, SHORT_AT]
    level = np.sum(short * channel.conj(), axis=1) / np.maximum(np.sum(np.abs(channel) ** 2, axis=1), _TINY)
    return np.where(np.abs(level) > _DEEP, level, 1)


def _receivers_image(smooth: np.ndarray, cfo: np.ndarray) -> np.ndarray:
    """What the image of a receiver makes of both fields: it turns back where the carrier offset turns forth."""
    turns = mean_turn(-2 * cfo)
    image = np.empty_like(smooth)
    for field, part in enumerate((slice(None, _COUNT), slice(_COUNT, None))):
        image[:, part] = smooth[:, part][:, ::-1].conj() * FAULTS[0, part] * turns[:, field, None]
    return image


def _likely_leak(leaks: np.ndarray, middle: np.ndarray, power: np.ndarray, fields: PreambleFields) -> np.ndarray:
    """Leak of the transmitter beside an offset of the receiver, which turns as the carrier offset does not."""
    offset = np.sqrt(power)[:, None] * mean_turn(-fields.cfo)
    made = np.stack((np.broadcast_to(middle[:, None], offset.shape), offset), axis=1)
    normal = made.conj() @ made.transpose(0, 2, 1)
    return _solve(normal, made.conj() @ leaks[:, :, None], np.maximum(fields.noise, 1e-9 * power + _TINY), _LEAK_RIDGE)[:, 0]


def _solve(normal: np.ndarray, answer: np.ndarray, noise: np.ndarray, ridge: np.ndarray) -> np.ndarray:
    return np.linalg.solve(normal + noise[:, None, None] * ridge, answer)[:, :, 0]


def _over(values: np.ndarray, channel: np.ndarray, power: np.ndarray) -> np.ndarray:
    least = np.maximum(_DEEP * power, _TINY)[:, None]
    return values * channel.conj() / np.maximum(channel.real**2 + channel.imag**2, least)
