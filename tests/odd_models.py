# SPDX-License-Identifier: GPL-3.0-or-later
"""Real ONNX models with a card that are slow, or that fail on some data, for tests of what surrounds a model."""

import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from small_model import small_card


def write_slow_model(path: Path, length: int) -> Path:
    """A model of iq windows that needs 1.1 GFLOP for 64 of them: far slower than a flowgraph brings them."""
    rng = np.random.default_rng(5)
    sizes = [2 * length, 2048, 2048, 2048, 3]
    weights = [numpy_helper.from_array((rng.normal(size=size) / 64).astype(np.float32), f"w{index}")
               for index, size in enumerate(zip(sizes, sizes[1:]))]
    names = ["flat", "a", "b", "c", "modulation"]
    nodes = [helper.make_node("Flatten", ["windows"], ["flat"], axis=1)]
    nodes += [helper.make_node("MatMul", [names[index], f"w{index}"], [names[index + 1]]) for index in range(4)]
    return _save(path, nodes, weights, length)


def write_failing_model(path: Path, length: int, conditioned_bandwidth: float | None = None) -> Path:
    """A model of iq windows that fails, inside its graph, on any batch in which the first sample's I is above 2."""
    table = numpy_helper.from_array(np.zeros((3, 3), np.float32), "table")  # Gather refuses an index outside it
    first = [numpy_helper.from_array(np.array(value, np.int64), name)
             for name, value in (("starts", [0, 0]), ("ends", [1, 1]), ("axes", [1, 2]), ("shape", [-1]))]
    nodes = [helper.make_node("Slice", ["windows", "starts", "ends", "axes"], ["sample"]),
             helper.make_node("Reshape", ["sample", "shape"], ["flat"]),
             helper.make_node("Relu", ["flat"], ["positive"]),
             helper.make_node("Floor", ["positive"], ["whole"]),
             helper.make_node("Cast", ["whole"], ["index"], to=TensorProto.INT64),
             helper.make_node("Gather", ["table", "index"], ["modulation"], axis=0)]
    card = small_card(length)
    card["input"]["conditioned_bandwidth"] = conditioned_bandwidth
    return _save(path, nodes, [table, *first], length, card)


def write_range_model(path: Path, shortest: int, longest: int, multiple_of: int = 1) -> Path:
    """A model of iq windows of a range of lengths: three projections of the mean |I| and |Q|.

    It fails on lengths that are not a whole multiple of ``multiple_of``, although its card allows them.
    """
    rng = np.random.default_rng(5)
    weights = [numpy_helper.from_array(rng.normal(size=(2, 3)).astype(np.float32), "w"),
               numpy_helper.from_array(np.array([0, 2, -1, multiple_of]), "shape")]
    nodes = [helper.make_node("Reshape", ["windows", "shape"], ["pieces"]),
             helper.make_node("Abs", ["pieces"], ["size"]),
             helper.make_node("ReduceMean", ["size"], ["mean"], axes=[2, 3], keepdims=0),
             helper.make_node("MatMul", ["mean", "w"], ["modulation"])]
    card = small_card(shortest)
    return _save(path, nodes, weights, "time", {**card, "input": {**card["input"], "window_max": longest}})


def write_pointing_model(path: Path, length: int, labels: list[str], head: dict | None = None,
                         conditioned_bandwidth: float | None = 0.5, card: dict | None = None) -> Path:
    """A model of bursts whose logits are I of the first samples of a window, one for each label; ``card`` changes its card."""
    bounds = [numpy_helper.from_array(np.array(value, np.int64), name)
              for name, value in (("starts", [0, 0]), ("ends", [1, len(labels)]), ("axes", [1, 2]), ("shape", [-1, len(labels)]))]
    nodes = [helper.make_node("Slice", ["windows", "starts", "ends", "axes"], ["first"]),
             helper.make_node("Reshape", ["first", "shape"], ["modulation"])]
    card = small_card(length, **(card or {}))
    card["input"]["conditioned_bandwidth"] = conditioned_bandwidth
    card["heads"] = [{"name": "modulation", "labels": labels, "temperature": 1.0, "reject_threshold": 0.0, **(head or {})}]
    return _save(path, nodes, bounds, length, card)


def write_sure_model(path: Path, length: int, labels: list[str]) -> Path:
    """A model of bursts that gives every window the first of ``labels``."""
    constants = [numpy_helper.from_array(np.eye(1, len(labels), dtype=np.float32) * 9, "answer"),
                 numpy_helper.from_array(np.zeros((2 * length, len(labels)), np.float32), "nothing")]
    nodes = [helper.make_node("Flatten", ["windows"], ["flat"], axis=1), helper.make_node("MatMul", ["flat", "nothing"], ["zero"]),
             helper.make_node("Add", ["zero", "answer"], ["modulation"])]
    card = small_card(length)
    card["input"]["conditioned_bandwidth"] = 0.5
    card["heads"] = [{"name": "modulation", "labels": labels, "temperature": 1.0, "reject_threshold": 0.0}]
    return _save(path, nodes, constants, length, card)


def _save(path: Path, nodes, weights, length: int | str, card: dict | None = None) -> Path:
    card = card or small_card(length)
    graph = helper.make_graph(
        nodes, "odd", [helper.make_tensor_value_info("windows", TensorProto.FLOAT, ["batch", 2, length])],
        [helper.make_tensor_value_info("modulation", TensorProto.FLOAT, ["batch", len(card["heads"][0]["labels"])])], weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    helper.set_model_props(model, {"rfsec.card": json.dumps(card)})
    onnx.save(model, path)
    return path
