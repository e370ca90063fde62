# SPDX-License-Identifier: GPL-3.0-or-later
"""The int8 twin of a joint model: calibrated on recordings that it was trained on, measured on the test recordings."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..datasets.joint_folder import load_joint_folder
from ..datasets.joint_windows import JointWindows
from ..datasets.seeding import Purpose, seed_sequence
from ..errors import ModelError, ParameterError
from ..inference.card import ModelCard
from ..inference.representations import represent
from .joint_corpus import BenchCorpus
from .joint_corpus_folder import FolderCorpus
from .joint_metrics import joint_metrics
from .quantise_file import twin_of, write_int8

if TYPE_CHECKING:
    from ..inference.session import ModelSession

_AT_ONCE = 64
_CALIBRATION_WINDOWS = 1680  # of a folder: as many as of the simulated amplifiers


def quantise_joint(
    source: Path, parent: ModelCard, out: Path, seed: int | None, report: Callable[[int, int], None], folder: Path | None
) -> ModelCard:
    """Write the int8 twin; see ``quantise_int8.quantise_model``.

    Raises ModelError where the data cannot be made again or are others, DatasetError and RecordingError where `folder` cannot be read, and
    ParameterError where `seed` is another than the model's own: that is of other amplifiers, or another split of the files.
    """
    corpus = _corpus_of(parent, source) if folder is None else _folder_of(parent, source, folder)
    if seed not in (None, corpus.seed):
        raise ParameterError(f"The '--seed' of {parent.name} must be its own, {corpus.seed}: another one makes other data. Got {seed} instead.")
    calibration = _thinned(corpus.training, corpus.seed) if folder is not None else replace(corpus, per_snr=1).part("training").x
    heads = tuple(head.name for head in parent.heads)

    def describe(session: "ModelSession", sha256: str, method: str) -> ModelCard:
        test, parts = corpus.part("test"), []
        for first in range(0, len(test), _AT_ONCE):
            parts.append(session.logits(represent("iq", test.x[first : first + _AT_ONCE])))
            report(min(first + _AT_ONCE, len(test)), len(test))
        logits = [np.concatenate(head) for head in zip(*parts, strict=True)]
        temperatures = [head.temperature for head in parent.heads]
        metrics = joint_metrics(heads, logits, test, corpus, temperatures)
        return twin_of(parent, sha256, corpus.seed, folder, method, metrics)

    return write_int8(source, [represent("iq", calibration)], out, parent, describe)


def _corpus_of(parent: ModelCard, source: Path) -> BenchCorpus:
    """The corpus whose name the card states."""
    for payload in ("repeated", "random"):
        for unseen_pairs in (False, True):
            corpus = BenchCorpus(parent.training.seed, payload=payload, unseen_pairs=unseen_pairs)
            if corpus.name == parent.training.data and all(tuple(head.labels) == corpus.labels[head.name] for head in parent.heads):
                return corpus
    raise ModelError(
        f"{source}: the card's field 'training.data' names no data that can be generated again ('{parent.training.data}'); "
        "they are needed to calibrate int8. Name the folder that it was trained on with --data."
    )


def _folder_of(parent: ModelCard, source: Path, folder: Path) -> FolderCorpus:
    """The corpus of a folder, if it is what the model was trained on."""
    corpus = FolderCorpus(parent.training.seed, windows=load_joint_folder(folder, parent.input.window_min))
    if corpus.name != parent.training.data or corpus.training.sha256() != parent.training.data_sha256:
        raise ModelError(f"{source}: it was trained on other data ('{parent.training.data}') than the folder '{folder}' holds now. Name that folder.")
    return corpus


def _thinned(windows: JointWindows, seed: int) -> np.ndarray:
    rows = np.random.default_rng(seed_sequence(Purpose.TRAINING, seed)).permutation(len(windows))[:_CALIBRATION_WINDOWS]
    return windows.x[np.sort(rows)]
