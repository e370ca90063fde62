# SPDX-License-Identifier: GPL-3.0-or-later
"""What the envelope of an FSK burst tells: image, carrier leak, droop, and how the transmitter turns on."""

from dataclasses import dataclass

import numpy as np

from .fsk_fit import Fit
from .fsk_symbols import LEAD, STEPS, Symbols
from .middle import median

#: Times after the start, in symbols, at which the rising envelope is read; and before the stop, the falling one.
RISE = (-0.75, -0.25, 0.25, 0.75, 1.25, 2.0, 3.0, 4.5)
FALL = (-0.75, -0.25, 0.25, 0.75, 1.25)
#: Spans after the start, in symbols, over which the carrier's settling is averaged.
SETTLING = ((1, 2), (2, 4), (4, 8), (8, 16), (16, 32), (32, 64))
_SKIPPED = 2


@dataclass(frozen=True, slots=True)
class Envelope:
    """What was fitted; amplitudes over the settled one.

    Attributes
    ----------
    image : float
        Magnitude of the conjugate beside the signal: the I/Q imbalance of the transmitter.
    leak : float
        Magnitude of the carrier beside the signal.
    phase : complex
        Of unit size: how the image stands to the leak, which no carrier phase changes.
    droop, bow : float
        Change of the amplitude from the first symbol to the last, by a line; and by a parabola.
    slope : float
        Change of the amplitude from the lower frequency to the upper: mostly the channel's.
    ripple : float
        Standard deviation of the rest, without what noise explains; 0 where noise explains it all.
    """

    image: float
    leak: float
    phase: complex
    droop: float
    bow: float
    slope: float
    ripple: float


def fit_envelope(symbols: Symbols, fitted: Fit) -> Envelope:
    """Fit the envelope of a burst, given the phase of its modulation.

    Of y = x + a conj(x) + b with |x| = 1, the envelope is 1 + Re(a conj(x)^2) + Re(b conj(x)) to first order. Both terms
    are found by least squares, beside a parabola in time and a slope and bend over frequency (a channel of two paths).
    """
    count = symbols.bits.size
    inside = slice(_SKIPPED, count - _SKIPPED)
    middle = fitted.phase + np.pi / STEPS * fitted.modulated  # of each step
    x = np.exp(-1j * middle[inside]).reshape(-1)
    level = symbols.envelope[LEAD : LEAD + count][inside].reshape(-1)
    time = np.repeat(np.linspace(-1, 1, count)[inside], STEPS)
    away = fitted.modulated[inside].reshape(-1) / max(fitted.deviation, 1e-6)
    one = np.ones(x.size)
    squared = x * x
    regressors = np.column_stack(
        (one, time, time**2, away, away**2, squared.real, -squared.imag, x.real, -x.imag)
    )
    normal = regressors.T @ regressors + 1e-6 * x.size * np.eye(regressors.shape[1])
    solution = np.linalg.solve(normal, regressors.T @ level)
    error = level - regressors @ solution
    scale = float(level.mean())
    solution = solution / scale
    image, leak = complex(solution[5], solution[6]), complex(solution[7], solution[8])
    together = image * np.conj(leak) ** 2
    mean = error.reshape(-1, STEPS).mean(axis=1) / scale
    ripple = float(np.sqrt(max(float(np.var(mean)) - fitted.phase_noise**2, 0.0)))
    return Envelope(
        image=abs(image),
        leak=abs(leak),
        phase=together / max(abs(together), 1e-30),
        droop=2 * float(solution[1]),
        bow=float(solution[2]),
        slope=2 * float(solution[3]),
        ripple=ripple,
    )


def turns(symbols: Symbols) -> tuple[np.ndarray, np.ndarray]:
    """The envelope at the times `RISE` after the start and `FALL` before the stop, over the settled one: float arrays."""
    count = symbols.bits.size
    settled = median(symbols.envelope[LEAD + _SKIPPED : LEAD + count - _SKIPPED])
    times = np.concatenate((symbols.edges.start + np.array(RISE), symbols.edges.stop - np.array(FALL)))
    read = np.interp((LEAD + times) * STEPS - 0.5, np.arange(symbols.envelope.size), symbols.envelope.ravel()) / settled
    return read[: len(RISE)], read[len(RISE) :]


def settling(symbols: Symbols, fitted: Fit) -> np.ndarray:
    """How far the carrier is from its mean over the burst, in the spans `SETTLING`: symbol rates, float [len(SETTLING)].

    A span that the burst does not reach gives 0.
    """
    count = symbols.bits.size
    left = (symbols.frequency[LEAD : LEAD + count] - fitted.modulated).mean(axis=1) - fitted.carrier
    return np.array([left[first:last].mean() if last <= count else 0.0 for first, last in SETTLING])
