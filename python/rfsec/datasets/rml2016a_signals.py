# SPDX-License-Identifier: GPL-3.0-or-later
"""The eleven transmitters of RadioML 2016.10a, before the channel."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import signal

from ..dsp.constellations import constellation
from ..dsp.frequency_modulation import cpfsk_deviation, gfsk_deviation, modulate_frequency, preemphasis
from ..dsp.pulse_shaping import shape_symbols
from ..errors import ParameterError
from .speech import synthesise_speech

LABELS = ("8PSK", "AM-DSB", "AM-SSB", "BPSK", "CPFSK", "GFSK", "PAM4", "QAM16", "QAM64", "QPSK", "WBFM")
SAMPLE_RATE_HZ = 200e3
SAMPLES_PER_SYMBOL = 8
_ROLLOFF = 0.35
_CPFSK_INDEX = 0.5
_GFSK_SENSITIVITY_RAD = 0.1
_GFSK_BANDWIDTH_TIME = 0.35
_FM_QUADRATURE_RATE_HZ = 220.5e3
_FM_DEVIATION_HZ = 75e3
_FM_PREEMPHASIS_S = 75e-6
_WINDOWS_PER_SECOND_OF_SPEECH = 50  # with few seconds a set, two seeds differ by 2 points of accuracy


@dataclass(frozen=True)
class SignalStyle:
    """What differs between the published transmitters and the corrected ones.

    Attributes
    ----------
    unit_power : bool
        Constellations scaled to unit power.
    real_ssb : bool
        AM-SSB is the upper sideband of speech; otherwise zero, as published (its carrier was sin(0)).
    speech_rms, pause_share : float
        Level and silent share of the audio.
    am_index_of_speech : float
        Amplitude-modulation gain before the carrier of 1 is added.
    """

    unit_power: bool
    real_ssb: bool
    speech_rms: float
    pause_share: float
    am_index_of_speech: float


# The published audio opens a radio programme: quiet, and silent about half of the time. Both make WBFM look like
# an unmodulated carrier, which is how the published AM-DSB looks as well.
PUBLISHED = SignalStyle(unit_power=False, real_ssb=False, speech_rms=0.03, pause_share=0.5, am_index_of_speech=1.0)
CORRECTED = SignalStyle(unit_power=True, real_ssb=True, speech_rms=0.15, pause_share=0.0, am_index_of_speech=3.0)


def _speech_rows(
    style: SignalStyle, rate_hz: float, count: int, length: int, rng: np.random.Generator
) -> npt.NDArray[np.float32]:
    """One long clip of speech at `rate_hz`, ready to be cut by `_cut`."""
    duration_s = 0.5 + 2 * length / rate_hz + count / _WINDOWS_PER_SECOND_OF_SPEECH
    audio = synthesise_speech(duration_s, style.speech_rms, style.pause_share, rng)
    ratio = {SAMPLE_RATE_HZ: (2000, 441), _FM_QUADRATURE_RATE_HZ: (5, 1)}[rate_hz]
    return signal.resample_poly(audio, *ratio).astype(np.float32)


def _cut(clip: npt.NDArray, count: int, length: int, rng: np.random.Generator) -> npt.NDArray:
    starts = rng.integers(0, len(clip) - length, count)
    return np.lib.stride_tricks.sliding_window_view(clip, length)[starts]


def _linear(label: str, style: SignalStyle, count: int, length: int, sps: int, rng: np.random.Generator):
    points = constellation(label, style.unit_power)
    symbols = points[rng.integers(0, len(points), (count, length // sps))]
    return shape_symbols(symbols, sps, _ROLLOFF)


def _frequency_shift_keyed(label: str, count: int, length: int, sps: int, rng: np.random.Generator):
    bits = rng.integers(0, 2, (count, length // sps), dtype=np.int8)
    if label == "CPFSK":
        deviation = cpfsk_deviation(bits, sps, _CPFSK_INDEX)
    else:
        # GNU Radio's block takes the sensitivity per sample: faster symbols keep the deviation in Hz, not the index.
        deviation = gfsk_deviation(bits, sps, _GFSK_SENSITIVITY_RAD, _GFSK_BANDWIDTH_TIME)
    return modulate_frequency(deviation, rng.uniform(-np.pi, np.pi, count).astype(np.float32))


def _wideband_fm(style: SignalStyle, count: int, length: int, rng: np.random.Generator):
    # The published chain makes 220.5 kS/s here and calls it 200 kS/s.
    clip = _speech_rows(style, _FM_QUADRATURE_RATE_HZ, count, length, rng)
    clip = preemphasis(clip, _FM_QUADRATURE_RATE_HZ, _FM_PREEMPHASIS_S)
    deviation = _cut(clip, count, length, rng) * np.float32(2 * np.pi * _FM_DEVIATION_HZ / _FM_QUADRATURE_RATE_HZ)
    return modulate_frequency(deviation, rng.uniform(-np.pi, np.pi, count).astype(np.float32))


def _amplitude(label: str, style: SignalStyle, count: int, length: int, rng: np.random.Generator):
    if label == "AM-SSB" and not style.real_ssb:
        return np.zeros((count, length), np.complex64)
    clip = _speech_rows(style, SAMPLE_RATE_HZ, count, length, rng)
    if label == "AM-SSB":
        return _cut(signal.hilbert(clip).astype(np.complex64), count, length, rng)
    index = np.float32(style.am_index_of_speech)
    return (1 + index * _cut(clip, count, length, rng)).astype(np.complex64)


def modulate(
    label: str,
    style: SignalStyle,
    count: int,
    length: int,
    rng: np.random.Generator,
    samples_per_symbol: int = SAMPLES_PER_SYMBOL,
) -> npt.NDArray[np.complex64]:
    """Return clean signals of one class at 200 kS/s, symbol timing on the grid.

    Parameters
    ----------
    label : str
        One of `LABELS`.
    style : SignalStyle
        `PUBLISHED` or `CORRECTED`.
    count : int
        Signals, each from its own data.
    length : int
        Samples each, a multiple of `samples_per_symbol`.
    rng : numpy.random.Generator
    samples_per_symbol : int
        Of the linear and frequency-shift-keyed classes, at least 2; the analog ones have no symbols.

    Returns
    -------
    ndarray of complex64, shape (count, length)

    Raises
    ------
    ParameterError
        If `label` is unknown or `length` is no multiple of `samples_per_symbol`.
    """
    if label not in LABELS:
        raise ParameterError(f"The 'label' of a signal must be one of {', '.join(LABELS)}. Got {label!r} instead.")
    if length % samples_per_symbol:
        raise ParameterError(
            f"The 'length' of a signal must be a multiple of {samples_per_symbol} samples. Got {length} instead."
        )
    if label in ("AM-DSB", "AM-SSB"):
        return _amplitude(label, style, count, length, rng)
    if label == "WBFM":
        return _wideband_fm(style, count, length, rng)
    if label in ("CPFSK", "GFSK"):
        return _frequency_shift_keyed(label, count, length, samples_per_symbol, rng)
    return _linear(label, style, count, length, samples_per_symbol, rng)
