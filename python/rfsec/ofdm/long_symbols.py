# SPDX-License-Identifier: GPL-3.0-or-later
"""The long training symbol, correlated with what was sent, tells the sample where a packet begins, and whether it is one.

A path's echo may be stronger than the path: the first path that has a quarter of the strongest one's power counts.
"""

import numpy as np
from scipy import fft

from .cut import cut
from .preamble import CARRIERS, GRID, LONG_SYMBOL, LONG_SYMBOL_AT, PERIOD
from .turns import turns

_EARLIEST, _LAGS = LONG_SYMBOL_AT - 56, 96  # where the long symbol may begin, from the start of a window of the short field
_SEARCHED = _LAGS + 2 * GRID
_BEFORE = 12  # samples that an earlier path may come before the strongest
_EARLY_POWER = 0.25
_PATHS = np.arange(-4, 12)  # delays at which a channel has its power
_BY_CHANCE = 4  # times its expected power that a row's mean may have, and be no offset of the receiver
_OF_NOISE = 0.15  # quality that noise has by chance
_SEQUENCE = np.conj(fft.fft(LONG_SYMBOL)) / GRID
_FILTER = np.conj(fft.fft(LONG_SYMBOL, 256)).astype(np.complex64)


def find_long_symbols(
    samples: np.ndarray, windows: np.ndarray, repeated: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Find the long symbols of a packet after each window of the short field.

    Parameters
    ----------
    samples : complex64 [m] or [n, m]
        A stream, or one row for each window.
    windows : int [n]
        First samples of windows that lie within a short field, or up to 16 samples outside.
    repeated : complex64 [n]
        How each correlates with what comes 16 samples later.

    Returns
    -------
    int64 [n]
        First sample of the first long symbol.
    float64 [n]
        Carrier offset, cycles per sample, between -1/32 and 1/32.
    float32 [n]
        Share of the power of both symbols that is the same in both and came by the paths of one channel, 0 to 1.
    """
    coarse = np.angle(repeated) / (2 * np.pi * PERIOD)
    searched = _without_offset(cut(samples, windows + _EARLIEST, _SEARCHED)) * turns(-coarse, _SEARCHED)
    correlated = fft.ifft(fft.fft(searched, 256, axis=1) * _FILTER, axis=1)[:, : _LAGS + GRID]
    power = correlated.real**2 + correlated.imag**2
    power = power[:, :_LAGS] + power[:, GRID:]
    strongest = np.argmax(power, axis=1)
    lags = np.arange(_LAGS)
    early = (power >= _EARLY_POWER * power.max(axis=1, keepdims=True)) & (lags >= strongest[:, None] - _BEFORE)
    first = np.argmax(early, axis=1)
    symbols = cut(searched, first, 2 * GRID)
    drift = np.angle(np.einsum("ni,ni->n", symbols[:, GRID:], symbols[:, :GRID].conj())) / (2 * np.pi * GRID)
    return windows + _EARLIEST + first, coarse + drift, _quality(symbols, drift)


def _without_offset(rows: np.ndarray) -> np.ndarray:
    """Take out of each row so much of its mean as is no chance; zero where it is not finite."""
    mean = rows.mean(axis=1)
    parts = rows.view(np.float32)
    chance = np.einsum("ni,ni->n", parts, parts) / rows.shape[1] ** 2
    offset = mean * np.maximum(1 - _BY_CHANCE * chance / np.maximum(np.abs(mean) ** 2, 1e-30), 0).astype(np.float32)
    finite = np.isfinite(chance)
    return np.where(finite[:, None], rows - np.where(finite, offset, 0)[:, None], np.complex64(0))


def _quality(symbols: np.ndarray, drift: np.ndarray) -> np.ndarray:
    total = np.einsum("ni,ni->n", symbols, symbols.conj()).real / 2
    same = symbols[:, :GRID] + symbols[:, GRID:] * np.exp(-2j * np.pi * GRID * drift)[:, None]
    paths = fft.ifft(fft.fft(same, axis=1) * _SEQUENCE, axis=1)[:, _PATHS]
    explained = np.sum(np.abs(paths) ** 2, axis=1) * (CARRIERS.size / 4) / np.maximum(total, 1e-30)
    return np.clip((explained - _OF_NOISE) / (1 - _OF_NOISE), 0, 1).astype(np.float32)
