# SPDX-License-Identifier: GPL-3.0-or-later
"""A small real ONNX model with a card, for tests of what surrounds a model."""

import json
from pathlib import Path

import numpy as np
import onnx
from gnuradio.rfsec.inference.card import NORMALISATIONS
from onnx import TensorProto, helper, numpy_helper

LABELS = ["quiet", "rising", "falling"]


def small_card(length: int = 128, representation: str = "iq", **changes) -> dict:
    """A valid card for :func:`write_small_model`, with ``changes`` at its top level."""
    card = {
        "schema": 1, "name": "small", "task": "modulation", "paper": "gr-rfsec", "description": "Three projections.",
        "input": {"representation": representation, "layout": "batch,channel,time", "window_min": length,
                  "window_max": length, "normalisation": NORMALISATIONS[representation]},
        "heads": [{"name": "modulation", "labels": LABELS, "temperature": 1.0, "reject_threshold": 0.4}],
        "training": {"command": "none", "seed": 1, "data": "none", "data_sha256": "0" * 64, "windows_seen": 0,
                     "hardware": "none"},
        "metrics": {"test_data": "none", "accuracy": 0.0, "accuracy_by_snr": {}},
        "parameters": 2 * length * 3, "licence": "GPL-3.0-or-later", "limits": []}
    return {**card, **changes}


def write_small_model(path: Path, length: int = 128, representation: str = "iq", card: dict | str | None = None,
                      heads: tuple[tuple[str, int], ...] = (("modulation", 3),)) -> Path:
    """Write a model of one random projection a head to ``path``; ``card`` replaces the valid one, "" leaves it out."""
    rng = np.random.default_rng(5)
    nodes = [helper.make_node("Flatten", ["windows"], ["flat"], axis=1)]
    weights, outputs = [], []
    for name, labels in heads:
        weights.append(numpy_helper.from_array(rng.normal(size=(2 * length, labels)).astype(np.float32), f"w_{name}"))
        nodes.append(helper.make_node("MatMul", ["flat", f"w_{name}"], [name]))
        outputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", labels]))
    graph = helper.make_graph(nodes, "small", [
        helper.make_tensor_value_info("windows", TensorProto.FLOAT, ["batch", 2, length])], outputs, weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    text = card if isinstance(card, str) else json.dumps(card or small_card(length, representation))
    if text:
        helper.set_model_props(model, {"rfsec.card": text})
    onnx.save(model, path)
    return path


def write_burst_model(path: Path, length: int = 1024) -> Path:
    """Write a small model whose card says that it takes bursts."""
    card = small_card(length)
    card["input"]["conditioned_bandwidth"] = 0.5
    return write_small_model(path, length, card=card)
