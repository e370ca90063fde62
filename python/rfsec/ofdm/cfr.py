# SPDX-License-Identifier: GPL-3.0-or-later
"""Channel frequency responses of packets: what arrived on each carrier, over what was sent (least squares)."""

from dataclasses import dataclass

import numpy as np
from scipy import fft

from ..errors import ParameterError
from .cut import cut
from .packet_sync import Packets
from .preamble import CARRIERS, FIELD, GRID, LONG_SEQUENCE
from .turns import turns

#: Samples before a long symbol at which its transform begins, within the guard: the next symbol's filter rings before it.
EARLY = 4


@dataclass(frozen=True, slots=True)
class ChannelResponses:
    """Of n packets, on the 52 carriers of ``preamble.CARRIERS``.

    Attributes
    ----------
    values : complex64 [n, repeats, 52]
        Response by each of the long training symbols; its phase is that of the first symbol's first sample.
    snr_db : float32 [n, 52]
        Of one symbol on each carrier, by the differences between them; the noise is taken to be white. -99 to 99.
    cfo : float64 [n]
        Carrier offset that was taken out, cycles per sample: that of the packets, or with more than one field a better one.
    """

    values: np.ndarray
    snr_db: np.ndarray
    cfo: np.ndarray


def channel_responses(samples: np.ndarray, packets: Packets, repeats: int = 2) -> ChannelResponses:
    """Estimate the channel of each packet from its long training symbols, with its carrier offset taken out.

    Parameters
    ----------
    samples : complex64 [m] or [n, m]
        The stream in which `find_packets` found the packets, or the rows that `synchronise` took.
    packets : Packets
    repeats : int
        Long training symbols of each packet, an even number: fields of two follow each other.

    Raises
    ------
    ParameterError
        Rows are not as many as packets.
    """
    if samples.ndim == 2 and len(samples) != packets.start.size:
        raise ParameterError(
            f"Rows of samples must be as many as their packets ({packets.start.size}). Got {len(samples)} instead."
        )
    span = FIELD * (repeats // 2)
    received = cut(samples, packets.long_start - EARLY, span)
    received *= turns(-packets.cfo, span) * np.exp(2j * np.pi * EARLY * packets.cfo)[:, None].astype(np.complex64)
    symbols = received.reshape(-1, repeats // 2, FIELD)[:, :, : 2 * GRID].reshape(-1, repeats, GRID)
    values = fft.fft(symbols, axis=2)[:, :, CARRIERS] * (_ON_TIME * LONG_SEQUENCE * (np.sqrt(CARRIERS.size) / GRID)).astype(np.complex64)
    cfo = packets.cfo
    if repeats > 2:
        drift = _drift(values)
        at = (FIELD * np.arange(repeats // 2)[:, None] + GRID * np.arange(2)).ravel()
        values *= np.exp(-2j * np.pi * drift[:, None] * at).astype(np.complex64)[:, :, None]
        cfo = cfo + drift
    mean = values.mean(axis=1)
    away = values - mean[:, None]
    noise = np.mean(np.sum(away.real**2 + away.imag**2, axis=1), axis=1, keepdims=True) / (repeats - 1)
    snr = (mean.real**2 + mean.imag**2 - noise / repeats) / np.maximum(noise, 1e-30)
    snr_db = np.clip(10 * np.log10(np.maximum(snr, 1e-10)), -99, 99)
    return ChannelResponses(values, snr_db.astype(np.float32), cfo)


_ON_TIME = np.exp(2j * np.pi * EARLY * CARRIERS / GRID)


def _drift(values: np.ndarray) -> np.ndarray:
    """Cycles per sample by which responses still turn from field to field."""
    fields = values[:, ::2] + values[:, 1::2]
    return np.angle(np.einsum("nfc,nfc->n", fields[:, 1:], fields[:, :-1].conj())) / (2 * np.pi * FIELD)
