# SPDX-License-Identifier: GPL-3.0-or-later
"""The corpus of a file of labelled windows, split 6:2:2 into training, validation and test."""

import math
from pathlib import Path

from ..datasets.opening import is_large, open_windows
from ..datasets.splits import FEWEST, split, thin
from ..errors import DatasetError, ParameterError
from .corpus_fixed import FixedCorpus, validated_after
from .corpus_labels import check_labels

_TRAINED = 0.6  # of the split 6:2:2


def file_corpus(path: Path, lowest_snr_db: int, windows_per_cell: int | None, seed: int, options: str) -> FixedCorpus:
    """Return the corpus of a file.

    Parameters
    ----------
    path : Path
        See `open_windows`.
    lowest_snr_db : int
        Windows below this SNR label are neither trained nor validated on; tested are all.
    windows_per_cell : int or None
        Training windows of each label at each SNR, at most; None for all of the training share. Of RadioML 2018.01A, 21 GB, no
        more is read, and split, than these need.
    seed : int
        Of the split and the order of training.
    options : str
        See `Corpus`.

    Raises
    ------
    DatasetError
        If the file cannot be read, holds too few windows to split, or has labels that no card may have.
    ParameterError
        If `windows_per_cell` is below 1.
    """
    if windows_per_cell is not None and windows_per_cell < 1:
        raise ParameterError(f"The 'windows_per_cell' to train on must be at least 1. Got {windows_per_cell} instead.")
    first = None if windows_per_cell is None or not is_large(path) else max(FEWEST, math.ceil(windows_per_cell / _TRAINED))
    data, labels = open_windows(path, first)
    check_labels(f"data set '{path}'", labels)
    part = "" if first is None else f" of the first {first} of each label at each SNR"
    training, validation, test = split(data, seed, (_TRAINED, 0.2, 0.2))
    training, validation = (share[share.snr_db >= lowest_snr_db] for share in (training, validation))
    if len(training) < 2 or not len(validation) or not len(test):
        raise DatasetError(
            f"The data set '{path}' has too few windows from {lowest_snr_db} dB up to train, validate and test on. "
            f"At least {FEWEST} of each label at each SNR are needed."
        )
    thinned = ""
    if windows_per_cell is not None:
        training, thinned = thin(training, windows_per_cell, seed), f", at most {windows_per_cell} of each label at each SNR"
    return FixedCorpus(
        name=path.name,
        labels=labels,
        lengths=(data.x.shape[1],),
        samples_per_symbol=None,
        seed=seed,
        options=options,
        identity={"dataset": path.name, "seed": seed, "lowest_snr_db": lowest_snr_db, "data_sha256": training.sha256()},
        note=f"from {len(training)} of the file{part}, split 6:2:2{thinned}, from {lowest_snr_db} dB up; the weights are those with the "
        f"best accuracy on {len(validation)} others, measured after {validated_after(len(validation), len(training))}; the temperature was fitted on these, too. data_sha256 is that "
        "of the windows trained on.",
        test_name=f"{path.name}, the {len(test)} windows{part} that the split 6:2:2 of seed {seed} keeps for the test",
        validation=lambda: (validation,),
        calibration=lambda: (validation,),
        test=lambda: (test,),
        make_training=lambda: (training,),
    )
