# SPDX-License-Identifier: GPL-3.0-or-later
"""Frequency modulators: continuous-phase FSK of any order, Gaussian FSK, and analogue FM with pre-emphasis."""

import numpy as np
import numpy.typing as npt
from scipy import fft, signal

Bits = npt.NDArray[np.int8]


def modulate_frequency(
    deviation_rad: npt.NDArray[np.float32], start_phase_rad: npt.NDArray[np.float32]
) -> npt.NDArray[np.complex64]:
    """Integrate a phase step per sample into a unit-amplitude signal.

    Parameters
    ----------
    deviation_rad : ndarray of float32, shape (n, length)
        Phase step of each sample, radian.
    start_phase_rad : ndarray of float32, shape (n,)

    Returns
    -------
    ndarray of complex64, shape (n, length)
    """
    # Long rows (a burst of 0.8 s) need the accumulator in double precision; the result does not.
    phase = np.cumsum(deviation_rad, axis=-1, dtype=np.float64)
    phase += start_phase_rad[:, None]
    phase = np.remainder(phase, 2 * np.pi).astype(np.float32)
    out = np.empty(phase.shape, np.complex64)
    np.cos(phase, out=out.real)
    np.sin(phase, out=out.imag)
    return out


def cpfsk_deviation(bits: Bits, samples_per_symbol: int, modulation_index: float) -> npt.NDArray[np.float32]:
    """Return the phase steps of binary continuous-phase FSK: +-pi * modulation_index per symbol, rectangular pulse.

    Parameters
    ----------
    bits : ndarray of int8, shape (n, s)
        Values 0 and 1.
    samples_per_symbol : int
    modulation_index : float

    Returns
    -------
    ndarray of float32, shape (n, s * samples_per_symbol), radian per sample
    """
    steps = (2.0 * bits - 1.0) * (np.pi * modulation_index / samples_per_symbol)
    return np.repeat(steps.astype(np.float32), samples_per_symbol, axis=-1)


def fsk_phase(
    levels: npt.NDArray[np.int8],
    samples_per_symbol: int,
    modulation_index: float,
    starts: npt.NDArray[np.floating],
    length: int,
) -> npt.NDArray[np.float32]:
    """Return the phase of multilevel continuous-phase FSK with rectangular pulses, begun anywhere within a symbol.

    A symbol of level a turns the phase by pi * modulation_index * a, evenly (Proakis, Digital Communications,
    section 3.3).

    Parameters
    ----------
    levels : ndarray of int8, shape (n, s)
        Odd levels: +-1 for 2FSK, up to +-3 for 4FSK, up to +-7 for 8FSK.
    samples_per_symbol : int
    modulation_index : float
    starts : ndarray of float, shape (n,)
        Time of each row's first sample since its first symbol began, samples; fractions count.
    length : int
        Samples a row; ``starts + length`` lies within the symbols.

    Returns
    -------
    ndarray of float32, shape (n, length), radian in [0, 2 pi)
    """
    time = (starts[:, None] + np.arange(length)) / samples_per_symbol
    symbol = time.astype(np.intp)
    turns = np.cumsum(levels, axis=-1) - levels  # levels before each symbol
    before, now = (np.take_along_axis(array, symbol, axis=-1) for array in (turns, levels))
    phase = np.pi * modulation_index * (before + now * (time - symbol))
    return np.remainder(phase, 2 * np.pi).astype(np.float32)


def gfsk_deviation(
    bits: Bits, samples_per_symbol: int, sensitivity_rad: float, bandwidth_time: float
) -> npt.NDArray[np.float32]:
    """Return the phase steps of Gaussian FSK: rectangular symbols of +-sensitivity smoothed by a Gaussian filter.

    The Gaussian's 3 dB bandwidth is `bandwidth_time` over the symbol time. Rows are taken as one period.

    Parameters
    ----------
    bits : ndarray of int8, shape (n, s)
        Values 0 and 1.
    samples_per_symbol : int
    sensitivity_rad : float
        Phase step of a long run of ones, radian per sample.
    bandwidth_time : float
        The BT product.

    Returns
    -------
    ndarray of float32, shape (n, s * samples_per_symbol), radian per sample
    """
    steps = np.repeat(((2.0 * bits - 1.0) * sensitivity_rad).astype(np.float32), samples_per_symbol, axis=-1)
    frequency = fft.rfftfreq(steps.shape[-1]) * samples_per_symbol / bandwidth_time
    gaussian = np.exp(-np.log(2.0) / 2.0 * frequency**2).astype(np.float32)
    return fft.irfft(fft.rfft(steps, axis=-1) * gaussian, n=steps.shape[-1], axis=-1)


def preemphasis(audio: npt.NDArray[np.float32], sample_rate_hz: float, tau_s: float) -> npt.NDArray[np.float32]:
    """Apply the first-order high-shelf of broadcast FM: H(s) = 1 + s*tau, levelled off at 0.45 of the sample rate.

    Parameters
    ----------
    audio : ndarray of float32, shape (..., length)
    sample_rate_hz : float
    tau_s : float
        75e-6 in America, 50e-6 elsewhere.

    Returns
    -------
    ndarray of float32, the shape of `audio`
    """
    shelf_s = 1.0 / (2 * np.pi * 0.45 * sample_rate_hz)
    numerator, denominator = signal.bilinear([tau_s, 1.0], [shelf_s, 1.0], sample_rate_hz)
    return signal.lfilter(numerator, denominator, audio, axis=-1).astype(np.float32)
