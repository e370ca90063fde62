# SPDX-License-Identifier: GPL-3.0-or-later
"""A small real ONNX mapper with a card, for tests of what surrounds a mapper."""

import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


def mapper_card(carriers: int, representation: str = "cfr_sanitised", **changes) -> dict:
    """A valid card of a mapper that leaves features as they are; ``changes`` at its top level."""
    plain = {"offset": [0.0] * 2 * carriers, "scale": [1.0] * 2 * carriers}
    card = {
        "schema": 1, "name": "small-mapper", "task": "mapping", "paper": "gr-rfsec", "description": "For tests.",
        "channels": "none", "split": "none", "radio": "none",
        "input": {"representation": representation, "layout": "batch,feature", "carriers": carriers, "normalisation": plain},
        "output": {"name": "band2", "normalisation": plain},
        "training": {"command": "none", "seed": 1, "data": "none", "data_sha256": "0" * 64, "windows_seen": 0, "hardware": "none"},
        "metrics": {"test_data": "none", "by_snr": {"20": {"key_error_rate": 0.5, "key_generation_ratio": 1.0, "nmse": 1.0, "nmse_h": 1.0}}},
        "parameters": 0, "licence": "GPL-3.0-or-later", "limits": []}
    return {**card, **changes}


def write_conjugating_mapper(path: Path, carriers: int, **card) -> Path:
    """A mapper whose band 2 is the conjugate of band 1: it turns the sign of imaginary parts."""
    signs = np.repeat(np.array([1, -1], np.float32), carriers)
    graph = helper.make_graph([helper.make_node("Mul", ["band1", "signs"], ["band2"])], "mapper",
                              [helper.make_tensor_value_info("band1", TensorProto.FLOAT, ["batch", 2 * carriers])],
                              [helper.make_tensor_value_info("band2", TensorProto.FLOAT, ["batch", 2 * carriers])],
                              [numpy_helper.from_array(signs, "signs")])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    helper.set_model_props(model, {"rfsec.card": json.dumps(mapper_card(carriers, **card))})
    onnx.save(model, path)
    return path
