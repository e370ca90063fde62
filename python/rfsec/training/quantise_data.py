# SPDX-License-Identifier: GPL-3.0-or-later
"""The windows to calibrate and to measure an int8 twin on: those of its parent's training and test, made or read again."""

import re
from dataclasses import dataclass
from pathlib import Path

from ..datasets.families import find_family
from ..datasets.labelled_windows import LabelledWindows
from ..datasets.opening import open_windows
from ..datasets.seeding import Purpose
from ..datasets.splits import thin
from ..errors import ModelError
from ..inference.card import ModelCard
from .file_of_card import first_of, parts_of

_CALIBRATION_WINDOWS_PER_CELL = 12  # 2,640 windows of RadioML 2016.10a
_GENERATED_TEST = re.compile(r"seed (\d+), (\d+) windows of each label")


@dataclass(frozen=True)
class QuantiseData:
    """Windows by their use, one part for each length, and the name of each label index."""

    labels: tuple[str, ...]
    calibration: list[LabelledWindows]
    test: list[LabelledWindows]


def quantise_data(card: ModelCard, source: Path, seed: int, file: Path | None) -> QuantiseData:
    """Return the data of a model, from its card's own words.

    Parameters
    ----------
    card : ModelCard
    source : Path
        The model, for the messages.
    seed : int
        Of the calibration windows.
    file : Path or None
        The file of labelled windows that the model was trained on, where it was.

    Raises
    ------
    ModelError
        If the card names other data, or the file is another one of that name.
    DatasetError
        If the file cannot be read.
    """
    return _generated(card, source, seed) if file is None else _of_file(card, source, seed, file)


def _generated(card: ModelCard, source: Path, seed: int) -> QuantiseData:
    dataset, _, mode = card.training.data.partition(" ")
    try:
        family = find_family(dataset, mode or "compat")
    except ValueError:
        raise ModelError(
            f"{source}: the card's field 'training.data' names no data that can be generated again ('{card.training.data}'); they are "
            "needed to calibrate int8. Name the file that it was trained on with --data."
        ) from None
    stated = _GENERATED_TEST.search(card.metrics.test_data)
    if stated is None or not card.metrics.test_data.startswith(family.name):
        raise ModelError(f"{source}: the card's field 'metrics.test_data' names no data that can be generated again "
                         f"('{card.metrics.test_data}').")
    test_seed, tested = map(int, stated.groups())
    shapes = [one for one in family.shapes if card.input.window_min <= one.window <= card.input.window_max]
    calibrated = max(1, _CALIBRATION_WINDOWS_PER_CELL // len(shapes))

    def parts(count: int, seed: int, purpose: Purpose) -> list[LabelledWindows]:
        return [family.generate(shape, family.snrs_db, count, seed, purpose) for shape in shapes]

    return QuantiseData(family.labels, parts(calibrated, seed, Purpose.TRAINING), parts(tested, test_seed, Purpose.EVALUATION))


def _of_file(card: ModelCard, source: Path, seed: int, file: Path) -> QuantiseData:
    windows, labels = open_windows(file, first_of(card, source, file))
    training, test = parts_of(card, source, file, windows)
    return QuantiseData(labels, [thin(training, _CALIBRATION_WINDOWS_PER_CELL, seed)], [test])
