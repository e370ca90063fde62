# SPDX-License-Identifier: GPL-3.0-or-later
"""Channel frequency responses of packets: what arrived on each carrier, over what was sent (least squares)."""

from dataclasses import dataclass

import numpy as np
from scipy import fft

from ..errors import ParameterError
from .cut import cut
from .packet_sync import Packets
from .preamble import CARRIERS, GRID, LONG_SEQUENCE
from .turns import turns

#: Samples before a long symbol at which its transform begins, within the guard: the next symbol's filter rings before it.
EARLY = 4


@dataclass(frozen=True, slots=True)
class ChannelResponses:
    """Of n packets, on the 52 carriers of ``preamble.CARRIERS``.

    Attributes
    ----------
    values : complex64 [n, 2, 52]
        Response by the first and by the second long training symbol; its phase is that of the first symbol's first sample.
    snr_db : float32 [n, 52]
        Of one symbol on each carrier, by the difference between the two; the noise is taken to be white. At most 99.
    """

    values: np.ndarray
    snr_db: np.ndarray


def channel_responses(samples: np.ndarray, packets: Packets) -> ChannelResponses:
    """Estimate the channel of each packet from its long training symbols, with its carrier offset taken out.

    Parameters
    ----------
    samples : complex64 [m] or [n, m]
        The stream in which `find_packets` found the packets, or the rows that `synchronise` took.
    packets : Packets

    Raises
    ------
    ParameterError
        Rows are not as many as packets.
    """
    if samples.ndim == 2 and len(samples) != packets.start.size:
        raise ParameterError(
            f"Rows of samples must be as many as their packets ({packets.start.size}). Got {len(samples)} instead."
        )
    received = cut(samples, packets.long_start - EARLY, 2 * GRID)
    received *= turns(-packets.cfo, 2 * GRID) * np.exp(2j * np.pi * EARLY * packets.cfo)[:, None].astype(np.complex64)
    carriers = fft.fft(received.reshape(-1, 2, GRID), axis=2)[:, :, CARRIERS]
    values = carriers * (_ON_TIME * LONG_SEQUENCE * (np.sqrt(CARRIERS.size) / GRID)).astype(np.complex64)
    difference = values[:, 1] - values[:, 0]
    noise = np.mean(difference.real**2 + difference.imag**2, axis=1, keepdims=True) / 2
    mean = (values[:, 0] + values[:, 1]) / 2
    power = np.maximum(mean.real**2 + mean.imag**2 - noise / 2, 1e-30)
    snr_db = np.minimum(10 * np.log10(power / np.maximum(noise, 1e-30)), 99)
    return ChannelResponses(values, snr_db.astype(np.float32))


_ON_TIME = np.exp(2j * np.pi * EARLY * CARRIERS / GRID)
