# SPDX-License-Identifier: GPL-3.0-or-later
"""Int8 for ONNX Runtime: which layers of a graph become 8-bit, and how. It needs the package ``onnx`` (script/bootstrap --dev)."""

import logging
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import ModelError
from . import session as _session  # noqa: F401 - turns ONNX Runtime's telemetry off before anything else imports it

INT8_OPERATORS = frozenset({"QuantizeLinear", "DequantizeLinear", "DynamicQuantizeLSTM", "QLinearConv", "ConvInteger",
                            "MatMulInteger"})
_WEIGHTED = {"Conv", "Gemm"}
# These only hand on what a quantized layer gives them. Between two such layers they stay 8-bit, which saves going to
# float and back; elsewhere (features made from I and Q, attention weights) 8 bits would cost accuracy and save nothing.
_PASSING = {"Relu", "Add", "Concat", "MaxPool", "AveragePool", "GlobalAveragePool", "Flatten", "Reshape"}
_BATCH = 64
_FEW_LEVELS = "levels_of_"  # what packed weights of few levels are looked up in, see ``training.low_bit_weights``


def quantise_graph(model: Any, windows: np.ndarray, out: Path) -> str:
    """Write ``model`` with 8-bit weights to ``out`` and return how, in a clause for its card.

    Convolutions, and the dense layers of a graph that has any, become quantize-dequantize pairs that ONNX Runtime fuses
    into integer kernels (Jacob et al., CVPR 2018, doi:10.1109/CVPR.2018.00286): one scale per output channel for the
    weights, one range per activation, from the least to the greatest value on ``windows``. LSTM layers get 8-bit weights
    and a scale for their input that is found at run time. GRU layers and the layer that gives the logits stay float.
    Weights use 7 of the 8 bits: sums of two full products overflow 16 bits on x86 processors without VNNI.

    Parameters
    ----------
    model : onnx.ModelProto
    windows : float32 [n, 2, length], or a list of such arrays of several lengths
        What the model is meant for, in its representation.
    out : Path
        Its folder takes the steps between, too.

    Raises
    ------
    ModelError
        The graph is quantized already, its weights have few levels, or it has neither convolutions nor LSTM layers.
    """
    from onnxruntime.quantization import quantize_dynamic
    from onnxruntime.quantization.shape_inference import quant_pre_process

    # It logs a failure as a traceback, and goes on to one that is raised.
    logging.getLogger(quant_pre_process.__module__).setLevel(logging.CRITICAL)
    kinds = {node.op_type for node in model.graph.node}
    if kinds & INT8_OPERATORS:
        raise ModelError(f"the model is 8-bit already: its graph has {', '.join(sorted(kinds & INT8_OPERATORS))}.")
    if not kinds & {"Conv", "LSTM"}:
        raise ModelError("the model has neither convolutions nor LSTM layers, so int8 would not make it faster.")
    if any(constant.name.startswith(_FEW_LEVELS) for constant in model.graph.initializer):
        raise ModelError("the model's weights have two or three levels already: 8 bits would make them larger.")
    with tempfile.TemporaryDirectory(prefix=".quantise-", dir=out.parent) as folder:
        path, methods = Path(folder, "prepared.onnx"), []
        # Folds batch normalization into the convolutions. ``Dropout`` and shapes that nobody needs go, too.
        quant_pre_process(model, path, skip_symbolic_shape=True)
        if "Conv" in kinds:
            path = _quantise_static(path, windows if isinstance(windows, list) else [windows])
            methods.append("convolutions and hidden dense layers static (QDQ, per channel, min-max)")
        if "LSTM" in kinds:
            faster = Path(folder, "dynamic.onnx")
            quantize_dynamic(path, faster, op_types_to_quantize=["LSTM"], per_channel=True, reduce_range=True)
            path = faster
            methods.append("LSTM layers dynamic (DynamicQuantizeLSTM, per channel)")
        path.replace(out)
    return " and ".join(methods)


def _quantise_static(path: Path, windows: list[np.ndarray]) -> Path:
    from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
    from onnxruntime.quantization.quant_utils import load_model_with_shape_infer

    class Batches(CalibrationDataReader):
        """The calibration windows, some at a time."""

        def __init__(self, name: str):
            self._batches = ({name: part[first:first + _BATCH]} for part in windows for first in range(0, len(part), _BATCH))

        def get_next(self) -> dict[str, np.ndarray] | None:
            return next(self._batches, None)

    model, out = load_model_with_shape_infer(path), path.with_name("static.onnx")
    for number, node in enumerate(model.graph.node):
        node.name = node.name or f"node_{number}"  # the nodes to quantise are chosen by name, which ONNX does not ask for
    # 8-bit activations without sign: ONNX Runtime's x86 kernels multiply unsigned by signed, other pairs take twice as long.
    quantize_static(model, out, Batches(model.graph.input[0].name), quant_format=QuantFormat.QDQ, per_channel=True,
                    reduce_range=True, activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8,
                    nodes_to_quantize=_nodes_to_quantise(model.graph))
    return out


def _nodes_to_quantise(graph: Any) -> list[str]:
    logits, quantised, names = {output.name for output in graph.output}, set(), []
    for node in graph.node:
        carries_on = node.op_type in _PASSING and quantised & set(node.input)
        if (node.op_type in _WEIGHTED or carries_on) and not logits & set(node.output):
            quantised |= set(node.output)
            names.append(node.name)
    return names
