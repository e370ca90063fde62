# SPDX-License-Identifier: GPL-3.0-or-later
"""Multiply-adds as counted by hand, and memory that grows with what a model holds."""

import subprocess
import sys

import numpy as np
import onnx
import pytest
from gnuradio.rfsec.errors import ModelError
from gnuradio.rfsec.inference.catalog import find_model
from gnuradio.rfsec.inference.memory import peak_memory_bytes
from gnuradio.rfsec.inference.multiply_adds import multiply_adds
from odd_models import write_range_model
from onnx import TensorProto, helper, numpy_helper


def write_graph(path, nodes, weights, length=32):
    """A graph from ``windows`` [batch, 2, length] to ``out``, without a card: counting needs none."""
    graph = helper.make_graph(
        nodes, "hand", [helper.make_tensor_value_info("windows", TensorProto.FLOAT, ["batch", 2, length])],
        [helper.make_tensor_value_info("out", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(value, name) for name, value in weights.items()])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)
    return path


def ones(*shape):
    return np.ones(shape, np.float32)


def test_the_papers_lstm():
    """Each of 128 steps: four gates of 128 cells from 2 (then 128) inputs and 128 states; one dense layer of 11."""
    by_hand = 128 * 4 * 128 * (2 + 128) + 128 * 4 * 128 * (128 + 128) + 128 * 11
    assert by_hand == 25_298_304
    found = multiply_adds(find_model("lstm-amp-phase"), 128)
    assert found.count == by_hand and found.uncounted == ()


def test_counting_leaves_telemetry_off():
    code = "import os; os.environ.pop('ORT_DISABLE_TELEMETRY', None)\n" \
        "import gnuradio.rfsec.inference.multiply_adds; print(os.environ.get('ORT_DISABLE_TELEMETRY'))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "1\n"


def test_our_default():
    """Convolutions, a GRU of two directions and 32 steps, attention, two dense layers."""
    convolutions = 128 * 64 * 5 * 7 + 64 * 64 * 64 * 5 + 2 * 64 * 64 * 64 * 3 + 32 * 64 * 64 * 3 + 2 * 32 * 64 * 64 * 3
    recurrent = 32 * 2 * 3 * 64 * (64 + 64)
    assert multiply_adds(find_model("conv-bigru"), 128).count == convolutions + recurrent + 32 * 128 + 384 * 128 + 128 * 11


@pytest.mark.parametrize("nodes, weights, count", [
    ([helper.make_node("Conv", ["windows", "w"], ["out"], strides=[2])], {"w": ones(6, 2, 3)}, 15 * 6 * 2 * 3),
    ([helper.make_node("Conv", ["windows", "w"], ["out"], group=2, pads=[1, 1])], {"w": ones(6, 1, 3)}, 32 * 6 * 1 * 3),
    ([helper.make_node("Flatten", ["windows"], ["flat"]), helper.make_node("Gemm", ["flat", "w"], ["out"], transB=1)],
     {"w": ones(5, 64)}, 64 * 5),
    ([helper.make_node("MatMul", ["windows", "w"], ["out"])], {"w": ones(32, 7)}, 2 * 32 * 7),
    ([helper.make_node("Relu", ["windows"], ["out"])], {}, 0)])
def test_operators_by_hand(tmp_path, nodes, weights, count):
    found = multiply_adds(write_graph(tmp_path / "hand.onnx", nodes, weights), 32)
    assert found.count == count and found.uncounted == ()


def test_whole_numbers_count_like_floats(tmp_path):
    """A matrix product and a convolution in int8, between a quantizer and a cast."""
    weights = {"scale": ones()[()] * np.float32(0.1), "zero": np.array(0, np.uint8), "w": np.ones((6, 2, 3), np.int8),
               "m": np.ones((30, 4), np.int8)}
    nodes = [helper.make_node("QuantizeLinear", ["windows", "scale", "zero"], ["whole"]),
             helper.make_node("ConvInteger", ["whole", "w"], ["sums"]), helper.make_node("Cast", ["sums"], ["bytes"], to=TensorProto.INT8),
             helper.make_node("MatMulInteger", ["bytes", "m"], ["product"]), helper.make_node("Cast", ["product"], ["out"], to=TensorProto.FLOAT)]
    assert multiply_adds(write_graph(tmp_path / "int8.onnx", nodes, weights), 32).count == 30 * 6 * 2 * 3 + 6 * 30 * 4


def test_a_loop_counts_as_often_as_it_turns(tmp_path):
    body = helper.make_graph(
        [helper.make_node("MatMul", ["x", "w"], ["y"]), helper.make_node("Identity", ["go"], ["on"])], "body",
        [helper.make_tensor_value_info("i", TensorProto.INT64, []), helper.make_tensor_value_info("go", TensorProto.BOOL, []),
         helper.make_tensor_value_info("x", TensorProto.FLOAT, None)],
        [helper.make_tensor_value_info("on", TensorProto.BOOL, []), helper.make_tensor_value_info("y", TensorProto.FLOAT, None)])
    weights = {"w": ones(32, 32), "trips": np.array(9, np.int64), "go0": np.array(True)}
    nodes = [helper.make_node("Loop", ["trips", "go0", "windows"], ["out"], body=body)]
    assert multiply_adds(write_graph(tmp_path / "loop.onnx", nodes, weights), 32).count == 9 * 2 * 32 * 32


def test_what_shapes_do_not_tell_is_named(tmp_path):
    nodes = [helper.make_node("Einsum", ["windows", "w"], ["out"], equation="bct,tu->bcu")]
    found = multiply_adds(write_graph(tmp_path / "einsum.onnx", nodes, {"w": ones(32, 7)}), 32)
    assert found.uncounted == ("Einsum",)


def test_memory_grows_with_the_batch_and_a_failure_is_one_line(tmp_path):
    path = find_model("lstm-amp-phase")
    one, many = (peak_memory_bytes(path, batch, 128, 1) for batch in (1, 256))
    assert 800_000 < one < many  # at least the weights
    (tmp_path / "broken.onnx").write_bytes(b"no model")
    with pytest.raises(ModelError, match="measures its memory at batch 1 failed: .*not an ONNX model") as caught:
        peak_memory_bytes(tmp_path / "broken.onnx", 1, 128, 1)
    assert "\n" not in str(caught.value)


def test_a_graph_that_fails_is_an_error_of_one_line(tmp_path):
    path = write_range_model(tmp_path / "holes.onnx", 32, 97, multiple_of=32)
    with pytest.raises(ModelError, match=r"holes.onnx: the model failed on windows of \(1, 2, 97\)") as caught:
        multiply_adds(path, 97)
    assert "\n" not in str(caught.value)
