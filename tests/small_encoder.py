# SPDX-License-Identifier: GPL-3.0-or-later
"""Small real ONNX encoders with a card, for tests of what surrounds an encoder."""

import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

SIZE = 2


def encoder_card(representation: str = "iq", channels: int = 2, length: int = 128, size: int = SIZE, distance: float = 0.1,
                 **changes) -> dict:
    """A valid card for the encoders here: strangers are those farther than ``distance``; ``changes`` at its top level."""
    card = {
        "schema": 1, "name": "small-encoder", "task": "emitter", "paper": "gr-rfsec", "description": "For tests.",
        "input": {"representation": representation, "layout": "batch,channel,value", "channels": channels, "length": length},
        "embedding": {"name": "embedding", "size": size, "metric": "euclidean", "weights": None, "unit_length": False,
                      "same_below": distance},
        "thresholds": [{"false_accepts": rate, "distance": distance, "low": 0.0, "high": 1.0} for rate in (0.01, 0.05)],
        "training": {"command": "none", "seed": 1, "data": "none", "data_sha256": "0" * 64, "windows_seen": 0, "hardware": "none"},
        "metrics": {"test_data": "none", "conditions": {"none": {"pair_accuracy": 0.5, "equal_error_rate": 0.5,
                                                                 "area_under_roc": 0.5}}},
        "parameters": 0, "licence": "GPL-3.0-or-later", "limits": []}
    return {**card, **changes}


def write_window_encoder(path: Path, length: int = 128, **card) -> Path:
    """An encoder of windows: how far the phase turns from one sample to the next, as a point near the unit circle.

    Of a noiseless carrier at f cycles a sample it gives (cos 2πf, sin 2πf), whatever its gain and phase.
    """
    def cut(name: str, channel: int, first: int, last: int):
        numbers = {"starts": [channel, first], "ends": [channel + 1, last], "axes": [1, 2]}
        constants = [numpy_helper.from_array(np.array(values, np.int64), f"{name}_{key}") for key, values in numbers.items()]
        return helper.make_node("Slice", ["windows", *(one.name for one in constants)], [name]), constants

    nodes, weights = [], []
    for name, channel, first, last in (("i0", 0, 0, length - 1), ("q0", 1, 0, length - 1), ("i1", 0, 1, length), ("q1", 1, 1, length)):
        node, constants = cut(name, channel, first, last)
        nodes.append(node)
        weights += constants
    products = (("ii", "i0", "i1"), ("qq", "q0", "q1"), ("iq", "i0", "q1"), ("qi", "q0", "i1"))
    nodes += [helper.make_node("Mul", [one, other], [name]) for name, one, other in products]
    nodes += [helper.make_node("Add", ["ii", "qq"], ["real"]), helper.make_node("Sub", ["iq", "qi"], ["imaginary"]),
              helper.make_node("Concat", ["real", "imaginary"], ["both"], axis=1),
              helper.make_node("ReduceMean", ["both"], ["embedding"], axes=[2], keepdims=0)]
    return _save(path, nodes, weights, [2, length], encoder_card("iq", 2, length, **card))


def write_selecting_encoder(path: Path, representation: str, values: int, chosen: int, **card) -> Path:
    """An encoder of what is measured of bursts: the value ``chosen`` of ``values``, and a zero."""
    weights = np.zeros((values, SIZE), np.float32)
    weights[chosen, 0] = 1
    nodes = [helper.make_node("Flatten", ["measured"], ["flat"], axis=1),
             helper.make_node("MatMul", ["flat", "weights"], ["embedding"])]
    return _save(path, nodes, [numpy_helper.from_array(weights, "weights")], [1, values],
                 encoder_card(representation, 1, values, **card), "measured")


def _save(path: Path, nodes, weights, shape, card: dict, name: str = "windows") -> Path:
    size = card["embedding"]["size"]
    graph = helper.make_graph(nodes, "encoder", [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", *shape])],
                              [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["batch", size])], weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    helper.set_model_props(model, {"rfsec.card": json.dumps(card)})
    onnx.save(model, path)
    return path
