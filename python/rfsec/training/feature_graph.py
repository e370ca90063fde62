# SPDX-License-Identifier: GPL-3.0-or-later
"""The frame of a classifier's graph: features in, a number for each label out."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


def feature_graph(
    name: str, nodes: list[onnx.NodeProto], constants: dict[str, np.ndarray], features: int, output: str, labels: int, **domains: int
) -> onnx.ModelProto:
    """Return the model whose `nodes` make `output` [batch, labels] of float32 ``features`` [batch, features] and `constants`.

    `domains` are the versions of operators beside ONNX's own 17, such as ``ml=5`` for ``ai.onnx.ml``.
    """
    graph = helper.make_graph(
        nodes,
        name,
        [helper.make_tensor_value_info("features", TensorProto.FLOAT, ["batch", features])],
        [helper.make_tensor_value_info(output, TensorProto.FLOAT, ["batch", labels])],
        [numpy_helper.from_array(np.asarray(value), key) for key, value in constants.items()],
    )
    opsets = [helper.make_opsetid("", 17), *(helper.make_opsetid(f"ai.onnx.{domain}", version) for domain, version in domains.items())]
    return helper.make_model(graph, opset_imports=opsets, ir_version=8)
