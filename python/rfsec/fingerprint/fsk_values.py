# SPDX-License-Identifier: GPL-3.0-or-later
"""The numbers that an encoder takes of an FSK burst, each of size about 1."""

from collections.abc import Callable

import numpy as np

from .fsk_burst import FskBurst
from .fsk_envelope import FALL, RISE, SETTLING, fit_envelope, settling, turns
from .fsk_fit import BENT, LINEAR
from .fsk_symbols import STEPS

#: Tuners and Bluetooth's channels lie on multiples of this, so an offset counts from the nearest.
CHANNEL_HZ = 1e6
#: The carrier offset as an angle, for each of these periods: fine ones tell neighbours apart, coarse ones say which turn.
PERIODS_HZ = (250e3, 62.5e3, 15.625e3, 3906.25)
_CRYSTAL_HZ = 20e3  # about 10 ppm at 2.4 GHz, 23 ppm at 868 MHz
_INDEX, _INDEX_SPREAD = 0.5, 0.05  # modulation index of Bluetooth: 0.45 to 0.55
_SETTLING = 0.01  # symbol rates: 10 kHz in Bluetooth, whose transmitters may drift by 25 to 50
_RATE_PPM = 20.0
_PULSE, _SKEW, _BENT = 10.0, 50.0, 25.0
_IMPURE = 0.02  # -34 dB
_RISE = 3.0
_DROOP = 0.05
_BT, _BT_SPREAD = 0.5, 1.2  # bandwidth times symbol time of Bluetooth's Gaussian filter


def _pulse(bandwidth_time: float) -> np.ndarray:
    """Mean frequency of each step in answer to the bits of `LINEAR`, of a Gaussian filter."""
    fine = 32
    time = (np.arange(-3 * fine * STEPS, 3 * fine * STEPS) + 0.5) / (fine * STEPS)
    width = np.sqrt(np.log(2)) / (2 * np.pi * bandwidth_time)
    gaussian = np.exp(-0.5 * (time / width) ** 2)
    gaussian /= gaussian.sum()
    pulse = np.convolve(gaussian, np.ones(fine * STEPS), mode="full")
    start = pulse.size // 2 - fine * STEPS // 2
    first = [start - away * fine * STEPS for (away,) in LINEAR]
    return np.array([pulse[at : at + fine * STEPS].reshape(STEPS, fine).mean(axis=1) for at in first])


_NOMINAL = _pulse(_BT)[:3]
_WIDER = (_pulse(_BT * _BT_SPREAD) - _pulse(_BT / _BT_SPREAD))[:3] / 2  # what a wider filter makes of it


def _carrier(burst: FskBurst) -> list[float]:
    offset = burst.carrier_hz - CHANNEL_HZ * round(burst.carrier_hz / CHANNEL_HZ)
    angles = 2 * np.pi * offset / np.array(PERIODS_HZ)
    return [np.arcsinh(offset / _CRYSTAL_HZ), *np.cos(angles), *np.sin(angles)]


def _keying(burst: FskBurst) -> list[float]:
    index = 2 * burst.fit.deviation
    rate = burst.symbol_rate_hz
    decade = 10.0 ** np.floor(np.log10(1.01 * rate))
    nominal = round(rate / decade, 2) * decade  # rates have at most three digits: 1.2, 38.4 or 100 kbit/s
    return [
        np.arcsinh(np.log(index / _INDEX) / _INDEX_SPREAD),
        np.arcsinh((rate / nominal - 1) * 1e6 / _RATE_PPM),
        np.log10(rate / 1e6),
    ]


def _course(burst: FskBurst) -> list[float]:
    return [*np.arcsinh(np.array([burst.fit.drift, burst.fit.curvature, *settling(burst.symbols, burst.fit)]) / _SETTLING)]


def _shape(burst: FskBurst) -> list[float]:
    fit = burst.fit
    kept = fit.pulse[:3] - _NOMINAL
    wider = np.sum(kept * _WIDER) / np.sum(_WIDER**2)
    skew = np.mean(kept[1] - kept[2, ::-1])
    return [wider, _SKEW * skew, *(_PULSE * kept.ravel()), *(_PULSE * fit.ripple), *(_BENT * fit.bent[:, 1::4].ravel())]


def _turns(burst: FskBurst) -> list[float]:
    rise, fall = turns(burst.symbols)
    values, edges = [], burst.symbols.edges
    for seen, edge, read, times in (
        (edges.whole_start, edges.start, rise, RISE),
        (edges.whole_stop, edges.stop, fall, FALL),
    ):
        nominal = np.clip(np.array(times) + 0.5, 0, 1)
        own = [1.0, np.cos(2 * np.pi * edge), np.sin(2 * np.pi * edge), *(_RISE * (read - nominal))]
        values += own if seen else [0.0] * len(own)
    return values


def _purity(burst: FskBurst) -> list[float]:
    envelope = fit_envelope(burst.symbols, burst.fit)
    return [
        np.arcsinh(envelope.image / _IMPURE),
        np.arcsinh(envelope.leak / _IMPURE),
        envelope.phase.real,
        envelope.phase.imag,
        np.arcsinh(envelope.droop / _DROOP),
        np.arcsinh(envelope.bow / _DROOP),
        np.arcsinh(envelope.slope / _DROOP),
        np.arcsinh(envelope.ripple / _DROOP),
    ]


def _quality(burst: FskBurst) -> list[float]:
    fit = burst.fit
    return [
        -np.log10(max(fit.frequency_noise, 1e-4)) - 1,
        -np.log10(max(fit.phase_noise, 1e-4)) - 1,
        np.log10(burst.symbols.bits.size) - 2,
        -np.log10(max(burst.clock.period_error * 1e6, 0.1)) + 1,
    ]


_PARTS: tuple[tuple[Callable[[FskBurst], list[float]], tuple[str, ...]], ...] = (
    (_carrier, ("carrier", *(f"carrier cos {p:g}" for p in PERIODS_HZ), *(f"carrier sin {p:g}" for p in PERIODS_HZ))),
    (_keying, ("index", "rate error", "rate")),
    (_course, ("drift", "curvature", *(f"settling {first}-{last}" for first, last in SETTLING))),
    (_shape, (
        "pulse bandwidth", "pulse skew",
        *(f"pulse {away} {step}" for (away,) in LINEAR[:3] for step in range(STEPS)),
        *(f"ripple {step}" for step in range(STEPS)),
        *(f"bent {' '.join(map(str, product))} {step}" for product in BENT for step in range(1, STEPS, 4)),
    )),
    (_turns, (
        "start seen", "start cos", "start sin", *(f"rise {time}" for time in RISE),
        "stop seen", "stop cos", "stop sin", *(f"fall {time}" for time in FALL),
    )),
    (_purity, ("image", "leak", "purity cos", "purity sin", "droop", "bow", "slope", "envelope ripple")),
    (_quality, ("frequency quality", "phase quality", "length", "clock quality")),
)
#: What each value is, in order.
NAMES: tuple[str, ...] = tuple(name for _, names in _PARTS for name in names)


def fsk_values(burst: FskBurst) -> np.ndarray:
    """The values of a burst, float32 [len(NAMES)]; nothing in them depends on gain, delay or carrier phase."""
    return np.array([value for part, _ in _PARTS for value in part(burst)], np.float32)
