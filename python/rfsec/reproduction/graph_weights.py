# SPDX-License-Identifier: GPL-3.0-or-later
"""The weights that an ONNX graph keeps, as its operators see them."""

import numpy as np
from onnx import GraphProto, numpy_helper


def graph_weights(graph: GraphProto) -> dict[str, np.ndarray]:
    """Return what a graph stores under each name: initializers, constants, and float16 weights that it turns to float32."""
    values = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
    for node in graph.node:
        if node.op_type == "Constant":
            values[node.output[0]] = numpy_helper.to_array(node.attribute[0].t)
        elif node.op_type == "Cast" and values.get(node.input[0], np.empty(0)).dtype == np.float16:
            values[node.output[0]] = values[node.input[0]].astype(np.float32)
    return values
