# SPDX-License-Identifier: GPL-3.0-or-later
"""Changes of an exported graph: constants stored once, weights stored otherwise."""

import onnx


def replace_weights(model: onnx.ModelProto, stored: list[onnx.TensorProto], first: list[onnx.NodeProto]) -> None:
    """Give `model` the initializers `stored` in place of its own, and the nodes `first`, which make weights of them, before all others."""
    rest = list(model.graph.node)
    del model.graph.initializer[:], model.graph.node[:]
    model.graph.initializer.extend(stored)
    model.graph.node.extend([*first, *rest])


def share_constants(model: onnx.ModelProto) -> None:
    """Keep one of equal constants in `model`: the exporter writes a table as often as the network reads it."""
    kept, same_as, nodes = {}, {}, []
    for node in model.graph.node:
        for place, name in enumerate(node.input):
            node.input[place] = same_as.get(name, name)
        if node.op_type == "Constant":
            value = node.attribute[0].SerializeToString(deterministic=True)
            first = kept.setdefault(value, node.output[0])
            if first != node.output[0]:
                same_as[node.output[0]] = first
                continue
        nodes.append(node)
    del model.graph.node[:]
    model.graph.node.extend(nodes)
