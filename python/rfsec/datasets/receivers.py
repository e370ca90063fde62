# SPDX-License-Identifier: GPL-3.0-or-later
"""The hardware of simulated receivers, by number: what they add to a fingerprint that is not the transmitter's.

=================  ===========================================================================
oscillator         0.5 ppm (standard deviation), lines 5 to 40 Hz wide
filter             taps of -34 dB (rms) beside the main one
I/Q imbalance      gain 0.15 dB, angle 1 degree (standard deviations)
direct current     -40 +- 5 dB below the signal, after the receiver's own removal
converter          8, 10, 12 or 14 bits, set so that it clips 12 dB above the mean power
=================  ===========================================================================
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..dsp.iq_imbalance import unbalance
from ..dsp.path_response import tap_response
from .numbered import Piece, between, draw_rows

#: The number of the receiver that adds nothing.
IDEAL = -1
_OSCILLATOR_PPM = 0.5
_LINE_HZ = (5.0, 40.0)
_TAP = 10 ** (-34 / 20)
_GAIN_DB, _SKEW_DEG = 0.15, 1.0
_OFFSET_DB, _OFFSET_SPREAD_DB = -40.0, 5.0
_BITS = np.array([8, 10, 12, 14])
_IDEAL_BITS = 24  # as exact as a float32
_HEADROOM = 4.0  # full scale over the rms level, 12 dB

Samples = npt.NDArray[np.complex64]
Floats = npt.NDArray[np.floating]


@dataclass(frozen=True)
class Receivers:
    """One receiver a row; every attribute has shape (n,), but `taps` (n, 2).

    Attributes
    ----------
    oscillator_ppm, line_width_hz : ndarray of float
        Error of its oscillator, on which its clock hangs as well, and the full width of its line.
    taps : ndarray of complex
        Of the filter, one sample before and one after the main one, which is 1.
    gain_db, skew_deg : ndarray of float
        I/Q imbalance.
    offset : ndarray of complex
        Direct current, over the rms level of the signal.
    bits : ndarray of int
        Of the converter.
    """

    oscillator_ppm: Floats
    line_width_hz: Floats
    taps: npt.NDArray[np.complexfloating]
    gain_db: Floats
    skew_deg: Floats
    offset: npt.NDArray[np.complexfloating]
    bits: npt.NDArray[np.integer]

    def response(self, length: int) -> Samples:
        """Return the filters' responses on the bins of an FFT, shape (n, length)."""
        return tap_response(self.taps, np.fft.fftfreq(length))

    def digitise(self, samples: Samples, level: Floats) -> Samples:
        """Return what the mixers and converters make of rows, shape (n, length), of rms level `level`, shape (n,)."""
        out = unbalance(samples, self.gain_db, self.skew_deg)
        out += (self.offset * level).astype(np.complex64)[:, None]
        steps = 2.0 ** (self.bits - 1)
        scale = (steps / (_HEADROOM * level)).astype(np.float32)[:, None]
        most = (steps - 1).astype(np.float32)[:, None]
        parts = out.view(np.float32)
        parts *= scale
        np.minimum(np.maximum(np.rint(parts, out=parts), -most, out=parts), most, out=parts)
        parts /= scale
        return out


def draw_receivers(seed: int, receiver: npt.NDArray[np.integer]) -> Receivers:
    """Return the receivers that are named.

    Parameters
    ----------
    seed : int
        Of the world, at least 0.
    receiver : ndarray of int, shape (n,)
        At least 0, or `IDEAL`.
    """
    real = receiver >= 0
    flat, bell = draw_rows(seed, Piece.RECEIVER, 3, 8, np.maximum(receiver, 0))
    bell = bell * real
    offset = 10 ** ((_OFFSET_DB + _OFFSET_SPREAD_DB * bell[7]) / 20) * np.exp(2j * np.pi * flat[0])
    return Receivers(
        oscillator_ppm=_OSCILLATOR_PPM * bell[0],
        line_width_hz=real * between(_LINE_HZ, flat[1]),
        taps=(_TAP / np.sqrt(2) * (bell[1:3] + 1j * bell[3:5])).T,
        gain_db=_GAIN_DB * bell[5],
        skew_deg=_SKEW_DEG * bell[6],
        offset=real * offset,
        bits=np.where(real, _BITS[(flat[2] * len(_BITS)).astype(int)], _IDEAL_BITS),
    )
