# SPDX-License-Identifier: GPL-3.0-or-later
"""Six power amplifiers behind one signal generator, drawn by seed: the emitters of the joint modulation and emitter task.

The paper's amplifiers (Li et al., section 4.1) are known by name only. These spread about a small solid-state amplifier so
that the median error between two of them, after the best gain and phase, is -21 to -26 dB: then the paper's CNN is right
about as often as its table 3 says. Sets beyond that are drawn again.

===========  ======================================================================
compression  Rapp's p log-normal about 2 (sigma of ln p 0.5), back-off 6 +- 2 dB
AM/PM        4 +- 5 degrees at the saturated level
memory       -19 dB (rms) of the cubed previous sample; linear taps of -19 dB (rms) one sample before and after
===========  ======================================================================
"""

from dataclasses import dataclass
from functools import cache
from itertools import count

import numpy as np
import numpy.typing as npt

from ..dsp.constellations import constellation
from ..dsp.power_amplifier import Amplifiers, amplify
from ..dsp.pulse_shaping import shape_symbols
from .numbered import Piece, draw_rows

COUNT = 6
_KNEE, _KNEE_SPREAD = 2.0, 0.5
_BACK_OFF_DB, _BACK_OFF_SPREAD_DB, _LEAST_BACK_OFF_DB = 6.0, 2.0, 2.0
_PHASE_DEG, _PHASE_SPREAD_DEG = 4.0, 5.0
_MEMORY = 10 ** (-19 / 20)
_ERROR_DB = -25.8, -21.2  # other data show a set up to 0.2 dB away


@dataclass(frozen=True)
class AmplifierSet:
    """Amplifiers by number, each with what is linear behind it.

    Attributes
    ----------
    amplifiers : Amplifiers
    taps : ndarray of complex, shape (n, 2)
        Of the output: one sample before and one after the main one, which is 1.
    """

    amplifiers: Amplifiers
    taps: npt.NDArray[np.complexfloating]

    def send(self, samples: npt.NDArray[np.complex64], emitter: npt.NDArray[np.integer]) -> npt.NDArray[np.complex64]:
        """Return what the amplifiers `emitter`, shape (n,), make of rows of unit mean power, shape (n, length).

        Each row is one period of a signal that goes on for ever. Rows come back with unit mean power.
        """
        rows = Amplifiers(
            self.amplifiers.back_off_db[emitter], self.amplifiers.knee[emitter], self.amplifiers.phase_deg[emitter],
            self.amplifiers.memory[emitter],
        )
        # The amplifier remembers one sample: the last of the period stands before the first.
        driven = amplify(np.concatenate([samples[:, -1:], samples], axis=1), rows)[:, 1:]
        early, late = self.taps[emitter].astype(np.complex64).T[..., None]
        sent = driven + early * np.roll(driven, -1, axis=1) + late * np.roll(driven, 1, axis=1)
        return unit_power(sent)

    def median_error_db(self) -> float:
        """Return the median power, dB, of what is left of one amplifier's signal when the best multiple of another's is taken away."""
        errors = []
        for row in _compared_rows():
            sent = self.send(np.repeat(row, COUNT, axis=0), np.arange(COUNT))
            alike = np.abs(sent.conj() @ sent.T) ** 2 / row.size**2  # of rows of unit mean power
            errors.append((1 - alike)[np.triu_indices(COUNT, 1)])
        return float(10 * np.log10(np.median(errors)))


def unit_power(rows: npt.NDArray[np.complex64]) -> npt.NDArray[np.complex64]:
    """Return rows, shape (n, length), at a mean power of 1."""
    return rows / np.sqrt(np.mean(rows.real**2 + rows.imag**2, axis=1, keepdims=True))


def draw_amplifier_set(seed: int) -> AmplifierSet:
    """Return the six amplifiers of a seed, at least 0; another seed is another set. They are unlike as the module says."""
    least, most = _ERROR_DB
    return next(drawn for drawn in (_drawn(seed, attempt) for attempt in count()) if least < drawn.median_error_db() < most)


@cache
def _compared_rows() -> tuple[npt.NDArray[np.complex64], ...]:
    """Rows of 600 symbols of each modulation, complex64 [1, 6000], of unit mean power."""
    rng, rows = np.random.default_rng(0), []
    for name in ("BPSK", "QPSK", "8PSK", "16PSK", "QAM16", "QAM64", "QAM256", "QAM1024"):
        points = constellation(name, unit_power=True)
        rows.append(unit_power(shape_symbols(points[rng.integers(0, points.size, (1, 600))], 10, 0.35)))
    return tuple(rows)


def _drawn(seed: int, attempt: int) -> AmplifierSet:
    bell = draw_rows(seed, Piece.AMPLIFIER, 0, 9, COUNT * attempt + np.arange(COUNT))[1]
    small = _MEMORY / np.sqrt(2)
    return AmplifierSet(
        Amplifiers(
            back_off_db=np.maximum(_BACK_OFF_DB + _BACK_OFF_SPREAD_DB * bell[0], _LEAST_BACK_OFF_DB),
            knee=_KNEE * np.exp(_KNEE_SPREAD * bell[1]),
            phase_deg=_PHASE_DEG + _PHASE_SPREAD_DEG * bell[2],
            memory=small * (bell[3] + 1j * bell[4]),
        ),
        taps=small * (bell[5:7] + 1j * bell[7:9]).T,
    )
