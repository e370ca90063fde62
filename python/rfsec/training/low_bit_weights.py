# SPDX-License-Identifier: GPL-3.0-or-later
"""Weights of one, two and sixteen bits: how an ONNX file holds them, and what they need in theory (table V of the LSTM paper)."""

from dataclasses import dataclass

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from torch import nn

HALVED = " Weights rounded to float16."  # the sentence of a card whose network went through `halved`
_LEAST_WEIGHTS = 256  # below that a file gains nothing
_LEAST_PER_SCALE = 8  # a scale takes four bytes, and each weight saves three


def store_levels(model: onnx.ModelProto) -> None:
    """Store in one byte each the weights of `model` that are -1, 0 or +1, or these times one scale a row (the last axis).

    In the graph they are turned to float32 and scaled. ONNX Runtime does that once, when it loads the model.
    """
    nodes, stored = [], []
    for tensor in model.graph.initializer:
        weight = numpy_helper.to_array(tensor)
        if weight.dtype != np.float32 or weight.ndim < 2 or weight.size < _LEAST_WEIGHTS:
            stored.append(tensor)
            continue
        scale = np.abs(weight).max(axis=-1, keepdims=True)
        plain = bool(np.all((scale == 1) | (scale == 0)))
        if not np.array_equal(np.sign(weight) * scale, weight) or not plain and weight.shape[-1] < _LEAST_PER_SCALE:
            stored.append(tensor)
            continue
        levels, floats, factor = (f"{tensor.name}{ending}" for ending in ("_levels", "_floats", "_scale"))
        stored.append(numpy_helper.from_array(np.sign(weight).astype(np.int8), levels))
        nodes.append(helper.make_node("Cast", [levels], [tensor.name if plain else floats], to=TensorProto.FLOAT))
        if not plain:
            stored.append(numpy_helper.from_array(scale, factor))
            nodes.append(helper.make_node("Mul", [floats, factor], [tensor.name]))
    _replace(model, stored, nodes)


def halved(network: nn.Module) -> nn.Module:
    """Round the weights of a float32 network to float16, in place, so that `store_halves` stores them in half the bytes."""
    return network.half().float()


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
    _replace(model, stored, nodes)


def _replace(model: onnx.ModelProto, stored: list, first: list) -> None:
    rest = list(model.graph.node)
    del model.graph.initializer[:], model.graph.node[:]
    model.graph.initializer.extend(stored)
    model.graph.node.extend([*first, *rest])


@dataclass(frozen=True)
class WeightMemory:
    """A row of table V.

    Attributes
    ----------
    weights : int
        Numbers that a layer learns, with one bias vector for each LSTM gate.
    multiplications : int
        By weights, each counted once: of one step of an LSTM, or of one position of a convolution.
    megabits : float
        weights times bits, in 10^6 bits. The paper calls this unit MB: its 6.4 MB are 200,075 weights of 32 bits, which
        are 0.8 megabytes.
    """

    weights: int
    multiplications: int
    megabits: float


def weight_memory(network: nn.Module, bits: int) -> WeightMemory:
    """Return what the weights of `network` need at `bits` a weight, as table V counts.

    The paper's own multiplications of the LSTM, 262,144, are those of two layers with 128 inputs each; the first has 2.
    Batch normalization is left out: it ends up in thresholds.
    """
    counted = multiplied = 0
    for module in network.modules():
        if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
            continue
        for name, parameter in module.named_parameters(recurse=False):
            if parameter.dim() > 1:
                multiplied += parameter.numel()
            if not name.startswith("bias_hh"):  # PyTorch adds a second bias vector to the first
                counted += parameter.numel()
    return WeightMemory(counted, multiplied, counted * bits / 1e6)
