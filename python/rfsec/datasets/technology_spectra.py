# SPDX-License-Identifier: GPL-3.0-or-later
"""Labelled windows of swept spectra: training, validation and test share no seed and no sensor."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..detection.swept_emissions import floor_db
from ..inference.spectrum_windows import cut_window, window_length
from .field_draw import pick
from .seeding import Purpose, seed_sequence
from .technology_scene import LTE_PART, OTHER, TECHNOLOGIES, make_scene

LABELS = (*TECHNOLOGIES, OTHER)
SENSORS = {Purpose.TRAINING: range(200), Purpose.VALIDATION: range(200, 260), Purpose.EVALUATION: range(300, 400)}

_VARIANT = (8, 1)
_SNR_STEP_DB, _SNRS_DB = 5, (0, 40)


@dataclass(frozen=True)
class LabelledSpectra:
    """Windows of one length.

    Attributes
    ----------
    x : ndarray of float32 [n, 1, length]
        See ``inference.spectrum_windows``.
    label : ndarray of int16 [n]
        Index into the labels.
    snr_db : ndarray of int16 [n]
        Measured, to the nearest 5 dB; 0 and 40 hold what is beyond.
    """

    x: npt.NDArray[np.float32]
    label: npt.NDArray[np.int16]
    snr_db: npt.NDArray[np.int16]

    def __len__(self) -> int:
        return len(self.label)

    def __getitem__(self, rows: npt.NDArray[np.bool_]) -> "LabelledSpectra":
        return LabelledSpectra(self.x[rows], self.label[rows], self.snr_db[rows])


SpectraParts = tuple[LabelledSpectra, ...]  # by length, the shortest first


def technology_spectra(
    purpose: Purpose, seed: int, count: int, labels: Sequence[str] = LABELS, report: Callable[[int, int], None] = lambda done, of: None,
    sweeps: Sequence[int] = (1,),
) -> SpectraParts:
    """Return `count` windows of found emissions, the labels in turn, of sensors drawn from those that the purpose has.

    Parameters
    ----------
    purpose : Purpose
        A key of `SENSORS`.
    seed, count : int
        The seed is at least 0; window number i is the same whatever the count is.
    labels : sequence of str
        Of `LABELS`, or `LTE_PART`, which counts as LTE; one that is there twice comes twice as often.
    report : callable
        Told how many windows are made, and of how many.
    sweeps : sequence of int
        Each window is of the mean of one of these numbers of sweeps, which are equally likely.

    Raises
    ------
    ParameterError
        If the seed is negative.
    """
    found: dict[int, list[tuple[npt.NDArray[np.float32], int, int]]] = {}
    sensors = SENSORS[purpose]
    for index in range(count):
        rng = np.random.default_rng(seed_sequence(purpose, seed, index, _VARIANT))
        name = labels[index % len(labels)]
        length = None
        while length is None:  # an emission may have grown together with others into one wider than a window
            scene = make_scene(name, sensors[int(rng.random() * len(sensors))], rng, pick(rng, sweeps))
            length = window_length(scene.emission.bins)
        window = cut_window(scene.spectrum, floor_db(scene.spectrum), scene.emission, length)
        snr_db = int(np.clip(_SNR_STEP_DB * np.round(scene.emission.snr_db / _SNR_STEP_DB), *_SNRS_DB))
        found.setdefault(length, []).append((window, LABELS.index("LTE" if name == LTE_PART else name), snr_db))
        if (index + 1) % 100 == 0:
            report(index + 1, count)
    return tuple(_part(found[length]) for length in sorted(found))


def labels_of(parts: SpectraParts) -> npt.NDArray[np.int16]:
    """Return the label index of every window."""
    return np.concatenate([part.label for part in parts])


def snrs_of(parts: SpectraParts) -> npt.NDArray[np.int16]:
    """Return the measured SNR of every window, dB, to the nearest 5."""
    return np.concatenate([part.snr_db for part in parts])


def sha256_of(parts: SpectraParts) -> str:
    """Return the SHA-256 of windows, labels and SNRs, in hexadecimal."""
    digest = hashlib.sha256()
    for part in parts:
        for array in (part.x, part.label, part.snr_db):
            digest.update(np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<")).data)
    return digest.hexdigest()


def _part(rows: list[tuple[npt.NDArray[np.float32], int, int]]) -> LabelledSpectra:
    windows, labels, snrs_db = zip(*rows)
    return LabelledSpectra(np.stack(windows), np.array(labels, np.int16), np.array(snrs_db, np.int16))
