# SPDX-License-Identifier: GPL-3.0-or-later
"""From an array with one FSK burst to its symbols and what was fitted to them."""

from dataclasses import dataclass, replace

import numpy as np

from .band import band_only
from .fsk_clock import Clock, find_clock, levels
from .fsk_decisions import decide
from .fsk_fit import Fit, fit
from .fsk_symbols import LEAD, Symbols, on_symbols
from .locate import Located, locate

FEWEST_SAMPLES = 64
_SILENT = float(np.finfo(np.float32).tiny)  # by smaller values float32 can't divide
FEWEST_SYMBOLS = 24
_FEWEST_TURNS = 6  # from one frequency to the other
_FINE = 6.0  # samples over the band's width in which the clock is looked for
_PASSED, _FALL = 0.6, 0.3  # of the band's width, for the same
_USUAL = 0.25  # symbol rates: filters are made for this deviation and for it times powers of the square root of 2
_WIDEST = 11
_UNLIKE = 1.4  # times the deviation for which the burst was filtered: filter it again
_MEDIAN = 1.1  # deviation over the median of shaped pulses
_WEAK, _NARROW = 0.11, 1.5  # spread of the symbols' frequencies, and deviation: the bits are decided again
_LEAST = 0.05  # symbol rates: a smaller deviation than any FSK's
_OWN = 0.4  # of the deviation, that a bit makes of its own symbol's frequency
_CLOSED = 0.45  # of the deviation, at which the symbols' frequencies are spread too far to be told apart
_UNSTEADY, _FEW = 0.32, 100  # radian: the phase is not what the bits make of it; less where there are few symbols
_TURNED = 0.68  # radian a symbol, over the bandwidth in symbol rates, by which noise may turn the phase
_RISEN = 6  # symbols at either end in which a transmitter may rise and fall
_VARYING, _BY_NOISE = 0.25, 1.7  # of the envelope: itself, and by how much more than the phase noise has it
_HEAD = 115.0  # over the band's width: Bluetooth's faster packets begin with FSK, then go on with phases


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
    with np.errstate(over="ignore", invalid="ignore"):
        largest = float(np.abs(samples).max())
    if not np.isfinite(largest):
        raise NoFsk("not finite")
    if largest < _SILENT:
        raise NoFsk("silent")
    located = locate((samples / largest).astype(np.complex64), sample_rate_hz)
    try:
        return _fitted(located)
    except NoFsk:
        edges = located.edges
        length = _HEAD * located.rate_hz / located.width_hz
        if length > 0.75 * (edges.stop - edges.start):
            raise
        return _fitted(replace(located, edges=replace(edges, stop=edges.start + length, whole_stop=False)))


def _fitted(located: Located) -> FskBurst:
    clock, deviation = _clock(located)
    for _ in range(2):
        step = round(2 * np.log2(deviation / _USUAL))
        if step > _WIDEST:
            raise NoFsk("no FSK")
        symbols = on_symbols(located, clock, _USUAL * 2 ** (step / 2))
        if symbols is None or symbols.bits.size < FEWEST_SYMBOLS:
            raise NoFsk("too few symbols")
        found = fit(symbols)
        if not found.deviation > 0:
            raise NoFsk("no FSK")
        if 1 / _UNLIKE < found.deviation / deviation < _UNLIKE:
            break
        deviation = found.deviation
    if found.frequency_noise > _WEAK and found.deviation < _NARROW:
        symbols = replace(symbols, bits=decide(symbols, found))
        found = fit(symbols)
    if np.count_nonzero(np.diff(symbols.bits)) < _FEWEST_TURNS:
        raise NoFsk("no FSK")
    if not _steady(symbols, found):
        raise NoFsk("no FSK, or too weak")
    return FskBurst(located, clock, symbols, found)


def _steady(symbols: Symbols, found: Fit) -> bool:
    """Whether frequency, phase and envelope are as FSK has them, but for noise."""
    if found.deviation < _LEAST or found.pulse[0].mean() < _OWN or found.frequency_noise > _CLOSED:
        return False
    turned = 2 * np.pi * found.frequency_noise * found.deviation  # radian a symbol
    least = min(1.0, symbols.bits.size / _FEW) ** 0.5
    if turned > _TURNED * (found.deviation + 1) or found.phase_noise > _UNSTEADY * least:
        return False
    on = symbols.envelope[LEAD + _RISEN : LEAD + symbols.bits.size - _RISEN]
    return bool(on.std() < on.mean() * np.hypot(_VARYING, _BY_NOISE * found.phase_noise))


def _clock(located: Located) -> tuple[Clock, float]:
    """The symbol clock of a burst, and half the distance of its levels in symbol rates."""
    width = located.width_hz / located.rate_hz
    up = max(1, round(_FINE * width))
    first = int(located.edges.start)
    burst = located.samples[first : int(located.edges.stop)]
    if burst.size < FEWEST_SAMPLES:
        raise NoFsk("too short")
    fine = band_only(burst, _PASSED * width, _FALL * width, up)
    clock = find_clock(fine, width / up)
    if clock is None:
        raise NoFsk("no FSK")
    lag = max(1, int(0.5 * up / width))
    low, high = levels(np.angle(fine[lag:] * np.conj(fine[:-lag])) / (2 * np.pi * lag))
    deviation = _MEDIAN * (high - low) / 2 * clock.period
    return Clock(clock.period / up, clock.start / up + first, clock.period_error), deviation
