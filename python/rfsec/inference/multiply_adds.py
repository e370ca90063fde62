# SPDX-License-Identifier: GPL-3.0-or-later
"""How many multiply-adds a model spends on one window, counted while ONNX Runtime runs it."""

import json
import math
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .runtime import onnxruntime, run_graph

# Position of the weights among an operator's inputs.
_WEIGHTS = {"Conv": 1, "ConvInteger": 1, "FusedConv": 1, "QLinearConv": 3}
# Products of rows: as many multiply-adds for each value that comes out as a row of the first input is long.
_PRODUCTS = {"MatMul", "MatMulInteger", "MatMulIntegerToFloat", "DynamicQuantizeMatMul", "QLinearMatMul", "CDist"}
_RECURRENT = {"LSTM", "GRU", "RNN", "DynamicQuantizeLSTM"}
# What multiplies and adds too, but does not show in the shapes how often.
_UNKNOWN = {"Einsum", "ConvTranspose", "QGemm", "Attention", "SVMClassifier", "SVMRegressor", "LinearClassifier"}


@dataclass(frozen=True)
class MultiplyAdds:
    """``count`` for one window; ``uncounted`` names the operators whose multiply-adds it leaves out, usually none."""

    count: int
    uncounted: tuple[str, ...]


def multiply_adds(path: Path, length: int) -> MultiplyAdds:
    """Count the multiply-adds of convolutions, matrix products and recurrent layers for one window of ``length`` samples.

    Counted from the shapes that pass through the operators in one run, so that a loop counts as often as it turns.
    Activations, normalisation, pooling and other element-wise work are left out, as usual. ``path`` must be a model
    that :class:`.session.ModelSession` accepts. Raises ModelError where its graph fails.
    """
    counted, uncounted = 0, set()
    for operator, inputs, outputs in _operators(path, length):
        if operator in _UNKNOWN:
            uncounted.add(operator)
        else:
            counted += _of_operator(operator, inputs, outputs)
    return MultiplyAdds(counted, tuple(sorted(uncounted)))


def _of_operator(operator: str, inputs: list[list[int]], outputs: list[list[int]]) -> int:
    if operator in _WEIGHTS:  # weights [out, in / groups, *kernel]: one kernel for each value that comes out
        return math.prod(outputs[0]) * math.prod(inputs[_WEIGHTS[operator]][1:])
    if operator in _RECURRENT:  # input [time, batch, in]; both weights [directions, gates * cells, ...] at each step
        return math.prod(inputs[0][:2]) * (math.prod(inputs[1]) + math.prod(inputs[2]))
    if operator == "Gemm":  # [rows, inner] or transposed, [rows, out]
        return math.prod(inputs[0]) * outputs[0][1]
    if operator in _PRODUCTS:
        return math.prod(outputs[0]) * inputs[0][-1]
    return 0


def _operators(path: Path, length: int):
    """Name, input shapes and output shapes of each operator that runs for one window."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 4
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL  # the graph as it was written
    options.add_session_config_entry("session.disable_prepacking", "1")  # packed weights have no shape in the profile
    options.enable_profiling = True
    with tempfile.TemporaryDirectory() as folder:
        options.profile_file_prefix = str(Path(folder) / "profile")
        session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        window = np.random.default_rng(1).normal(size=(1, 2, length)).astype(np.float32)
        run_graph(session, None, {session.get_inputs()[0].name: window}, path)
        events = json.loads(Path(session.end_profiling()).read_text())
    for event in events:
        if event["cat"] == "Node" and event["name"].endswith("_kernel_time"):
            yield (event["args"]["op_name"], *([shape for one in event["args"][key] for shape in one.values()]
                                               for key in ("input_type_shape", "output_type_shape")))
