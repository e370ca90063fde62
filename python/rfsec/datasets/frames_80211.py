# SPDX-License-Identifier: GPL-3.0-or-later
"""IEEE 802.11a frames as simulated transmitters send them: training fields, the SIGNAL symbol, three data symbols.

IEEE Std 802.11-2020, 17.3: the training fields, the pilots and their polarity are the standard's; the SIGNAL and data
carriers are random points of their constellations, for no fingerprint may depend on what they say.
"""

import numpy as np
import numpy.typing as npt
from scipy import fft

from ..dsp.carrier import unit_phasors
from ..dsp.constellations import constellation
from ..dsp.path_response import tap_response
from ..dsp.power_amplifier import amplify
from ..ofdm.preamble import CARRIERS, GRID, LONG_SEQUENCE, SHORT_CARRIERS, SHORT_SEQUENCE
from .transmitters import Transmitters

#: Samples of a frame at one sample a step of the 64-FFT grid.
FRAME = 640
#: Samples that `send_frames` gives for each of those: the third order of the amplifier stays within its band.
OVERSAMPLING = 2

_SIZE = GRID * OVERSAMPLING
_SYMBOLS = 8  # of 80 samples: two each for the short and the long training field, SIGNAL, data
# Where each symbol's 80 samples begin in its period of 64: the long field's guard is 32 long, that of the others 16.
_STARTS = np.array([0, 16, 32, 48, 48, 48, 48, 48])
_ORDER = (_STARTS[:, None] * OVERSAMPLING + np.arange(80 * OVERSAMPLING)) % _SIZE + _SIZE * np.arange(_SYMBOLS)[:, None]
_BINS = CARRIERS % _SIZE
_SHORT = np.searchsorted(CARRIERS, SHORT_CARRIERS)
_PILOTS = np.searchsorted(CARRIERS, (-21, -7, 7, 21))
_INFORMED = np.setdiff1d(np.arange(CARRIERS.size), _PILOTS)
# Pilots (1, 1, 1, -1) times the polarities p0..p3, all 1 (equations 17-24 and 17-25).
_PILOT_VALUES = np.array([1, 1, 1, -1], np.complex64)
_POINTS = tuple(constellation(name, unit_power=True) for name in ("QPSK", "QAM16", "QAM64"))
_MIDDLES = 80 * np.arange(_SYMBOLS) + 40

Samples = npt.NDArray[np.complex64]


def send_frames(
    transmitters: Transmitters, clock_ppm: npt.NDArray[np.floating], rng: np.random.Generator
) -> Samples:
    """Return one frame a row, of about unit power, as amplified; the carrier is still exact.

    The clock's error shifts each symbol as a whole, by what it has gathered at its middle: within a symbol it changes
    by 0.0008 samples at 20 ppm.

    Parameters
    ----------
    transmitters : Transmitters
        Of n rows.
    clock_ppm : ndarray of float, shape (n,)
        By how much the transmitters' clock is faster than the receiver's.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of complex64, shape (n, FRAME * OVERSAMPLING)
    """
    count = len(clock_ppm)
    values = np.empty((count, _SYMBOLS, CARRIERS.size), np.complex64)
    values[:, :2] = 0
    values[:, :2, _SHORT], values[:, 2:4] = SHORT_SEQUENCE, LONG_SEQUENCE
    values[:, 4:, _PILOTS] = _PILOT_VALUES
    values[:, 4, _INFORMED] = constellation("BPSK", True)[rng.integers(0, 2, (count, _INFORMED.size))]
    kinds = rng.integers(0, len(_POINTS), count)
    for kind, points in enumerate(_POINTS):
        rows = np.flatnonzero(kinds == kind)
        drawn = points[rng.integers(0, points.size, (rows.size, _SYMBOLS - 5, _INFORMED.size))]
        values[np.ix_(rows, range(5, _SYMBOLS), _INFORMED)] = drawn
    early = np.multiply.outer(clock_ppm * 1e-6, _MIDDLES)  # samples
    values *= unit_phasors(early[:, :, None] * (CARRIERS / GRID))
    values *= tap_response(transmitters.taps, CARRIERS / GRID)[:, None]
    spectrum = np.zeros((count, _SYMBOLS, _SIZE), np.complex64)
    spectrum[:, :, _BINS] = values * np.float32(_SIZE / np.sqrt(CARRIERS.size))
    periods = fft.ifft(spectrum, axis=2, overwrite_x=True)
    samples = periods.reshape(count, -1).take(_ORDER.ravel(), axis=1)
    return amplify(transmitters.mix(samples), transmitters.amplifiers)
