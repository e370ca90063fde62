# SPDX-License-Identifier: GPL-3.0-or-later
"""Bursts of the field model, from a seed: 15 classes as a detector in front of a radio brings them.

Each burst is recorded with noise before and after, found with the errors of a detector, measured and conditioned by
``rfsec.detection`` like any burst at run time, and cut into windows.

Example
-------
>>> from rfsec.datasets.field import generate
>>> generate(snrs_db=(0, 20), windows_per_cell=2, seed=7).x.shape
(60, 1024)
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ..detection.condition import condition
from ..detection.measure import measure
from ..detection.windows import cut_windows
from .cells import cell_snrs, label_major
from .field_burst import FieldBurst, field_burst
from .field_draw import between, chance, log_between
from .field_emitters import CARRIER, LABELS, NOISE
from .labelled_windows import LabelledWindows
from .seeding import Purpose, seed_sequence
from .shape import Shape

__all__ = ["LABELS", "SHAPE", "SNRS_DB", "generate", "windows_of"]

SNRS_DB = tuple(range(-4, 41, 4))
SHAPE = Shape(samples_per_symbol=None, window=1024)
_VARIANT = (2026, 15)
_MOST_OF_A_BURST = 2  # windows
_EDGE_ERROR = 0.04  # of the burst's length
_CENTRE_ERROR = 0.03  # of the bandwidth
_WIDTH_ERROR = (0.85, 1.25)
_COARSE = (1.0, 1.3)  # the band in which a detector sees a burst, over its bandwidth
_COARSE_LINE = (0.1, 0.5)  # the same of a carrier, cycles per sample: a line is as wide as a detector's bins
_DENSITY_ERROR_DB = 1.0


def windows_of(label: str, snr_db: float, most: int, rng: np.random.Generator) -> npt.NDArray[np.complex64]:
    """Return up to `most` windows of one burst, as a detector would bring them to the model.

    Returns
    -------
    ndarray of complex64, shape (k, 1024)
        One window at least.
    """
    burst = field_burst(label, snr_db, rng)
    samples, centre, bandwidth = _detected(burst, label, rng)
    conditioned, _ = condition(samples, centre, bandwidth)
    # Two where they share less than half of their samples.
    windows = cut_windows(conditioned, SHAPE.window, max(1, round(conditioned.size / SHAPE.window)))
    return windows[rng.permutation(len(windows))[: min(most, _MOST_OF_A_BURST)]]


def _detected(
    burst: FieldBurst, label: str, rng: np.random.Generator
) -> tuple[npt.NDArray[np.complex64], float, float]:
    """The samples of a burst, its centre and its bandwidth, with the errors of a detector."""
    slack = _EDGE_ERROR * burst.count + (4 / burst.symbol_rate if burst.symbol_rate else 0)
    begin = max(0, burst.start + int(between(rng, -slack, slack)))
    end = min(burst.samples.size, burst.start + burst.count + int(between(rng, -slack, slack)))
    samples = burst.samples[begin : max(end, begin + burst.count // 2)]
    density = burst.noise_density * 10 ** (between(rng, -_DENSITY_ERROR_DB, _DENSITY_ERROR_DB) / 10)
    if label == NOISE and chance(rng, 0.7):
        density *= between(rng, 0.3, 0.9)  # why a detector takes noise for a burst: its floor is too low
    coarse = between(rng, *_COARSE) * burst.bandwidth + (between(rng, *_COARSE_LINE) if label == CARRIER else 0)
    middle = burst.centre + between(rng, -0.3, 0.3) * (coarse - burst.bandwidth)
    half = min(1.0, coarse) / 2
    found = measure(samples, density, (middle - half, middle + half))
    if chance(rng, 0.3):
        return samples, found.centre, found.bandwidth
    centre = found.centre + between(rng, -_CENTRE_ERROR, _CENTRE_ERROR) * found.bandwidth
    return samples, centre, min(1.0, found.bandwidth * log_between(rng, *_WIDTH_ERROR))


def generate(
    snrs_db: Sequence[int], windows_per_cell: int, seed: int, purpose: Purpose = Purpose.EVALUATION, index: int = 0
) -> LabelledWindows:
    """Generate labelled windows; equal arguments give equal bytes (on another CPU, to within rounding).

    Parameters
    ----------
    snrs_db : sequence of int
        SNRs in the occupied bandwidth, dB; `SNRS_DB` is -4..40 dB in steps of 4. Of noise the SNR says nothing.
    windows_per_cell : int
        Windows of each label at each SNR, at least 1; two may come from one burst.
    seed : int
        At least 0.
    purpose : Purpose
        Equal seeds of two purposes give independent data.
    index : int
        Number of the chunk in an endless stream of one seed.

    Returns
    -------
    LabelledWindows
        ``x`` of shape (15 * len(snrs_db) * windows_per_cell, 1024), at any level, ordered by label, then SNR.

    Raises
    ------
    ParameterError
        If an argument is outside its range.
    """
    snr_db = cell_snrs("field", snrs_db, windows_per_cell)
    rng = np.random.default_rng(seed_sequence(purpose, seed, index, _VARIANT))
    x = np.empty((len(LABELS) * len(snr_db), SHAPE.window), np.complex64)
    done = 0
    for label in LABELS:
        for snr in snrs_db:
            end = done + windows_per_cell
            while done < end:
                windows = windows_of(label, snr, end - done, rng)
                x[done : done + len(windows)] = windows
                done += len(windows)
    return label_major(x, len(LABELS), snr_db)
