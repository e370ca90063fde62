# SPDX-License-Identifier: GPL-3.0-or-later
"""From a float model to its int8 twin: calibrated, measured on the parent's own test set, written with a card."""

import hashlib
import os
import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import onnx
from google.protobuf.message import DecodeError

from ..datasets.families import Family, find_family
from ..datasets.labelled_windows import LabelledWindows
from ..datasets.seeding import Purpose
from ..errors import ModelError, OutputError
from ..inference.card import METADATA_KEY, ModelCard
from ..inference.representations import represent

if TYPE_CHECKING:
    from ..inference.evaluation import Evaluation

_CALIBRATION_WINDOWS_PER_CELL = 12  # 2,640 windows of RadioML 2016.10a
_DYNAMIC_LIMIT = (
    "Its LSTM layers scale their input over all windows of a batch: the last digits of a probability depend on the "
    "other windows of the batch."
)
_NOT_MEASURED = ("expected_calibration_error", "accepted_share", "accepted_error_rate", "noise_accepted_share")
_STATIC_LIMIT = "Values beyond those of the calibration windows are clipped."


def quantise_model(
    source: Path, out: Path, seed: int, report: Callable[[int, int], None] = lambda done, total: None
) -> ModelCard:
    """Write the int8 twin of the model `source` to `out`, whole or not at all, and return its card.

    Parameters
    ----------
    source : Path
        A float model with a card, trained on generated data: these are made again to calibrate and to measure.
    out : Path
    seed : int
        Of the calibration windows, at least 0.
    report : callable
        Told how many windows of the test set are measured, and of how many.

    Raises
    ------
    ModelError
        If `source` is no such model, or is 8-bit already.
    OutputError
        If `out` cannot be written.
    """
    # ONNX Runtime is only needed here: the rest of this room runs on machines that lack it.
    from ..inference.evaluation import evaluate
    from ..inference.quantization import quantise_graph
    from ..inference.session import ModelSession

    parent = ModelSession(source).card
    family = _family_of(parent, source)
    test = _test_set(parent, family, source)
    calibration = [represent(parent.input.representation, part.x) for part in _calibration_set(parent, family, seed)]
    content = source.read_bytes()
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".quantise-", dir=out.parent) as folder:
            aside = Path(folder, out.name)
            try:
                method = quantise_graph(onnx.load_from_string(content), calibration, aside)
            except (ModelError, DecodeError) as error:
                raise ModelError(f"{source}: {error}") from None
            _write_card(aside, parent)
            session, total = ModelSession(aside), sum(map(len, test))
            found, done = [], 0
            for part in test:
                found.append(evaluate(session, part, family.labels, lambda now, before=done: report(before + now, total)))
                done += len(part)
            card = _describe(parent, hashlib.sha256(content).hexdigest(), seed, method, found)
            _write_card(aside, card)
            os.replace(aside, out)
    except OSError as error:
        raise OutputError(f"The model '{out}' cannot be written: {error.strerror}. Choose another --out.") from None
    return card


def _family_of(card: ModelCard, source: Path) -> Family:
    dataset, _, mode = card.training.data.partition(" ")
    try:
        return find_family(dataset, mode or "compat")
    except ValueError:
        raise ModelError(
            f"{source}: the card's field 'training.data' names no data that can be generated again "
            f"('{card.training.data}'); they are needed to calibrate int8."
        ) from None


def _calibration_set(card: ModelCard, family: Family, seed: int) -> list[LabelledWindows]:
    shapes = [one for one in family.shapes if card.input.window_min <= one.window <= card.input.window_max]
    count = max(1, _CALIBRATION_WINDOWS_PER_CELL // len(shapes))
    return [family.generate(shape, family.snrs_db, count, seed, Purpose.TRAINING) for shape in shapes]


def _test_set(card: ModelCard, family: Family, source: Path) -> list[LabelledWindows]:
    """Return the test set that the card's metrics are of, from its own words."""
    stated = re.search(r"seed (\d+), (\d+) windows of each label", card.metrics.test_data)
    if stated is None or not card.metrics.test_data.startswith(family.name):
        raise ModelError(
            f"{source}: the card's field 'metrics.test_data' names no data that can be generated again "
            f"('{card.metrics.test_data}')."
        )
    seed, count = map(int, stated.groups())
    shapes = [one for one in family.shapes if card.input.window_min <= one.window <= card.input.window_max]
    return [family.generate(shape, family.snrs_db, count, seed) for shape in shapes]


def _describe(parent: ModelCard, sha256: str, seed: int, method: str, found: "list[Evaluation]") -> ModelCard:
    """Return the card of the int8 twin: the parent's, with what has changed."""
    metrics = parent.metrics
    overall = sum(one.confusion for one in found)
    by_snr = {snr: sum(one.confusion_by_snr[snr] for one in found) for snr in found[0].confusion_by_snr}
    middle = sum(confusion for snr, confusion in by_snr.items() if 0 <= int(snr) <= 18)
    at_18_db, labels = by_snr.get("18"), found[0].labels
    limits = [*parent.limits]
    limits += [_STATIC_LIMIT] if "static" in method else []
    limits += [_DYNAMIC_LIMIT] if "dynamic" in method else []
    changes = {
        "name": f"{parent.name}-int8",
        "description": f"{parent.description} Int8: {method}.",
        "training": parent.training.model_copy(
            update={
                "command": f"{parent.training.command}; rfsec quantise {parent.name} --seed {seed}",
                "note": f"{parent.training.note} Quantised from the file of {parent.name} with SHA-256 {sha256}: {method}. "
                "The temperature is the parent's.".strip(),
            }
        ),
        "metrics": metrics.model_copy(
            update={
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
        ),
        "limits": limits,
    }
    return ModelCard.from_json(parent.model_copy(update=changes).to_json(), f"{parent.name}-int8")


def _share(confusion: np.ndarray) -> float:
    return round(float(np.trace(confusion) / confusion.sum()), 4)


def _write_card(path: Path, card: ModelCard) -> None:
    model = onnx.load(str(path))
    onnx.helper.set_model_props(model, {METADATA_KEY: card.to_json()})
    onnx.checker.check_model(model)
    onnx.save(model, str(path))
