# SPDX-License-Identifier: GPL-3.0-or-later
"""Raised-cosine and root-raised-cosine shaping in the frequency domain: exact for a periodic block, and fast."""

import numpy as np
import numpy.typing as npt
from scipy import fft

from ..errors import ParameterError


def root_raised_cosine_spectrum(length: int, samples_per_symbol: int, rolloff: float) -> npt.NDArray[np.float32]:
    """Return the root-raised-cosine spectrum on the `length` FFT bins, 1 in the pass band.

    Parameters
    ----------
    length : int
        FFT length in samples.
    samples_per_symbol : int
    rolloff : float
        Excess bandwidth, in (0, 1].

    Returns
    -------
    ndarray of float32, shape (length,)
    """
    symbol_frequency = np.abs(fft.fftfreq(length)) * samples_per_symbol
    edge = np.clip((symbol_frequency - (1 - rolloff) / 2) / rolloff, 0.0, 1.0)
    return np.cos(np.pi / 2 * edge).astype(np.float32)


def shape_symbols(
    symbols: npt.NDArray[np.complex64], samples_per_symbol: int, rolloff: float
) -> npt.NDArray[np.complex64]:
    """Shape rows of symbols with a root-raised-cosine pulse; every row is taken as one period.

    Symbols of unit mean power give samples of unit mean power (to within the roll-off's part).

    Parameters
    ----------
    symbols : ndarray of complex64, shape (n, s)
    samples_per_symbol : int
        At least 2.
    rolloff : float
        Excess bandwidth, in (0, 1].

    Returns
    -------
    ndarray of complex64, shape (n, s * samples_per_symbol)

    Raises
    ------
    ParameterError
        If `samples_per_symbol` or `rolloff` is outside its range.
    """
    if samples_per_symbol < 2:
        raise ParameterError(f"The 'samples_per_symbol' of a pulse must be at least 2. Got {samples_per_symbol} instead.")
    if not 0.0 < rolloff <= 1.0:
        raise ParameterError(f"The 'rolloff' of a pulse must be in (0, 1]. Got {rolloff} instead.")
    # Zero-stuffing in time repeats the spectrum, so the upsampled spectrum needs no larger forward FFT.
    spectrum = np.tile(fft.fft(symbols, axis=-1), samples_per_symbol)
    spectrum *= root_raised_cosine_spectrum(spectrum.shape[-1], samples_per_symbol, rolloff) * samples_per_symbol
    return fft.ifft(spectrum, axis=-1, overwrite_x=True).astype(np.complex64, copy=False)


def shape_raised_cosine(
    symbols: npt.NDArray[np.complex64],
    samples_per_symbol: int,
    rolloffs: npt.NDArray[np.floating],
    delays: npt.NDArray[np.floating],
) -> npt.NDArray[np.complex64]:
    """Shape rows of symbols with a raised-cosine pulse (the whole one, not its root), each row with its own.

    Every row is taken as one period. Without delay, every `samples_per_symbol`-th sample is a symbol (Nyquist's first
    criterion).

    Parameters
    ----------
    symbols : ndarray of complex64, shape (n, s)
        An even number of symbols a row.
    samples_per_symbol : int
        At least 2.
    rolloffs : ndarray of float, shape (n,)
        Excess bandwidth of each row, in (0, 1].
    delays : ndarray of float, shape (n,)
        Samples by which each row comes later; fractions count.

    Returns
    -------
    ndarray of complex64, shape (n, s * samples_per_symbol)
    """
    count = symbols.shape[1]
    length = count * samples_per_symbol
    # A roll-off of 1 ends at the symbol rate: of the spectrum that zero-stuffing repeats, two periods are enough.
    bins = np.arange(-count, count)
    edge = np.abs(bins) / count - (1 - rolloffs[:, None]) / 2
    response = np.cos(np.pi / 2 * np.clip(edge / rolloffs[:, None], 0.0, 1.0)).astype(np.float32) ** 2
    turn = (bins * (-2 * np.pi / length) * delays[:, None]).astype(np.float32)
    inside = np.tile(fft.fft(symbols, axis=-1), 2)
    inside *= response * np.float32(samples_per_symbol) * (np.cos(turn) + 1j * np.sin(turn))
    spectrum = np.zeros((len(symbols), length), np.complex64)
    spectrum[:, :count], spectrum[:, -count:] = inside[:, count:], inside[:, :count]
    return fft.ifft(spectrum, axis=-1, overwrite_x=True)
