# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of a file that a model was trained and tested on, from the words of its card, and whether it is the file of that name."""

import re
from pathlib import Path

from ..datasets.labelled_windows import LabelledWindows
from ..datasets.splits import split, thin
from ..errors import ModelError
from ..inference.card import ModelCard

_TESTED = re.compile(r", the \d+ windows(?: of the first (\d{1,9}) of each label at each SNR)? that the split 6:2:2 of seed (\d{1,18}) keeps")
_TRAINED = re.compile(r"from \d{1,9} of the file.*?(?:, at most (\d{1,9}) of each label at each SNR)?, from (-?\d{1,5}) dB up")


def first_of(card: ModelCard, model: Path, file: Path) -> int | None:
    """Return how many windows of each label at each SNR, the first, were split of a large file; None for all.

    Raises ModelError if the card is of other data than the file of that name; `model` is for the message.
    """
    tested = _TESTED.search(card.metrics.test_data)
    if tested is None or not _TRAINED.search(card.training.note) or card.training.data != file.name:
        raise ModelError(f"{model}: the card's field 'training.data' must be the file that --data names, '{file.name}'. "
                         f"Got '{card.training.data}' instead. Name that file, or leave --data out where the data are generated.")
    return None if tested[1] is None else int(tested[1])


def parts_of(card: ModelCard, model: Path, file: Path, windows: LabelledWindows) -> tuple[LabelledWindows, LabelledWindows]:
    """Return those of the file's `windows` that `card` says were trained on, and those kept for the test.

    Raises ModelError as `first_of` does, and if those trained on are not those of the card's SHA-256.
    """
    first_of(card, model, file)
    seed, (most, lowest) = int(_TESTED.search(card.metrics.test_data)[2]), _TRAINED.search(card.training.note).groups()
    training, _, test = split(windows, seed)
    training = training[training.snr_db >= int(lowest)]
    if most is not None:
        training = thin(training, int(most), seed)
    if training.sha256() != card.training.data_sha256:
        raise ModelError(f"{model}: the windows of '{file}' are not those that it was trained on: this is another file of that name. Name that one.")
    return training, test
