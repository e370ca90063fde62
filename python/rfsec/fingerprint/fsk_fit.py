# SPDX-License-Identifier: GPL-3.0-or-later
"""Least squares of an FSK burst's frequency and phase, given its bits."""

from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.polynomial import legendre

from .fsk_symbols import LEAD, STEPS, Symbols
from .middle import median

_SETTLES, _ENDS = 8, 2  # symbols that the fit leaves out: Bluetooth gives a transmitter eight to settle
_SHORT = 6  # of a short burst, at most one in so many symbols is left out
_PRIOR = 0.5  # observations that a coefficient is zero: keeps contexts that hardly occur from being guessed wildly
_RIDGE = 1e-9
_OUTLIER = 3.5  # times the median error, at which a click of the noise is clipped
_WEAKENED = 1.4826  # standard deviations in the median error
#: Contexts of a symbol, as products of the bits that many symbols away: the pulse, then what is not linear.
LINEAR = ((0,), (-1,), (1,), (-2,), (2,))
BENT = ((-1, 0), (0, 1), (-1, 1), (-1, 0, 1))
_LINEAR, _BENT = slice(2, 2 + len(LINEAR)), slice(2 + len(LINEAR), None)  # rows of the coefficients
_TREND = 3  # the highest degree of the carrier's drift, in phase


@dataclass(frozen=True, slots=True)
class Fit:
    """What was fitted; frequencies in symbol rates, times in symbols.

    Attributes
    ----------
    carrier : float
        Middle between the two keyed frequencies over the burst, from `Located.centre_hz`.
    carrier_error : float
        Its standard error from the noise.
    drift : float
        Change of the carrier over the fitted symbols, by a line.
    curvature : float
        What its course is bent: the third Legendre coefficient of phase, as a change of frequency.
    deviation : float
        Half the distance of the frequencies of long runs of one symbol.
    pulse : float [5, STEPS]
        Response of the frequency to the bit itself, the one before, after, two before, two after; over `deviation`.
    bent : float [4, STEPS]
        The same to the products of bits in `BENT`: zero for a linear modulator.
    ripple : float [STEPS]
        What the frequency does in each symbol whatever its bits, over `deviation`; its mean is zero.
    modulated : float [k, STEPS]
        The fitted frequency of each symbol without the carrier.
    phase : float [k, STEPS]
        The fitted phase at the beginning of each step, without the carrier and its drift.
    frequency_noise : float
        Standard deviation of a symbol's mean frequency from the fit, over `deviation`.
    phase_noise : float
        Standard deviation of a symbol's mean phase from that of its neighbours, radian; from the median of the magnitudes.
    """

    carrier: float
    carrier_error: float
    drift: float
    curvature: float
    deviation: float
    pulse: np.ndarray
    bent: np.ndarray
    ripple: np.ndarray
    modulated: np.ndarray
    phase: np.ndarray
    frequency_noise: float
    phase_noise: float


def fit(symbols: Symbols) -> Fit:
    """Fit a burst of at least 16 symbols.

    First the frequency: in each step of a symbol it is a constant, a drift, and a sum over the bits around and their
    products (a Volterra series of the modulator). Then the phase that is left when this is taken off, over the whole
    burst, for what white noise lets be seen best in the phase: carrier, drift and deviation.
    """
    count = symbols.bits.size
    measured = symbols.frequency[LEAD : LEAD + count]
    inside = slice(min(_SETTLES, count // _SHORT), count - _ENDS)
    contexts = _contexts(symbols.bits)
    time = np.linspace(-1, 1, count)
    design = np.column_stack((np.ones(count), time, contexts))
    coefficients = _solved(design[inside], measured[inside])
    error = measured - design @ coefficients
    limit = _OUTLIER * _WEAKENED * median(np.abs(error[inside]))
    coefficients = _solved(design[inside], (design @ coefficients + np.clip(error, -limit, limit))[inside])
    middle = float(coefficients[0].mean())
    coefficients[_BENT] -= coefficients[_BENT].mean(axis=1, keepdims=True)
    modulated = contexts @ coefficients[2:] + (coefficients[0] - middle)
    phase = 2 * np.pi / STEPS * (np.cumsum(modulated.ravel()) - modulated.ravel()).reshape(count, STEPS)

    steps = np.arange(count * STEPS).reshape(count, STEPS)
    left = symbols.samples[LEAD : LEAD + count] * np.exp(-1j * (phase + 2 * np.pi / STEPS * middle * steps))
    left = left.mean(axis=1)[inside]
    left = np.unwrap(np.angle(left))
    trend = legendre.legvander(np.linspace(-1, 1, left.size), _TREND)
    keyed = phase.mean(axis=1)[inside, None]
    regressors = np.column_stack((trend, keyed))
    normal = regressors.T @ regressors
    solution = np.linalg.solve(normal + _RIDGE * np.diag(normal.diagonal()), regressors.T @ left)
    beside = left[1:-1] - (left[2:] + left[:-2]) / 2
    phase_noise = _WEAKENED * median(np.abs(beside - median(beside))) / np.sqrt(1.5)
    turn = 1 / (np.pi * (left.size - 1))  # symbol rates of a phase that goes from -1 to 1 over the burst
    stretch = 1 + float(solution[-1])
    settled = float(coefficients[_LINEAR].sum(axis=0).mean())
    frequency_noise = float(np.std((measured - modulated)[inside].mean(axis=1) - middle))
    scale = settled if settled > 0 else 1.0
    return Fit(
        carrier=middle + turn * float(solution[1]),
        carrier_error=turn * phase_noise * float(np.sqrt(3 / left.size)),
        drift=turn * 6 * float(solution[2]),
        curvature=turn * 5 * float(solution[3]),
        deviation=settled * stretch,
        pulse=coefficients[_LINEAR] / scale,
        bent=coefficients[_BENT] / scale,
        ripple=(coefficients[0] - middle) / scale,
        modulated=modulated,
        phase=phase * stretch,
        frequency_noise=frequency_noise / scale,
        phase_noise=phase_noise,
    )


def _contexts(bits: np.ndarray) -> np.ndarray:
    """The bits around each symbol and their products, in the order of `LINEAR` and `BENT`; beyond the ends bits repeat."""
    padded = np.concatenate((bits[:1], bits[:1], bits, bits[-1:], bits[-1:]))
    around = {away: padded[2 + away : 2 + away + bits.size] for away in range(-2, 3)}
    return np.array([reduce(np.multiply, [around[away] for away in product]) for product in (*LINEAR, *BENT)]).T


def _solved(design: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    prior = np.full(design.shape[1], _PRIOR)
    prior[:3] = 1e-9
    return np.linalg.solve(design.T @ design + np.diag(prior), design.T @ wanted)
