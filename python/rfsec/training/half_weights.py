# SPDX-License-Identifier: GPL-3.0-or-later
"""Weights of sixteen bits: networks rounded to them, and how an ONNX file holds them."""

import copy

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval, fuse_linear_bn_eval

from .graph_edit import replace_weights

HALVED = " Weights rounded to float16."  # the sentence of a card whose network went through `halved`
_LEAST_WEIGHTS = 256  # below that a file gains nothing
_FUSED = (
    (nn.Conv1d, nn.BatchNorm1d, fuse_conv_bn_eval),
    (nn.Conv2d, nn.BatchNorm2d, fuse_conv_bn_eval),
    (nn.Linear, nn.BatchNorm1d, fuse_linear_bn_eval),
)


def halved(network: nn.Module) -> nn.Module:
    """Return a copy of a float32 network, in evaluation mode, with its weights rounded to float16, so that `store_halves` finds them.

    A batch normalisation right behind a convolution or a dense layer becomes part of it first: the exporter would make them
    one after the rounding, into weights that are no float16.
    """
    network = copy.deepcopy(network).eval()
    for layers in [module for module in network.modules() if isinstance(module, nn.Sequential)]:
        for place in range(len(layers) - 1):
            for layer, norm, fuse in _FUSED:
                if isinstance(layers[place], layer) and isinstance(layers[place + 1], norm):
                    layers[place], layers[place + 1] = fuse(layers[place], layers[place + 1]), nn.Identity()
    for weight in network.parameters():
        weight.data = weight.data.half().float()
    return network


def store_halves(model: onnx.ModelProto) -> None:
    """Store in two bytes each the weights of `model` that a float16 holds as they are; the graph turns them to float32."""
    nodes, stored = [], []
    for tensor in model.graph.initializer:
        weight = numpy_helper.to_array(tensor)
        with np.errstate(over="ignore"):
            half = weight.astype(np.float16)
        if weight.dtype != np.float32 or weight.ndim < 2 or weight.size < _LEAST_WEIGHTS or not np.array_equal(weight, half):
            stored.append(tensor)
            continue
        halves = f"{tensor.name}_halves"
        stored.append(numpy_helper.from_array(half, halves))
        nodes.append(helper.make_node("Cast", [halves], [tensor.name], to=TensorProto.FLOAT))
    replace_weights(model, stored, nodes)
