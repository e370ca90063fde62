# SPDX-License-Identifier: GPL-3.0-or-later
"""Corpora of generated data, endless or fixed; validation and test come from random streams of their own."""

from functools import partial

import numpy as np

from ..datasets.cells import room_for
from ..datasets.families import Family, Shape
from ..datasets.labelled_windows import LabelledWindows
from ..datasets.seeding import Purpose
from ..errors import ParameterError
from .corpus_base import Corpus, Parts
from .corpus_endless import EndlessCorpus
from .corpus_fixed import FixedCorpus, validated_after

TEST_SEED_OFFSET = 1000  # the test set's seed is the training seed plus this
_CHUNK_WINDOWS_PER_CELL = 25
# RadioML's published channel repeats a pool of noise within what is generated at once; a network learns a pool by heart
# that it hears again and again.
_FIXED_AT_ONCE = 5
_VALIDATION_INDEX, _CALIBRATION_INDEX = 0, 1  # chunks of the validation seeds
# Windows of each label at each SNR, divided among a family's shapes. Of a fixed set as many as the papers' 6:2:2 gives.
_VALIDATION, _TEST = 15, 100
_PAPERS_SHARE = 5


def generated_corpus(
    family: Family,
    shapes: tuple[Shape, ...],
    lowest_snr_db: int,
    windows_per_cell: int | None,
    calibrated: int,
    seed: int,
    options: str,
) -> Corpus:
    """Return a corpus of generated data.

    Parameters
    ----------
    family : Family
    shapes : tuple of Shape
        Trained and validated on; tested are all shapes of the family.
    lowest_snr_db : int
        Trained and validated on are the family's SNRs from here up; tested are all.
    windows_per_cell : int or None
        Training windows of each label at each SNR and shape, seen again every epoch; None for endless data.
    calibrated : int
        Windows of each label at each SNR, divided among the shapes, to calibrate on.
    seed : int
    options : str
        See `Corpus`.

    Raises
    ------
    ParameterError
        If `windows_per_cell` is below 1.
    """
    if windows_per_cell is not None and windows_per_cell < 1:
        raise ParameterError(f"The 'windows_per_cell' to train on must be at least 1. Got {windows_per_cell} instead.")
    endless = windows_per_cell is None
    snrs_db = tuple(snr for snr in family.snrs_db if snr >= lowest_snr_db)
    held_out = family.windows_per_cell // _PAPERS_SHARE
    validated, tested = (_VALIDATION, _TEST) if endless else (held_out, held_out)
    rates = {shape.samples_per_symbol for shape in family.shapes}
    dataset, _, mode = family.name.partition(" ")
    common = {
        "name": family.name,
        "labels": family.labels,
        "lengths": tuple(sorted({shape.window for shape in family.shapes})),
        "samples_per_symbol": rates.pop() if len(rates) == 1 else None,
        "seed": seed,
        "options": options,
        "identity": {
            "dataset": dataset,
            "mode": mode,
            "seed": seed,
            "lowest_snr_db": lowest_snr_db,
            "shapes": [str(shape) for shape in shapes],
            "windows_per_cell": windows_per_cell,
        },
        "test_name": f"{family.name}, seed {seed + TEST_SEED_OFFSET}, {_share(tested, family.shapes)} windows of each label "
        f"at each SNR{_each_of(family.shapes)}",
        "validation": partial(_held_out, family, shapes, snrs_db, validated, seed, Purpose.VALIDATION, _VALIDATION_INDEX),
        "calibration": partial(_held_out, family, shapes, snrs_db, calibrated, seed, Purpose.VALIDATION, _CALIBRATION_INDEX),
        "test": partial(
            _held_out, family, family.shapes, family.snrs_db, tested, seed + TEST_SEED_OFFSET, Purpose.EVALUATION, 0
        ),
    }
    trained = f"from {snrs_db[0]} dB up{_each_of(shapes)}"
    if endless:
        return EndlessCorpus(
            **common,
            note=f"none twice, {trained}. data_sha256 is that of the first chunk.",
            chunk_windows=len(family.labels) * len(snrs_db) * _CHUNK_WINDOWS_PER_CELL,
            generate=partial(_endless_chunk, family, shapes, snrs_db, seed),
            one_by_one=family.one_by_one,
        )
    return FixedCorpus(
        **common,
        note=f"from a set of {windows_per_cell} of each label at each SNR, {trained}; the weights are those with the "
        f"best accuracy on {validated} others, measured after {validated_after(validated, windows_per_cell)}. data_sha256 is that of the set.",
        make_training=partial(_fixed_set, family, shapes, snrs_db, windows_per_cell, seed),
    )


def _endless_chunk(family: Family, shapes: tuple[Shape, ...], snrs_db: tuple[int, ...], seed: int, index: int) -> LabelledWindows:
    """Chunk `index` of an endless stream; the shapes take turns."""
    shape = shapes[index % len(shapes)]
    return family.generate(shape, snrs_db, _CHUNK_WINDOWS_PER_CELL, seed, Purpose.TRAINING, index)


def _fixed_set(family: Family, shapes: tuple[Shape, ...], snrs_db: tuple[int, ...], windows_per_cell: int, seed: int) -> Parts:
    """The training set, one part for each shape, each generated a few windows of a cell at once."""
    parts = []
    for shape in shapes:
        x = room_for(family.name, len(family.labels) * len(snrs_db), windows_per_cell, shape.window)
        label, snr_db = (np.empty(len(x), np.int16) for _ in range(2))
        start = 0
        for done in range(0, windows_per_cell, _FIXED_AT_ONCE):
            piece = family.generate(shape, snrs_db, min(_FIXED_AT_ONCE, windows_per_cell - done), seed, Purpose.TRAINING, done)
            rows = slice(start, start := start + len(piece))
            x[rows], label[rows], snr_db[rows] = piece.x, piece.label, piece.snr_db
        parts.append(LabelledWindows(x, label, snr_db))
    return tuple(parts)


def _held_out(
    family: Family,
    shapes: tuple[Shape, ...],
    snrs_db: tuple[int, ...],
    windows_per_cell: int,
    seed: int,
    purpose: Purpose,
    index: int,
) -> Parts:
    """Validation or test data, one part for each shape."""
    count = _share(windows_per_cell, shapes)
    return tuple(family.generate(shape, snrs_db, count, seed, purpose, index) for shape in shapes)


def _share(windows_per_cell: int, shapes: tuple[Shape, ...]) -> int:
    return max(1, windows_per_cell // len(shapes))


def _each_of(shapes: tuple[Shape, ...]) -> str:
    """What a set of several shapes holds of each, as cards state it."""
    if len(shapes) == 1:
        return ""
    rates = sorted({shape.samples_per_symbol for shape in shapes})
    lengths = sorted({shape.window for shape in shapes})
    return f", for {_listed(rates)} samples per symbol and windows of {_listed(lengths)} samples each"


def _listed(numbers: list[int]) -> str:
    return " and ".join(filter(None, (", ".join(map(str, numbers[:-1])), str(numbers[-1]))))
