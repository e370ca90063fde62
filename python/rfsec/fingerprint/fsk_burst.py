# SPDX-License-Identifier: GPL-3.0-or-later
"""From an array with one FSK burst to its symbols and what was fitted to them."""

from dataclasses import dataclass

import numpy as np

from .band import band_only
from .fsk_clock import Clock, find_clock, levels
from .fsk_fit import Fit, fit
from .fsk_symbols import LEAD, Symbols, on_symbols
from .locate import Located, locate

FEWEST_SAMPLES = 64
FEWEST_SYMBOLS = 24
_FINE = 6.0  # samples over the band's width in which the clock is looked for
_PASSED, _FALL = 0.6, 0.3  # of the band's width, for the same
_UNLIKE = 1.15  # times the deviation for which the burst was filtered: filter it again
_CLOSED = 0.45  # of the deviation, at which the symbols' frequencies are spread too far to be told apart
_VARYING, _BY_NOISE = 0.15, 1.5  # of the envelope: itself, and by how much more than the phase noise has it
_LARGEST = 1e4  # magnitude that samples may have over their rms: else they are spikes


class NoFsk(Exception):
    """Why an array holds no burst of FSK that can be measured, as a short clause."""


@dataclass(frozen=True, slots=True)
class FskBurst:
    """A burst of FSK: where it is, its clock in samples of `located.samples`, its symbols, and what was fitted."""

    located: Located
    clock: Clock
    symbols: Symbols
    fit: Fit

    @property
    def symbol_rate_hz(self) -> float:
        return self.located.rate_hz / self.clock.period

    @property
    def carrier_hz(self) -> float:
        """From the tuned frequency."""
        return self.located.centre_hz + self.fit.carrier * self.symbol_rate_hz


def measure_fsk(samples: np.ndarray, sample_rate_hz: float) -> FskBurst:
    """Find and fit the burst of FSK in an array.

    Parameters
    ----------
    samples : complex [n]
    sample_rate_hz : float

    Raises
    ------
    NoFsk
        Where there is none.
    """
    if samples.size < FEWEST_SAMPLES:
        raise NoFsk("too short")
    if not np.isfinite(samples.view(samples.real.dtype)).all():
        raise NoFsk("not finite")
    largest = float(np.abs(samples).max())
    if not largest > 0:
        raise NoFsk("silent")
    located = locate((samples / largest).astype(np.complex64), sample_rate_hz)
    clock, deviation = _clock(located)
    for _ in range(2):
        symbols = on_symbols(located, clock, deviation)
        if symbols is None or symbols.bits.size < FEWEST_SYMBOLS:
            raise NoFsk("too few symbols")
        found = fit(symbols)
        if 1 / _UNLIKE < found.deviation / deviation < _UNLIKE:
            break
        deviation = found.deviation
        if not 0 < deviation < 0.45 * clock.period:
            raise NoFsk("no FSK")
    on = symbols.envelope[LEAD + 2 : LEAD + symbols.bits.size - 2]
    varying = float(on.std() / on.mean())
    if found.frequency_noise > _CLOSED or varying > _VARYING + _BY_NOISE * found.phase_noise:
        raise NoFsk("no FSK, or too weak")
    return FskBurst(located, clock, symbols, found)


def _clock(located: Located) -> tuple[Clock, float]:
    """The symbol clock of a burst, and half the distance of its levels in symbol rates."""
    width = located.width_hz / located.rate_hz
    up = max(1, round(_FINE * width))
    first = int(located.start)
    burst = located.samples[first : int(located.stop)]
    if burst.size < FEWEST_SAMPLES:
        raise NoFsk("too short")
    fine = band_only(burst, _PASSED * width, _FALL * width, up)
    clock = find_clock(fine, width / up)
    if clock is None:
        raise NoFsk("no FSK")
    lag = max(1, int(0.5 * up / width))
    low, high = levels(np.angle(fine[lag:] * np.conj(fine[:-lag])) / (2 * np.pi * lag))
    deviation = (high - low) / 2 * clock.period
    return Clock(clock.period / up, clock.start / up + first, clock.period_error), deviation
