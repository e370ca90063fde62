# SPDX-License-Identifier: GPL-3.0-or-later
"""How often a model is right on labelled windows: accuracy at each SNR, confusion, F1 and recall."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from ..errors import DatasetError, ModelError
from .card import ModelCard
from .representations import represent
from .session import ModelSession

BATCH = 1024


class Labelled(Protocol):
    """Windows with their truth: ``datasets.labelled_windows.LabelledWindows``, or anything of its shape.

    x : complex64 [n, length]; label : whole numbers [n], positions in the data's labels; snr_db : numbers [n], dB.
    """

    x: np.ndarray
    label: np.ndarray
    snr_db: np.ndarray


@dataclass(frozen=True)
class Evaluation:
    """What a model made of labelled windows.

    Attributes
    ----------
    head : str
        The output of the model that was compared with the truth.
    labels : tuple of str
        Its labels, in the order of every axis below.
    truth : ndarray of int64 [n]
        Position in ``labels`` of each window's true label.
    probabilities : ndarray of float32 [n, labels]
    confusion : ndarray of int64 [true, predicted]
        Numbers of windows.
    confusion_by_snr : dict of str to ndarray
        The same for each SNR, the lowest first; keys such as "-20".
    """

    head: str
    labels: tuple[str, ...]
    truth: np.ndarray
    probabilities: np.ndarray
    confusion: np.ndarray
    confusion_by_snr: dict[str, np.ndarray]

    @property
    def accuracy(self) -> float:
        """Share of the windows whose most probable label is the true one."""
        return share_right(self.confusion)

    @property
    def accuracy_by_snr(self) -> dict[str, float]:
        """The accuracy at each SNR, the lowest first."""
        return {snr: share_right(confusion) for snr, confusion in self.confusion_by_snr.items()}

    @property
    def macro_recall(self) -> float:
        """Mean over the labels that the data has: share of a label's windows that were called by it."""
        present = self.confusion.sum(axis=1) > 0
        return float(np.mean(self.confusion.diagonal()[present] / self.confusion.sum(axis=1)[present]))

    @property
    def macro_f1(self) -> float:
        """Mean over the labels that the data has of 2 right / (2 right + wrongly called so + missed)."""
        present = self.confusion.sum(axis=1) > 0
        both = self.confusion.sum(axis=0) + self.confusion.sum(axis=1)
        return float(np.mean(2 * self.confusion.diagonal()[present] / both[present]))


def share_right(confusion: np.ndarray) -> float:
    """The accuracy that belongs to a confusion matrix [true, predicted]."""
    return float(np.trace(confusion) / confusion.sum())


def evaluate(session: ModelSession, windows: Labelled, labels: tuple[str, ...],
             report: Callable[[int], None] = lambda done: None) -> Evaluation:
    """Classify ``windows`` by that head of a model that knows the labels of the data, and compare with the truth.

    Parameters
    ----------
    session : ModelSession
    windows : Labelled
        At least one; ``windows.label`` counts in ``labels``.
    labels : tuple of str
        The data's names, matched to those of a head by :func:`match_labels`. Those that no window has are let be.
    report : callable
        Told after each batch how many windows are done.

    Raises
    ------
    DatasetError
        There is no window, a label that no head knows, labels of different heads, or a sample that is not finite.
    ModelError
        The model does not take windows of this length, or fails on them.
    """
    if not len(windows.label):
        raise DatasetError("The data have no window; at least one is needed.")
    session.check_window(windows.x.shape[1])
    present = np.unique(windows.label)
    number, matched = _match_head([labels[index] for index in present], session.card)
    head = session.card.heads[number]
    model_index = np.zeros(len(labels), np.int64)
    model_index[present] = matched
    truth = model_index[windows.label]
    probabilities = np.empty((len(truth), len(head.labels)), np.float32)
    for first in range(0, len(truth), BATCH):
        rows = slice(first, first + BATCH)
        probabilities[rows] = _probabilities(session, windows.x[rows], first, number)
        report(min(rows.stop, len(truth)))
    predicted = probabilities.argmax(axis=1)
    by_snr = {f"{float(snr):g}": _confusion(truth[at], predicted[at], len(head.labels))
              for snr in np.unique(windows.snr_db) for at in [windows.snr_db == snr]}
    return Evaluation(head.name, tuple(head.labels), truth, probabilities, sum(by_snr.values()), by_snr)


def _match_head(theirs: list[str], card: ModelCard) -> tuple[int, list[int]]:
    """Number of the first head that knows all of the names, and their positions in its labels."""
    if len(card.heads) == 1:
        return 0, match_labels(theirs, card.heads[0].labels, card.name)
    for number, head in enumerate(card.heads):
        with suppress(DatasetError):
            return number, match_labels(theirs, head.labels, card.name)
    heads = "; ".join(f"{head.name}: {', '.join(head.labels)}" for head in card.heads)
    raise DatasetError(f"The labels of the data must be those of one head of the model '{card.name}' ({heads}). Got {', '.join(theirs)}.")


def match_labels(theirs: list[str], ours: list[str], model: str) -> list[int]:
    """Position in ``ours`` of each of ``theirs``: the same name, or the same but for case, '-', '_' and blanks.

    Raises DatasetError for a name that ``model`` does not know.
    """
    exact = {name: index for index, name in enumerate(ours)}
    alike = {_plain(name): index for index, name in enumerate(ours)}
    for name in theirs:
        if name not in exact and _plain(name) not in alike:
            raise DatasetError(f"The label {name!r} of the data is none that the model '{model}' knows: {', '.join(ours)}.")
    return [exact.get(name, alike.get(_plain(name))) for name in theirs]


def _plain(name: str) -> str:
    return name.casefold().translate({ord(sign): None for sign in "-_ "})


def _probabilities(session: ModelSession, windows: np.ndarray, first: int, head: int) -> np.ndarray:
    values = represent(session.card.input.representation, windows)
    finite = np.isfinite(values).all(axis=(1, 2))
    if not finite.all():
        raise DatasetError(f"The window {first + int(finite.argmin())} of the data (from 0) has samples that are not finite.")
    probabilities = session.run(values)[head]
    if not np.isfinite(probabilities).all():
        raise ModelError(f"{session.path}: the model gave values that are not finite for finite windows.")
    return probabilities


def _confusion(truth: np.ndarray, predicted: np.ndarray, labels: int) -> np.ndarray:
    return np.bincount(truth * labels + predicted, minlength=labels * labels).reshape(labels, labels)
