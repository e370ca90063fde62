# SPDX-License-Identifier: GPL-3.0-or-later
"""Features are what the last layer sees, and their map keeps neighbours together."""

import numpy as np
import onnx
import pytest
from gnuradio.rfsec.inference.catalog import find_model
from gnuradio.rfsec.inference.representations import represent
from gnuradio.rfsec.inference.session import ModelSession
from gnuradio.rfsec.reproduction.features import flat_map, penultimate_features
from gnuradio.rfsec.reproduction.graph_weights import graph_weights
from onnx import helper


def noise(count: int, length: int) -> np.ndarray:
    rng = np.random.default_rng(8)
    return (rng.normal(size=(count, length)) + 1j * rng.normal(size=(count, length))).astype(np.complex64)


@pytest.mark.parametrize("name, width", [("conv-bigru", 128), ("lstm-amp-phase", 128)])
def test_the_last_layer_makes_the_logits_of_the_features(name, width):
    path, windows = find_model(name), noise(300, 128)
    features = penultimate_features(path, windows)
    assert features.shape == (300, width)
    graph = onnx.load(str(path)).graph
    (last,) = (node for node in graph.node if "modulation" in node.output)
    values = graph_weights(graph)
    weight, bias = (values[one] for one in last.input[1:])
    session = ModelSession(path)
    logits = session.logits(represent(session.card.input.representation, windows))[0]
    np.testing.assert_allclose(features @ weight.T + bias, logits, atol=1e-3)


def test_a_model_without_a_dense_layer_has_no_features(tmp_path):
    model = onnx.load(str(find_model("conv-bigru")))
    shape = helper.make_tensor("shape", onnx.TensorProto.INT64, [2], [0, 11])
    model.graph.initializer.append(shape)
    del model.graph.node[:]
    nodes = [helper.make_node("Slice", ["windows", "from", "to", "axis"], ["one"]),
             helper.make_node("Slice", ["one", "from", "eleven", "axes"], ["few"]),
             helper.make_node("Reshape", ["few", "shape"], ["modulation"])]
    numbers = {"from": [0], "to": [1], "axis": [1], "eleven": [11], "axes": [2]}
    kind = onnx.TensorProto.INT64
    model.graph.initializer.extend(helper.make_tensor(key, kind, [1], value) for key, value in numbers.items())
    model.graph.node.extend(nodes)
    onnx.save(model, str(tmp_path / "model.onnx"))
    assert penultimate_features(tmp_path / "model.onnx", noise(4, 128)) is None


def test_the_map_is_repeatable_and_keeps_two_clusters_apart():
    rng = np.random.default_rng(1)
    features = np.concatenate([rng.normal(0, 0.1, (150, 5)), rng.normal(5, 0.1, (150, 5))]).astype(np.float32)
    points = flat_map(features)
    assert points.shape == (300, 2) and np.array_equal(flat_map(features[:40]), flat_map(features[:40]))
    distance = np.linalg.norm(points[:, None] - points[None], axis=2) + np.diag(np.full(300, np.inf))
    same = (distance.argmin(axis=1) < 150) == (np.arange(300) < 150)
    assert same.mean() > 0.9
