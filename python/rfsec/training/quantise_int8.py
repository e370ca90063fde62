# SPDX-License-Identifier: GPL-3.0-or-later
"""From a float model to its int8 twin: calibrated, measured on the parent's own test set, written with a card."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..inference.card import ModelCard
from ..inference.representations import represent
from .quantise_data import quantise_data
from .quantise_file import twin_of, write_int8
from .quantise_joint import quantise_joint

if TYPE_CHECKING:
    from ..inference.evaluation import Evaluation

_USUAL_SEED = 1
_NOT_MEASURED = (
    "expected_calibration_error",
    "accepted_share",
    "accepted_error_rate",
    "noise_accepted_share",
    "weak_accepted_share",
    "weak_accepted_error_rate",
)


def quantise_model(
    source: Path,
    out: Path,
    seed: int | None = None,
    report: Callable[[int, int], None] = lambda done, total: None,
    data: Path | None = None,
) -> ModelCard:
    """Write the int8 twin of the model `source` to `out`, whole or not at all, and return its card.

    Parameters
    ----------
    source : Path
        A float model with a card. The data that it was trained on calibrate its twin, and its test set measures it.
    out : Path
    seed : int or None
        Of the calibration windows, at least 0; None is 1, and of a joint model its own.
    report : callable
        Told how many windows of the test set are measured, and of how many.
    data : Path, optional
        What the model was trained on, where that was a file of labelled windows, or of a joint model a folder; generated windows are made again.

    Raises
    ------
    DatasetError
        If `data` cannot be read.
    ModelError
        If `source` is no such model, is 8-bit already, or was trained on other data.
    OutputError
        If `out` cannot be written.
    ParameterError
        If `seed` is not that of a joint model.
    """
    # ONNX Runtime is only needed here: the rest of this room runs on machines that lack it.
    from ..inference.evaluation import evaluate
    from ..inference.session import ModelSession

    parent = ModelSession(source).card
    if parent.metrics.by_head:
        return quantise_joint(source, parent, out, seed, report, data)
    seed = _USUAL_SEED if seed is None else seed
    parts = quantise_data(parent, source, seed, data)
    calibration = [represent(parent.input.representation, part.x) for part in parts.calibration]

    def describe(session: ModelSession, sha256: str, method: str) -> ModelCard:
        found, done, total = [], 0, sum(map(len, parts.test))
        for part in parts.test:
            found.append(evaluate(session, part, parts.labels, lambda now, before=done: report(before + now, total)))
            done += len(part)
        return twin_of(parent, sha256, seed, data, method, _measured(parent, found))

    return write_int8(source, calibration, out, parent, describe)


def _measured(parent: ModelCard, found: "list[Evaluation]") -> dict[str, Any]:
    """Return the card's metrics that an int8 twin does not share with its parent."""
    metrics = parent.metrics
    overall = sum(one.confusion for one in found)
    by_snr = {snr: sum(one.confusion_by_snr[snr] for one in found) for snr in found[0].confusion_by_snr}
    middle = sum(confusion for snr, confusion in by_snr.items() if 0 <= int(snr) <= 18)
    at_18_db, labels = by_snr.get("18"), found[0].labels
    return {
        "accuracy": _share(overall),
        "accuracy_by_snr": {snr: _share(confusion) for snr, confusion in by_snr.items()},
        # Of the parent, and not measured again.
        "accuracy_by_label": {},
        **dict.fromkeys(_NOT_MEASURED),
        "accuracy_0_to_18_db": None if metrics.accuracy_0_to_18_db is None else _share(middle),
        "accuracy_by_label_18_db": {
            name: round(float(at_18_db[labels.index(name), labels.index(name)] / at_18_db[labels.index(name)].sum()), 4)
            for name in metrics.accuracy_by_label_18_db
        },
    }


def _share(confusion: np.ndarray) -> float:
    return round(float(np.trace(confusion) / confusion.sum()), 4)
