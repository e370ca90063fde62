# SPDX-License-Identifier: GPL-3.0-or-later
"""Fitted scikit-learn classifiers as ONNX files that carry their card, with the graph that every model here has."""

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from skl2onnx import convert_sklearn
from skl2onnx.common.data_types import FloatTensorType
from sklearn.base import ClassifierMixin
from sklearn.ensemble import RandomForestClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC

from ..datasets.files import written_aside
from ..inference.card import METADATA_KEY, ModelCard
from .forest_graph import forest_graph
from .half_weights import store_halves
from .svm_graph import svm_graph

_OPSETS = {"": 17, "ai.onnx.ml": 3}
_FLOOR = 1e-3  # probabilities below it count as this: no count of a few neighbours or trees tells it from 0


def flatten(windows: np.ndarray) -> np.ndarray:
    """Return windows [n, 2, time] as the features [n, 2 * time] of a classifier: row 0, then row 1."""
    return windows.reshape(len(windows), -1)


def classical_logits(classifier: ClassifierMixin, windows: np.ndarray) -> np.ndarray:
    """Return the logits [n, labels] of float32 windows [n, 2, time], as the exported graph gives them.

    They are the logarithm of the class probabilities; of a support vector machine, its one-versus-rest scores.
    """
    if isinstance(classifier, SVC):
        scores = classifier.decision_function(flatten(windows))
        if scores.ndim == 1:  # of two labels, how far the second is ahead; as of more, this is a vote and a part of one
            votes, part = (scores > 0).astype(float), scores / (3 * (np.abs(scores) + 1))
            scores = np.stack((1 - votes - part, votes + part), axis=1)
    else:
        scores = np.log(np.maximum(classifier.predict_proba(flatten(windows)), _FLOOR))
    return scores.astype(np.float32)


def export_classical(classifier: ClassifierMixin, card: ModelCard, path: Path) -> None:
    """Write a fitted classifier with its card; the file is complete or not there at all.

    The graph takes float32 ``windows`` [batch, 2, time] and gives the logits of ``classical_logits``, named after the
    card's head. Nearest neighbours use ONNX Runtime's own operator for distances: it is 30 times as fast as the loop
    that plain ONNX would need.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    features = 2 * card.input.window_max
    if isinstance(classifier, SVC):
        model = _from_windows(svm_graph(classifier, features), card, [helper.make_node("Identity", ["scores"], [card.heads[0].name])])
    elif isinstance(classifier, RandomForestClassifier):
        model = _with_logits(forest_graph(classifier, features), card)
    else:
        model = _with_logits(_converted(classifier, features), card)
    store_halves(model)
    helper.set_model_props(model, {METADATA_KEY: card.to_json()})
    onnx.checker.check_model(model)
    with written_aside(path, "model") as aside:
        onnx.save(model, str(aside))


def _converted(classifier: ClassifierMixin, features: int) -> onnx.ModelProto:
    """The classifier as its library's converter writes it: "features" in; "label" and "probabilities" out."""
    options: dict[str, bool | str] = {"zipmap": False}
    if isinstance(classifier, KNeighborsClassifier):
        options["optim"] = "cdist"
    return convert_sklearn(
        classifier,
        initial_types=[("features", FloatTensorType([None, features]))],
        options={id(classifier): options},
        target_opset=_OPSETS,
    )


def _with_logits(model: onnx.ModelProto, card: ModelCard) -> onnx.ModelProto:
    """A graph of ``probabilities`` behind a reshape, and before a logarithm."""
    model.graph.initializer.append(numpy_helper.from_array(np.float32([_FLOOR]), "floor"))
    after = [
        helper.make_node("Max", ["probabilities", "floor"], ["floored"]),
        helper.make_node("Log", ["floored"], [card.heads[0].name]),
    ]
    return _from_windows(model, card, after)


def _from_windows(model: onnx.ModelProto, card: ModelCard, after: list[onnx.NodeProto]) -> onnx.ModelProto:
    """The graph of a classifier of features as one of windows, whose logits the last node of `after` gives."""
    head, graph = card.heads[0], model.graph
    shape = numpy_helper.from_array(np.array([0, -1], np.int64), "flat_shape")
    wrapped = helper.make_graph(
        [helper.make_node("Reshape", ["windows", "flat_shape"], ["features"]), *graph.node, *after],
        card.name,
        [helper.make_tensor_value_info("windows", TensorProto.FLOAT, ["batch", 2, card.input.window_max])],
        [helper.make_tensor_value_info(head.name, TensorProto.FLOAT, ["batch", len(head.labels)])],
        [*graph.initializer, shape],
    )
    # The converter may name a domain twice, so that the checker would refuse the model.
    versions = {one.domain: one.version for one in sorted(model.opset_import, key=lambda one: one.version)}
    opsets = [helper.make_opsetid(domain, version) for domain, version in versions.items()]
    return helper.make_model(wrapped, opset_imports=opsets, ir_version=model.ir_version)
