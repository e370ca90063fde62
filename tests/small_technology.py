# SPDX-License-Identifier: GPL-3.0-or-later
"""A small real ONNX classifier of technologies with a card, for tests of what surrounds one: it goes by an emission's width."""

import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

LABELS = ["GSM", "LTE", "other"]
# Logits over the bins that are 10 dB above the floor: GSM up to 100, LTE from there up to 500, other beyond; never another.
_LOGITS = {"GSM": (0.0, 0.0), "LTE": (0.2, -20.0), "other": (0.5, -170.0)}
_NEVER = (0.0, -100.0)


def technology_card(**changes) -> dict:
    """A valid card; ``changes`` at its top level."""
    card = {
        "schema": 1, "name": "small-technology", "task": "technology", "paper": "gr-rfsec", "description": "For tests.",
        "input": {"representation": "spectrum_db", "layout": "batch,channel,bin", "normalisation": "floor_20_db", "bin_hz": 10e3,
                  "lengths": [16, 32, 128, 256, 1024]},
        "heads": [{"name": "technology", "labels": LABELS, "temperature": 1.0, "reject_threshold": 0.9}],
        "training": {"command": "none", "seed": 1, "data": "none", "data_sha256": "0" * 64, "windows_seen": 0, "hardware": "none"},
        "metrics": {"test_data": "none", "accuracy": 0.5, "accuracy_by_snr": {"20": 0.5}, "accuracy_by_label": {"GSM": 0.5, "LTE": 0.5},
                    "expected_calibration_error": 0.1, "accepted_share": 0.5, "accepted_error_rate": 0.1, "other_accepted_share": 0.05},
        "parameters": 0, "licence": "GPL-3.0-or-later", "limits": []}
    return {**card, **changes}


def write_width_classifier(path: Path, channels: int = 1, bins: str | int = "bins", output: str = "technology", labels=LABELS, **card) -> Path:
    """Write the classifier; a wrong graph has other `channels`, `bins` or `output` than the card says."""
    slopes, offsets = np.float32([_LOGITS.get(label, _NEVER) for label in labels]).T[:, None]
    constants = {"high": np.float32(0.5), "axes": np.int64([1, 2]), "shape": np.int64([-1, 1]), "slopes": slopes, "offsets": offsets}
    nodes = [
        helper.make_node("Greater", ["windows", "high"], ["is_high"]),
        helper.make_node("Cast", ["is_high"], ["ones"], to=TensorProto.FLOAT),
        helper.make_node("ReduceSum", ["ones", "axes"], ["summed"]),
        helper.make_node("Reshape", ["summed", "shape"], ["count"]),
        helper.make_node("Mul", ["count", "slopes"], ["scaled"]),
        helper.make_node("Add", ["scaled", "offsets"], [output])]
    graph = helper.make_graph(nodes, "technology", [helper.make_tensor_value_info("windows", TensorProto.FLOAT, ["batch", channels, bins])],
                              [helper.make_tensor_value_info(output, TensorProto.FLOAT, ["batch", len(labels)])],
                              [numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    helper.set_model_props(model, {"rfsec.card": json.dumps(technology_card(**card))})
    onnx.save(model, path)
    return path
