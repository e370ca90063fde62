# SPDX-License-Identifier: GPL-3.0-or-later
"""Six amplifiers times eight modulations at 10 MS/s, in recordings: the two-label data of the joint task.

Z. Li et al., "Joint Signal Adaptive Modulation Recognition and Radio Frequency Fingerprinting Based on Multi-task Learning",
section 4.1: windows of 6,000 samples, a symbol of 1 us, 36,000 windows at 0, 5, 10, 15 and 20 dB. The paper says neither the
roll-off (0.35 here) nor the data. A signal generator repeats what it has in its memory: with "repeated" data every symbol
comes from the PN9 of ITU-T O.150, 511 symbols a turn, at all amplifiers alike. With "random" data no two windows hold the
same symbols; then 256QAM and 1024QAM can hardly be told apart at 0 dB by anybody.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import product

import numpy as np
import numpy.typing as npt
from scipy import fft

from ..dsp.constellations import constellation
from ..dsp.noise import complex_noise
from ..dsp.pulse_shaping import shape_symbols
from ..errors import ParameterError
from .amplifier_set import COUNT, draw_amplifier_set, unit_power
from .joint_windows import JointWindows
from .numbered import Piece, draw_rows
from .seeding import Purpose, seed_sequence

MODULATIONS = ("BPSK", "QPSK", "8PSK", "16PSK", "16QAM", "64QAM", "256QAM", "1024QAM")
EMITTERS = tuple(f"PA{number + 1}" for number in range(COUNT))
SNRS_DB = (0, 5, 10, 15, 20)
PAYLOADS = ("repeated", "random")
SAMPLE_RATE_HZ = 10e6
SYMBOL_S = 1e-6
WINDOW = 6000
WINDOWS_PER_SNR = 15  # of each recording
SPLIT = {"training": range(7), "validation": range(7, 9), "test": range(9, 10)}  # recordings of each amplifier and modulation

_ROLLOFF = 0.35
_PN9_PERIOD = 511
_ROW_GUARD = 16  # symbols that a row of random data has more than a window
_ROWS_AT_ONCE = 256
_MAPPED = {"16QAM": "QAM16", "64QAM": "QAM64", "256QAM": "QAM256", "1024QAM": "QAM1024"}


@dataclass(frozen=True)
class AmplifierBench:
    """The bench that the recordings are made at; equal benches give equal bytes (on another CPU, to within rounding).

    Attributes
    ----------
    seed : int
        Of the six amplifiers, the recordings and the noise; at least 0.
    payload : str
        "repeated" or "random".
    samples_per_symbol : int
        At least 2; the paper's is 10.
    offset_hz : float
        Largest offset between the clocks of generator and receiver; each recording has its own.
    """

    seed: int
    payload: str = "repeated"
    samples_per_symbol: int = 10
    offset_hz: float = 100.0

    def __post_init__(self) -> None:
        if self.payload not in PAYLOADS:
            raise ParameterError(f"The 'payload' of amplifiers must be one of {', '.join(PAYLOADS)}. Got {self.payload!r} instead.")

    def windows(
        self, recordings: Sequence[int], per_snr: int = WINDOWS_PER_SNR, snrs_db: Sequence[int] = SNRS_DB, purpose: Purpose = Purpose.TRAINING
    ) -> JointWindows:
        """Return windows of the recordings that are named, of each amplifier and modulation, ordered by recording.

        Parameters
        ----------
        recordings : sequence of int
            Numbers of recordings, at least 0.
        per_snr : int
            Windows of each recording at each SNR, at least 1.
        snrs_db : sequence of int
            Power of the signal over that of the noise in the whole sample rate, dB.
        purpose : Purpose
            Of what is not the recording's own: the symbols, where they are random, and the noise.
        """
        cells = list(product(recordings, range(COUNT), range(len(MODULATIONS))))
        parts = [self._recording(*cell, per_snr, tuple(snrs_db), purpose) for cell in cells]
        return JointWindows.concatenate(parts)

    @cached_property
    def _set(self):
        return draw_amplifier_set(self.seed)

    @lru_cache(maxsize=COUNT * len(MODULATIONS))
    def _turn(self, emitter: int, modulation: int) -> npt.NDArray[np.complex128]:
        """The spectrum of one turn of the repeated data behind an amplifier."""
        row = shape_symbols(_pn9_symbols(modulation)[None], self.samples_per_symbol, _ROLLOFF)
        return fft.fft(self._set.send(unit_power(row), np.array([emitter]))[0].astype(np.complex128))

    def _recording(
        self, number: int, emitter: int, modulation: int, per_snr: int, snrs_db: tuple[int, ...], purpose: Purpose
    ) -> JointWindows:
        flat = draw_rows(self.seed, Piece.AMPLIFIER_RECORDING, 3, 0, *(np.array([n]) for n in (number, emitter, modulation)))[0][:, 0]
        rng = np.random.default_rng(
            seed_sequence(purpose, self.seed, number, (1 + emitter, 1 + modulation, 1 + PAYLOADS.index(self.payload)))
        )
        count = per_snr * len(snrs_db)
        offset = (2 * flat[0] - 1) * self.offset_hz / SAMPLE_RATE_HZ
        if self.payload == "repeated":
            x, starts = self._cut_from_turn(emitter, modulation, flat[1], count, rng)
        else:
            x, starts = self._of_random_data(emitter, modulation, flat[1], count, rng)
        phase = flat[2] + offset * starts[:, None] + offset * np.arange(WINDOW)
        x *= np.exp(2j * np.pi * (phase % 1)).astype(np.complex64)
        snr = np.repeat(np.array(snrs_db, np.int16), per_snr)
        x += complex_noise(x.shape, rng) * (10 ** (-snr / 20)).astype(np.float32)[:, None]
        same = np.ones(count, np.int16)
        return JointWindows(x, np.int16(modulation) * same, np.int16(emitter) * same, snr, np.int16(number) * same)

    def _cut_from_turn(self, emitter, modulation, delay, count, rng):
        turn = self._turn(emitter, modulation)
        wave = fft.ifft(turn * np.exp(-2j * np.pi * fft.fftfreq(turn.size) * delay)).astype(np.complex64)
        starts = rng.integers(0, SAMPLE_RATE_HZ, count)  # somewhere in a second
        return wave[(starts[:, None] + np.arange(WINDOW)) % wave.size], starts

    def _of_random_data(self, emitter, modulation, delay, count, rng):
        points = _points(modulation)
        symbols = -(-WINDOW // self.samples_per_symbol) + _ROW_GUARD
        starts = rng.integers(0, SAMPLE_RATE_HZ, count)
        x = np.empty((count, WINDOW), np.complex64)
        for first in range(0, count, _ROWS_AT_ONCE):
            rows = slice(first, min(first + _ROWS_AT_ONCE, count))
            sent = points[rng.integers(0, points.size, (rows.stop - first, symbols))]
            wave = self._set.send(unit_power(shape_symbols(sent, self.samples_per_symbol, _ROLLOFF)), np.full(len(sent), emitter))
            spectrum = fft.fft(wave, axis=1)
            spectrum *= np.exp(-2j * np.pi * fft.fftfreq(wave.shape[1]) * (delay + starts[rows, None] % self.samples_per_symbol))
            x[rows] = fft.ifft(spectrum, axis=1)[:, :WINDOW]
        return x, starts


def left_out(windows: JointWindows) -> npt.NDArray[np.bool_]:
    """Return which windows are of a pair that a test of unseen pairs leaves out of training, [n]: each modulation lacks one amplifier."""
    return windows.modulation % len(EMITTERS) == windows.emitter


def _points(modulation: int) -> npt.NDArray[np.complex64]:
    name = MODULATIONS[modulation]
    return constellation(_MAPPED.get(name, name), unit_power=True)


def _pn9_symbols(modulation: int) -> npt.NDArray[np.complex64]:
    """One turn of symbols, each of the next bits of the PN9 (x^9 + x^5 + 1): 511 of them, for 511 is odd, not of 5, not of 3."""
    points = _points(modulation)
    width = points.size.bit_length() - 1
    bits = [1] * 9
    while len(bits) < width * _PN9_PERIOD:
        bits.append(bits[-5] ^ bits[-9])
    words = np.array(bits[: width * _PN9_PERIOD]).reshape(_PN9_PERIOD, width)
    return points[words @ (1 << np.arange(width)[::-1])]
