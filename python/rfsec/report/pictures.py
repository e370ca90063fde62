# SPDX-License-Identifier: GPL-3.0-or-later
"""A small picture of one burst, in SVG: what its label is best checked by."""

from dataclasses import replace
from html import escape

import numpy as np
from scipy import signal

from ..detection.burst import Burst
from ..dsp.symbol_points import symbol_points
from .units import with_unit

WIDTH, HEIGHT = 120, 80
_FOLDS = {"BPSK": 2, "QPSK": 4, "8PSK": 8, "16QAM": 4, "64QAM": 4}
_FREQUENCY = {"2-FSK", "4-FSK", "FM", "carrier"}
_ENVELOPE = {"OOK", "4-ASK", "AM", "SSB"}
_POINTS = 400
_SYMBOLS_IN_A_CURVE = 48
_FEWEST, _FREQUENCY_SAMPLES, _ENVELOPE_SAMPLES = 64, 256, 4096
_COLUMNS = 240
_SEGMENT = 128  # of a spectrum
_RANGE_DB = 40.0


def picture(burst: Burst, label: str | None) -> str:
    """Return HTML of a picture with its caption.

    Linear modulations show their symbols, or their samples where the symbol rate isn't known; FSK, FM and a carrier their
    frequency over time; keyed and modulated amplitudes their envelope; everything else its spectrum.

    Parameters
    ----------
    burst : Burst
    label : str or None
        What a model says it is.
    """
    peak = float(np.abs(burst.samples).max())
    burst = replace(burst, samples=burst.samples / np.float32(peak or 1.0))
    if label in _FOLDS:
        return _constellation(burst, _FOLDS[label])
    if label in _FREQUENCY:
        return _frequency(burst)
    if label in _ENVELOPE:
        return _envelope(burst)
    return _spectrum(burst)


def _constellation(burst: Burst, folds: int) -> str:
    per_symbol = burst.model_rate_hz / burst.symbol_rate_hz if burst.symbol_rate_hz else 0.0
    if per_symbol >= 1 and burst.samples.size >= 2 * per_symbol:
        points = symbol_points(burst.samples[: int(_POINTS * per_symbol)], per_symbol, folds)
        caption = f"{points.size} symbols"
    else:
        points = burst.samples[:_POINTS]
        caption = f"{points.size} samples"
    scale = HEIGHT / 2 / 1.05 / max(float(np.abs(points).max(initial=0)), 1e-30)
    x, y = WIDTH / 2 + scale * points.real, HEIGHT / 2 - scale * points.imag
    dots = "".join(f"M{a:.1f} {b:.1f}h0" for a, b in zip(x, y))
    return _framed(f'<path class="axis" d="M{WIDTH / 2} 0V{HEIGHT}M0 {HEIGHT / 2}H{WIDTH}"/><path class="dots" d="{dots}"/>',
                   caption)


def _frequency(burst: Burst) -> str:
    samples = _beginning(burst, _FREQUENCY_SAMPLES)
    if samples.size < 3:
        return _spectrum(burst)
    turns = np.angle(samples[1:] * samples[:-1].conj()) / (2 * np.pi) * burst.model_rate_hz
    largest = max(float(np.quantile(np.abs(turns), 0.98)) * 1.2, burst.bandwidth_hz * 0.01)
    shown = 0.5 - np.clip(turns / largest, -1, 1) / 2
    return _framed(_MIDDLE + _curve(shown), f"±{with_unit(largest, 'Hz', 2)} over {_length(samples, burst)}")


def _envelope(burst: Burst) -> str:
    samples = _beginning(burst, _ENVELOPE_SAMPLES)
    size = np.abs(samples)
    edges = np.unique(np.linspace(0, size.size, min(_COLUMNS, size.size) + 1).astype(int))
    means = np.add.reduceat(size, edges[:-1]) / np.diff(edges)
    return _framed(_curve(1 - means / max(float(means.max()), 1e-30) * 0.95), f"amplitude over {_length(samples, burst)}")


def _spectrum(burst: Burst) -> str:
    segment = min(_SEGMENT, burst.samples.size)
    _, power = signal.welch(burst.samples, nperseg=segment, return_onesided=False, detrend=False)
    power = np.fft.fftshift(power)
    levels = 10 * np.log10(np.maximum(power / max(float(power.max()), 1e-30), 10 ** (-_RANGE_DB / 10)))
    caption = f"spectrum, {with_unit(burst.model_rate_hz, 'Hz', 2)} and {_RANGE_DB:.0f} dB"
    return _framed(_curve(0.03 - levels / _RANGE_DB * 0.95), caption)


def _beginning(burst: Burst, usual: int) -> np.ndarray:
    """As many samples as a curve can show: those of some symbols, or where their rate isn't known the usual number."""
    if burst.symbol_rate_hz:
        usual = max(_FEWEST, round(_SYMBOLS_IN_A_CURVE * burst.model_rate_hz / burst.symbol_rate_hz))
    return burst.samples[:usual]


def _length(samples: np.ndarray, burst: Burst) -> str:
    return with_unit(samples.size / burst.model_rate_hz, "s", 2)


_MIDDLE = f'<path class="axis" d="M0 {HEIGHT / 2}H{WIDTH}"/>'


def _curve(heights: np.ndarray) -> str:
    """A line from the left to the right; 0 is the top, 1 the bottom."""
    x = np.linspace(0, WIDTH, heights.size)
    points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, heights * HEIGHT))
    return f'<polyline class="curve" points="{points}"/>'


def _framed(content: str, caption: str) -> str:
    return (f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(caption)}">{content}</svg>'
            f"<small>{escape(caption)}</small>")
