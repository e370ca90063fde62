# SPDX-License-Identifier: GPL-3.0-or-later
"""Weights of two or three values: how an ONNX file holds them, and what they need in theory (table V of the LSTM paper)."""

from dataclasses import dataclass

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from torch import nn

from .graph_edit import replace_weights

_LEAST_WEIGHTS = 256  # below that a file gains nothing
_DIGITS = {2: 8, 3: 5}  # of a byte, to the base of the weights' values
_LEAST_PER_SCALE = 8  # a scale takes four bytes, and each weight saves three


def store_levels(model: onnx.ModelProto) -> None:
    """Pack the weights of `model` that are -1, 0 or +1, or these times one scale a row (the last axis).

    A byte holds eight weights of -1 and +1, or five of -1, 0 and +1; in the graph a table of 256 rows tells what it
    stands for. ONNX Runtime unpacks once, when it loads the model.
    """
    nodes, stored, tables = [], [], {}
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
        levels = np.sign(weight)
        values = (-1, 1) if levels.all() else (-1, 0, 1)
        table = f"levels_of_{len(values)}"
        tables[table] = numpy_helper.from_array(_table_of(values), table)
        stored += [
            numpy_helper.from_array(_packed(levels, values), f"{tensor.name}_packed"),
            numpy_helper.from_array(np.array([weight.size]), f"{tensor.name}_end"),
            numpy_helper.from_array(np.array(weight.shape), f"{tensor.name}_shape"),
        ]
        unscaled = tensor.name if plain else f"{tensor.name}_levels"
        nodes += _unpacking(tensor.name, table, unscaled)
        if not plain:
            factor = f"{tensor.name}_scale"
            stored.append(numpy_helper.from_array(scale, factor))
            nodes.append(helper.make_node("Mul", [unscaled, factor], [tensor.name]))
    if tables:
        tables |= {name: numpy_helper.from_array(np.array([value]), name) for name, value in (("levels_flat", -1), ("levels_begin", 0))}
    replace_weights(model, [*tables.values(), *stored], nodes)


def _unpacking(name: str, table: str, out: str) -> list[onnx.NodeProto]:
    """Return the nodes that look the packed bytes of the weight `name` up, cut off what filled the last, and give its shape to `out`."""
    index, rows, whole, cut = (f"{name}_{ending}" for ending in ("packed_index", "rows", "whole", "whole_cut"))
    return [
        helper.make_node("Cast", [f"{name}_packed"], [index], to=TensorProto.INT32),
        helper.make_node("Gather", [table, index], [rows]),
        helper.make_node("Reshape", [rows, "levels_flat"], [whole]),
        helper.make_node("Slice", [whole, "levels_begin", f"{name}_end"], [cut]),
        helper.make_node("Reshape", [cut, f"{name}_shape"], [out]),
    ]


def _table_of(values: tuple[int, ...]) -> np.ndarray:
    """Return the weights, float32 [256, as many as fit], that each byte stands for: its digits to the base of their number."""
    powers = len(values) ** np.arange(_DIGITS[len(values)])
    return np.array(values, np.float32)[np.arange(256)[:, None] // powers % len(values)]


def _packed(levels: np.ndarray, values: tuple[int, ...]) -> np.ndarray:
    """Return whole numbers among `values` as bytes of `_DIGITS` digits each; the last byte is filled up."""
    found, digits = np.searchsorted(values, levels.ravel()), _DIGITS[len(values)]
    padded = np.pad(found, (0, -len(found) % digits)).reshape(-1, digits)
    return (padded @ len(values) ** np.arange(digits)).astype(np.uint8)


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
