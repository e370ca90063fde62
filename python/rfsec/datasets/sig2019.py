# SPDX-License-Identifier: GPL-3.0-or-later
"""Sig2019-12 from a seed: 12 modulations, 64 symbols of 8 samples, -20 to 30 dB.

Chen et al., "SigNet: A Novel Deep Learning Framework for Radio Signal Classification", section III-A, describes the
set; nobody published it. What the paper leaves open is chosen here: a modulation index of 0.5 with rectangular pulses
for the FSKs (with 0.5, 8FSK and the carrier offset stay within the band), a cross for 32QAM, half a symbol between I
and Q of OQPSK, and an SNR of the signal's own power in the window over that of the noise in the whole band. The
paper's scaling of each channel to [-1, 1] is an input of a model ("iq_min_max"), not a part of the data.

Example
-------
>>> from rfsec.datasets.sig2019 import generate
>>> generate(snrs_db=(0, 30), windows_per_cell=2, seed=7).x.shape
(48, 512)
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ..dsp.constellations import constellation
from ..dsp.frequency_modulation import fsk_phase
from ..dsp.noise import complex_noise
from ..dsp.pulse_shaping import shape_raised_cosine
from .cells import cell_snrs, label_major
from .labelled_windows import LabelledWindows
from .seeding import Purpose, seed_sequence
from .shape import Shape

LABELS = ("BPSK", "QPSK", "8PSK", "OQPSK", "2FSK", "4FSK", "8FSK", "16QAM", "32QAM", "64QAM", "4PAM", "8PAM")
SNRS_DB = tuple(range(-20, 32, 2))
SHAPE = Shape(samples_per_symbol=8, window=512)

_CONSTELLATIONS = {"OQPSK": "QPSK", "16QAM": "QAM16", "32QAM": "QAM32", "64QAM": "QAM64", "4PAM": "PAM4", "8PAM": "PAM8"}
_FSK_ORDERS = {"2FSK": 2, "4FSK": 4, "8FSK": 8}
_FSK_INDEX = 0.5
_ROLLOFFS = (0.2, 0.7)
_CARRIER_CYCLES = 0.1  # largest carrier offset, cycles per sample
_MARGIN = 8  # symbols on either side of a window: no pulse of the periodic block's other end reaches in
_VARIANT = (2019, 12)
_BLOCK = 256  # windows made at once: their work arrays stay in a core's cache

Windows = npt.NDArray[np.complex64]


def _linear(label: str, count: int, rng: np.random.Generator) -> Windows:
    sps, window = SHAPE.samples_per_symbol, SHAPE.window
    points = constellation(_CONSTELLATIONS.get(label, label), unit_power=True)
    symbols = points[rng.integers(0, len(points), (count, window // sps + 2 * _MARGIN))]
    rolloffs, delays = rng.uniform(*_ROLLOFFS, count), rng.uniform(0, sps, count)
    if label == "OQPSK":
        inphase = shape_raised_cosine(symbols.real.astype(np.complex64), sps, rolloffs, delays)
        quadrature = shape_raised_cosine(1j * symbols.imag, sps, rolloffs, delays + sps / 2)
        shaped = inphase + quadrature
    else:
        shaped = shape_raised_cosine(symbols, sps, rolloffs, delays)
    return shaped[:, _MARGIN * sps : _MARGIN * sps + window]


def _frequency_shift_keyed(label: str, count: int, rng: np.random.Generator) -> Windows:
    sps, window, order = SHAPE.samples_per_symbol, SHAPE.window, _FSK_ORDERS[label]
    levels = 2 * rng.integers(0, order, (count, window // sps + 1), dtype=np.int8) - (order - 1)
    phase = fsk_phase(levels, sps, _FSK_INDEX, rng.uniform(0, sps, count), window)
    return np.cos(phase) + 1j * np.sin(phase)


def _receive(clean: Windows, snr_db: npt.NDArray[np.int16], rng: np.random.Generator) -> Windows:
    """Scale each window to unit power, turn it by a carrier of its own, and add noise."""
    count, length = clean.shape
    carrier = 2 * np.pi * rng.uniform(-_CARRIER_CYCLES, _CARRIER_CYCLES, (count, 1))
    turn = np.remainder(rng.uniform(-np.pi, np.pi, (count, 1)) + carrier * np.arange(length), 2 * np.pi).astype(np.float32)
    received = clean * (np.cos(turn) + 1j * np.sin(turn))
    received /= np.sqrt(np.mean(np.abs(received) ** 2, axis=-1, keepdims=True))
    noise_amplitude = (10.0 ** (-snr_db / 20.0)).astype(np.float32)
    return received + complex_noise(received.shape, rng) * noise_amplitude[:, None]


def generate(
    snrs_db: Sequence[int], windows_per_cell: int, seed: int, purpose: Purpose = Purpose.EVALUATION, index: int = 0
) -> LabelledWindows:
    """Generate labelled windows; equal arguments give equal bytes (on another CPU, to within rounding).

    Parameters
    ----------
    snrs_db : sequence of int
        SNRs, dB; `SNRS_DB` is the paper's -20..30 dB in steps of 2.
    windows_per_cell : int
        Windows of each label at each SNR, at least 1; the paper has 1,500.
    seed : int
        At least 0.
    purpose : Purpose
        Equal seeds of two purposes give independent data.
    index : int
        Number of the chunk in an endless stream of one seed.

    Returns
    -------
    LabelledWindows
        ``x`` of shape (12 * len(snrs_db) * windows_per_cell, 512), of unit signal power, ordered by label, then SNR.

    Raises
    ------
    ParameterError
        If an argument is outside its range.
    """
    snr_db = cell_snrs("Sig2019-12", snrs_db, windows_per_cell)
    rng = np.random.default_rng(seed_sequence(purpose, seed, index, _VARIANT))
    parts = []
    for label in LABELS:
        make = _frequency_shift_keyed if label in _FSK_ORDERS else _linear
        for start in range(0, len(snr_db), _BLOCK):
            block = snr_db[start : start + _BLOCK]
            parts.append(_receive(make(label, len(block), rng), block, rng))
    return label_major(np.concatenate(parts), len(LABELS), snr_db)
