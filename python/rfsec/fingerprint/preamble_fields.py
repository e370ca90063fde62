# SPDX-License-Identifier: GPL-3.0-or-later
"""What arrived of a preamble's two fields, carrier by carrier, and how their phase went along."""

from dataclasses import dataclass

import numpy as np
from scipy import fft

from ..ofdm.cfr import EARLY
from ..ofdm.cut import cut
from ..ofdm.packet_sync import Packets
from ..ofdm.preamble import (
    CARRIERS, FIELD, GRID, LONG_SEQUENCE, LONG_SYMBOL_AT, PERIOD, PREAMBLE, SHORT_CARRIERS, SHORT_SEQUENCE,
)
from ..ofdm.turns import turns

_SETTLED = 3  # periods of the short field until transmitter and channel have settled: 2.4 us at 20 MS/s
#: Samples at the start of a preamble that nothing is made of.
UNUSED = _SETTLED * PERIOD - EARLY
_BLOCKS = PREAMBLE // PERIOD
_SHORT_BLOCKS = np.arange(_SETTLED, FIELD // PERIOD)
_LONG_BLOCKS = np.arange(FIELD // PERIOD + 1, _BLOCKS)  # the one before begins within the short field
_LONG_SYMBOLS = np.arange(LONG_SYMBOL_AT // PERIOD, _BLOCKS)
_BOTH = np.concatenate((_SHORT_BLOCKS, _LONG_BLOCKS))
_STARTS = PERIOD * np.arange(_BLOCKS)

_LONG_SCALE, _SHORT_SCALE = np.float32(np.sqrt(CARRIERS.size) / np.array([GRID, PERIOD]))
_ON_TIME = np.exp(2j * np.pi * EARLY * np.fft.fftfreq(GRID)).astype(np.complex64)  # fields are taken `EARLY`
_SHORT_OVER_LONG = SHORT_SEQUENCE / LONG_SEQUENCE[np.isin(CARRIERS, SHORT_CARRIERS)]
# Of each sample of the preamble: the field's period, as 64 samples, and which of them it is.
_FIELD_OF = np.arange(PREAMBLE) // FIELD
_SAMPLE_OF = (np.arange(PREAMBLE) - _FIELD_OF * LONG_SYMBOL_AT) % GRID


@dataclass(frozen=True, slots=True)
class PreambleFields:
    """Of n preambles, with their carrier offset taken out; a carrier sent with 1 arrives as its channel.

    Attributes
    ----------
    long : complex64 [n, 64]
        Mean of the long symbols on all carriers, in the order of an FFT. Its phase is that of the packet's first path.
    short : complex64 [n, 16]
        Mean of seven periods of the short field, on every fourth carrier. Its noise is 8/7 of that of `long`.
    noise : float32 [n]
        Power of the noise on a carrier of `long`, by the difference between the long symbols.
    cfo : float64 [n]
        Carrier offset by the phase along both fields, cycles per sample.
    drift : float64 [n]
        Offset in the long field less that in the short one, cycles per sample.
    unrest : float32 [n]
        What is left of the phase, rms of blocks of 16 samples, radian.
    """

    long: np.ndarray
    short: np.ndarray
    noise: np.ndarray
    cfo: np.ndarray
    drift: np.ndarray
    unrest: np.ndarray


def preamble_fields(frames: np.ndarray, packets: Packets) -> PreambleFields:
    """Transform the fields of the packet in each row.

    Parameters
    ----------
    frames : complex64 [n, m]
    packets : Packets
        One a row; what is outside the row counts as zero.
    """
    turned = cut(frames, packets.start - EARLY, PREAMBLE) * turns(-packets.cfo, PREAMBLE)
    phases = _phases(turned)
    slope = _slope(phases, _BOTH)
    residue = phases[:, _BOTH] - slope[:, None] * _STARTS[_BOTH]
    turned *= turns(-slope / (2 * np.pi), PREAMBLE)
    symbols = _long_symbols(turned)
    apart = (symbols[:, 1] - symbols[:, 0])[:, CARRIERS]
    periods = turned[:, _SETTLED * PERIOD : FIELD].reshape(-1, _SHORT_BLOCKS.size, PERIOD)
    return PreambleFields(
        long=symbols.mean(axis=1) * _ON_TIME,
        short=fft.fft(periods.mean(axis=1), axis=1) * (_SHORT_SCALE * _ON_TIME[::4]),
        noise=np.mean(apart.real**2 + apart.imag**2, axis=1) / 4,
        cfo=packets.cfo + slope / (2 * np.pi),
        drift=(_slope(phases, _LONG_BLOCKS) - _slope(phases, _SHORT_BLOCKS)) / (2 * np.pi),
        unrest=residue.std(axis=1).astype(np.float32),
    )


def mean_turn(cycles: np.ndarray) -> np.ndarray:
    """Return what the fields' means keep of a tone of so many cycles per sample, complex [n, 2 (long, short)].

    Its phase counts from the start of what was transformed.
    """
    turned = np.exp(2j * np.pi * np.outer(cycles, _STARTS + PERIOD / 2))
    return np.stack((turned[:, _LONG_SYMBOLS].mean(axis=1), turned[:, _SHORT_BLOCKS].mean(axis=1)), axis=1)


def _long_symbols(turned: np.ndarray) -> np.ndarray:
    return fft.fft(turned[:, LONG_SYMBOL_AT:].reshape(-1, 2, GRID), axis=2) * _LONG_SCALE


def _phases(turned: np.ndarray) -> np.ndarray:
    """Phase of each block of 16 samples against the preamble after the channel that the long symbols tell."""
    seen = _long_symbols(turned).mean(axis=1)
    spectra = np.zeros((len(turned), 2, GRID), np.complex64)
    spectra[:, 0, SHORT_CARRIERS] = seen[:, SHORT_CARRIERS] * _SHORT_OVER_LONG
    spectra[:, 1, CARRIERS] = seen[:, CARRIERS]
    expected = fft.ifft(spectra, axis=2)[:, _FIELD_OF, _SAMPLE_OF]
    products = (turned * expected.conj()).reshape(-1, _BLOCKS, PERIOD).sum(axis=2)
    return np.unwrap(np.angle(products), axis=1)


def _slope(phases: np.ndarray, blocks: np.ndarray) -> np.ndarray:
    """Slope of the line through the phases of some blocks, radian per sample."""
    along = _STARTS[blocks] - _STARTS[blocks].mean()
    return phases[:, blocks] @ (along / np.sum(along**2))
