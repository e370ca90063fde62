# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of a file that a model was trained and tested on, from the words of its card, and whether it is the file of that name."""

import re
from pathlib import Path

import numpy as np

from ..datasets.labelled_windows import LabelledWindows
from ..datasets.opening import open_windows
from ..datasets.splits import split, thin
from ..errors import ModelError
from ..inference.card import ModelCard

_TESTED = re.compile(r", the (\d{1,9}) windows(?: of the first (\d{1,9}) of each label at each SNR)? that the split 6:2:2 of seed (\d{1,18}) keeps")
_TRAINED = re.compile(r"from (\d{1,9}) of the file.*?, from (-?\d{1,5}) dB up")


def parts_of(card: ModelCard, model: Path, file: Path) -> tuple[LabelledWindows, LabelledWindows, tuple[str, ...]]:
    """Return the windows of `file` that `card` says were trained on, those kept for the test, and the name of each label index.

    Raises
    ------
    ModelError
        If the card is of other data, or the windows trained on are not those of its SHA-256; `model` is for the message.
    DatasetError
        If the file cannot be read.
    """
    tested, trained = _TESTED.search(card.metrics.test_data), _TRAINED.search(card.training.note)
    if tested is None or trained is None or card.training.data != file.name:
        raise ModelError(f"{model}: the card's field 'training.data' must be the file that --data names, '{file.name}'. "
                         f"Got '{card.training.data}' instead. Name that file, or leave --data out where the data are generated.")
    first, seed = tested[2], int(tested[3])
    windows, labels = open_windows(file, None if first is None else int(first))
    training, _, test = split(windows, seed)
    training = training[training.snr_db >= int(trained[2])]
    count, cells = int(trained[1]), len(np.unique(np.stack((training.label, training.snr_db)), axis=1).T)
    if count < len(training):
        training = thin(training, count // max(1, cells), seed)
    if training.sha256() != card.training.data_sha256:
        raise ModelError(f"{model}: the windows of '{file}' are not those that it was trained on: this is another file of that name. Name that one.")
    return training, test, labels
