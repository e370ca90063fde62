# SPDX-License-Identifier: GPL-3.0-or-later
"""The file and the card of an int8 twin: written whole or not at all, with what has changed from its parent."""

import hashlib
import os
import shlex
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
from google.protobuf.message import DecodeError

from ..errors import ModelError, OutputError
from ..inference.card import METADATA_KEY, Metrics, ModelCard
from .carrier_limit import CARRIER_LIMITS, carrier_limit

if TYPE_CHECKING:
    from ..inference.session import ModelSession

_DYNAMIC_LIMIT = (
    "Its LSTM layers scale their input over all windows of a batch: the last digits of a probability depend on the "
    "other windows of the batch."
)
_STATIC_LIMIT = "Values beyond those of the calibration windows are clipped."


def write_int8(
    source: Path,
    calibration: list[np.ndarray],
    out: Path,
    parent: ModelCard,
    describe: "Callable[[ModelSession, str, str], ModelCard]",
) -> ModelCard:
    """Write the int8 twin of the model `source` to `out`, whole or not at all, and return its card.

    Parameters
    ----------
    source : Path
        A float model.
    calibration : list of ndarray of float32, shape (n, 2, length)
        Windows that it is meant for.
    out : Path
    parent : ModelCard
        That of `source`.
    describe : callable
        Measures the twin's session, and returns its card; also given the SHA-256 of `source` and the method in words.

    Raises
    ------
    ModelError
        If `source` is 8-bit already, or has no layers that 8 bits make faster.
    OutputError
        If `out` cannot be written.
    """
    # ONNX Runtime is only needed here: the rest of this room runs on machines that lack it.
    from ..inference.quantization import quantise_graph
    from ..inference.session import ModelSession

    content = source.read_bytes()
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".quantise-", dir=out.parent) as folder:
            aside = Path(folder, out.name)
            try:
                method = quantise_graph(onnx.load_from_string(content), calibration, aside)
            except (ModelError, DecodeError) as error:
                raise ModelError(f"{source}: {error}") from None
            except onnx.checker.ValidationError:  # of a step between, which ONNX Runtime wrote as far as it could
                raise OutputError(f"The model '{out}' cannot be written: a step towards it was cut short. "
                                  f"Make room there and in '{tempfile.gettempdir()}'.") from None
            _write_card(aside, parent)
            card = describe(ModelSession(aside), hashlib.sha256(content).hexdigest(), method)
            _write_card(aside, card)
            os.replace(aside, out)
    except OSError as error:
        raise OutputError(f"The model '{out}' cannot be written: {error.strerror}. Choose another --out.") from None
    return card


def twin_of(parent: ModelCard, sha256: str, seed: int, data: Path | None, method: str, metrics: dict[str, Any]) -> ModelCard:
    """Return the card of the int8 twin: the parent's, with what has changed.

    `data` is what a user's own parent was trained on, None where that is generated; `metrics` are fields of the twin's metrics.
    """
    words = ["rfsec", "quantise", parent.name, "--seed", str(seed), *(() if data is None else ("--data", parent.training.data))]
    by_label = metrics.get("accuracy_by_label_18_db", {})
    limits = [carrier_limit(by_label) if limit in CARRIER_LIMITS else limit for limit in parent.limits]
    limits += [_STATIC_LIMIT] if "static" in method else []
    limits += [_DYNAMIC_LIMIT] if "dynamic" in method else []
    changes = {
        "name": f"{parent.name}-int8",
        "description": f"{parent.description.removesuffix('.')}. Int8: {method}.",
        "training": parent.training.model_copy(
            update={
                "command": f"{parent.training.command}; {shlex.join(words)}",
                "note": f"{parent.training.note} Quantised from the file of {parent.name} with SHA-256 {sha256}: {method}. "
                "The temperature is the parent's.".strip(),
            }
        ),
        "metrics": Metrics.model_validate(parent.metrics.model_dump() | metrics),
        "limits": limits,
    }
    return ModelCard.from_json(parent.model_copy(update=changes).to_json(), f"{parent.name}-int8")


def _write_card(path: Path, card: ModelCard) -> None:
    model = onnx.load(str(path))
    onnx.helper.set_model_props(model, {METADATA_KEY: card.to_json()})
    onnx.checker.check_model(model)
    onnx.save(model, str(path))
