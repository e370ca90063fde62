# SPDX-License-Identifier: GPL-3.0-or-later
"""Operations of a mapper for one probe, counted as table IV of the KGNet paper counts them."""

from pathlib import Path

import onnx

from .graph_weights import graph_weights


def flops(path: Path) -> int:
    """Return the floating-point operations of the dense layers and convolutions of an ONNX file.

    A dense layer has (2 in - 1) out. For a convolution the paper takes 2 H W (C K^2 + 1) out (P. Molchanov et al., ICLR 2017,
    appendix), of two dimensions and with as many places as values come in, though its own has one dimension and fewer.
    """
    graph = onnx.load(str(path)).graph
    weights = {name: value.shape for name, value in graph_weights(graph).items()}
    places = graph.input[0].type.tensor_type.shape.dim[1].dim_value
    count = 0
    for node in graph.node:
        shape = next((weights[name] for name in node.input[1:2] if name in weights), None)
        if node.op_type == "Conv" and shape:
            outputs, channels, size = shape
            count += 2 * places * (channels * size**2 + 1) * outputs
        elif node.op_type in ("Gemm", "MatMul") and shape:
            transposed = any(one.name == "transB" and one.i for one in node.attribute)
            outputs, inputs = shape if transposed else shape[::-1]
            count += (2 * inputs - 1) * outputs
    return count
