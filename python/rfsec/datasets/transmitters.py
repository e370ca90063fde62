# SPDX-License-Identifier: GPL-3.0-or-later
"""The analogue hardware of simulated transmitters, by number: what makes each one unlike the others of its kind.

The spreads are those of software radios and of Wi-Fi chips after their factory calibration (UHD manual, "Device
Calibration"; P. Händel and P. Zetterberg, IEEE Trans. Instrum. Meas. 59(8), 2010; S. S. Hanna and D. Cabric,
arXiv:1811.04521; L. J. Wong et al., arXiv:1808.02369).

=================  ===========================================================================
I/Q imbalance      gain 0.15 dB, angle 1 degree (standard deviations)
carrier leakage    -36 +- 3 dBc, any phase
oscillator         uniform within the world's bound; the sample clock hangs on it as well
phase noise        lines 5 to 40 Hz wide
baseband filter    taps of -34 dB (rms) beside the main one
amplifier          Rapp's p 1.5 to 3, back-off 7 to 11 dB, AM/PM 0 to 6 degrees, memory -40 dB
=================  ===========================================================================

Another day is another temperature. A few kelvins move an oscillator with a slope of some 0.03 ppm/K by 0.1 ppm (rms), a
plain crystal by twice that; mixers and amplifiers move by about a tenth of the spread between devices, for a day's few
kelvins are about a tenth of the range over which that spread arises. Filters, lines and the kind of the amplifier stay.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..dsp.iq_imbalance import unbalance
from ..dsp.power_amplifier import Amplifiers
from .numbered import Piece, between, draw_rows

_GAIN_DB, _SKEW_DEG = 0.15, 1.0
_LEAK_DB, _LEAK_SPREAD_DB = -36.0, 3.0
_LINE_HZ = (5.0, 40.0)
_TAP = 10 ** (-34 / 20)
_KNEE, _BACK_OFF_DB, _PHASE_DEG = (1.5, 3.0), (7.0, 11.0), (0.0, 6.0)
_MEMORY = 10 ** (-40 / 20)
_DAY_SHARE = 0.1  # of the spread between devices

Samples = npt.NDArray[np.complex64]
Floats = npt.NDArray[np.floating]


@dataclass(frozen=True)
class Transmitters:
    """One transmitter a row; every attribute has shape (n,), but `taps` (n, 2).

    Attributes
    ----------
    gain_db, skew_deg : ndarray of float
        I/Q imbalance; see `dsp.iq_imbalance.unbalance`.
    leak : ndarray of complex
        Carrier leakage, over the rms level of the signal.
    oscillator_ppm : ndarray of float
        Error of the carrier and of the sample clock.
    line_width_hz : ndarray of float
        Full width of the oscillator's line.
    taps : ndarray of complex
        Of the baseband filter, one sample before and one after the main one, which is 1.
    amplifiers : Amplifiers
    """

    gain_db: Floats
    skew_deg: Floats
    leak: npt.NDArray[np.complexfloating]
    oscillator_ppm: Floats
    line_width_hz: Floats
    taps: npt.NDArray[np.complexfloating]
    amplifiers: Amplifiers

    def mix(self, samples: Samples) -> Samples:
        """Return rows of unit mean power, shape (n, length), as the mixers put them out: unbalanced, and leaking."""
        return unbalance(samples, self.gain_db, self.skew_deg) + self.leak.astype(np.complex64)[:, None]


def draw_transmitters(
    seed: int,
    emitter: npt.NDArray[np.integer],
    day: npt.NDArray[np.integer],
    oscillator_ppm: float,
    day_ppm: float = 0.1,
) -> Transmitters:
    """Return the transmitters that are named, as they are on the days that are named.

    Parameters
    ----------
    seed : int
        Of the world, at least 0.
    emitter, day : ndarray of int, shape (n,)
        At least 0; day 0 is the one without drift.
    oscillator_ppm : float
        Oscillators are uniform within plus and minus this, ppm.
    day_ppm : float
        What another day makes of that, rms.
    """
    flat, bell = draw_rows(seed, Piece.TRANSMITTER, 6, 9, emitter)
    drift = draw_rows(seed, Piece.TRANSMITTER_DAY, 0, 6, emitter, day)[1] * (day > 0)
    moved = _DAY_SHARE * drift
    leak = 10 ** ((_LEAK_DB + _LEAK_SPREAD_DB * bell[2]) / 20) * np.exp(2j * np.pi * flat[0])
    return Transmitters(
        gain_db=_GAIN_DB * (bell[0] + moved[0]),
        skew_deg=_SKEW_DEG * (bell[1] + moved[1]),
        leak=leak + 10 ** (_LEAK_DB / 20) * (moved[2] + 1j * moved[3]) / np.sqrt(2),
        oscillator_ppm=oscillator_ppm * (2 * flat[1] - 1) + day_ppm * drift[4],
        line_width_hz=between(_LINE_HZ, flat[2]),
        taps=(_TAP / np.sqrt(2) * (bell[3:5] + 1j * bell[5:7])).T,
        amplifiers=Amplifiers(
            back_off_db=between(_BACK_OFF_DB, flat[3]) + moved[5],
            knee=between(_KNEE, flat[4]),
            phase_deg=between(_PHASE_DEG, flat[5]),
            memory=_MEMORY / np.sqrt(2) * (bell[7] + 1j * bell[8]),
        ),
    )

