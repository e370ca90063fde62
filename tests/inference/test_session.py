# SPDX-License-Identifier: GPL-3.0-or-later
"""A model file that is damaged, or does not do what its card says, is refused with one line."""

import json

import numpy as np
import onnx
import pytest
from gnuradio.rfsec.errors import ModelError, ParameterError
from gnuradio.rfsec.inference.catalog import find_model, list_models, models_folder
from gnuradio.rfsec.inference.representations import represent
from gnuradio.rfsec.inference.session import ModelSession
from hypothesis import given
from hypothesis import strategies as st
from onnx import TensorProto, helper
from small_model import small_card, write_small_model
from odd_models import write_failing_model


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.onnx"


def refused(path) -> str:
    with pytest.raises(ModelError) as caught:
        ModelSession(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ") and "\n" not in message
    return message


def test_probabilities_are_the_softmax_of_the_logits_over_the_temperature(path):
    head = {**small_card()["heads"][0], "temperature": 2.5}
    session = ModelSession(write_small_model(path, card=small_card(heads=[head])))
    windows = np.random.default_rng(1).normal(size=(9, 2, 128)).astype(np.float32)
    weights = onnx.numpy_helper.to_array(onnx.load(path).graph.initializer[0]).astype(np.float64)
    scores = np.exp(windows.reshape(9, -1).astype(np.float64) @ weights / 2.5)
    (found,) = session.run(windows)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, scores / scores.sum(axis=1, keepdims=True), rtol=1e-4, atol=1e-7)


def test_a_missing_file_is_refused(path):
    assert "there is no such model file" in refused(path)


def test_a_model_without_a_card_is_refused(path):
    assert "the model has no card; write one to its ONNX metadata key 'rfsec.card'" in refused(without_card(write_small_model(path)))


def without_card(path):
    model = onnx.load(path)
    del model.metadata_props[:]
    onnx.save(model, path)
    return path


def test_a_broken_card_is_refused_by_the_sessions_file(path):
    assert "its card is not JSON" in refused(write_small_model(path, card="{broken"))


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.99])
def test_a_truncated_file_is_refused(path, share):
    data = write_small_model(path).read_bytes()
    path.write_bytes(data[:int(len(data) * share)])
    refused(path)


@pytest.mark.parametrize("seed", range(5))
def test_random_bytes_are_refused(path, seed):
    path.write_bytes(np.random.default_rng(seed).bytes(3000))
    assert "not an ONNX model that can be run" in refused(path)


@given(st.lists(st.tuples(st.integers(0, 3800), st.integers(0, 255)), min_size=1, max_size=20))
def test_damaged_bytes_are_refused_or_harmless(tmp_path_factory, damage):
    path = tmp_path_factory.mktemp("damaged") / "model.onnx"
    data = bytearray(write_small_model(path).read_bytes())
    for position, value in damage:
        data[position % len(data)] = value
    path.write_bytes(data)
    try:
        ModelSession(path).run(np.zeros((1, 2, 128), np.float32))
    except ModelError as error:
        assert "\n" not in str(error)


@pytest.mark.parametrize("card, message", [
    (small_card(heads=[{**small_card()["heads"][0], "labels": ["a", "b"]}]), "the card's head 'modulation' has 2 labels, but the graph's output is"),
    (small_card(heads=[{**small_card()["heads"][0], "name": "emitter"}]), "the card's head 'emitter' is no output of the graph, which has modulation"),
    (small_card(length=64), "says 64 to 64 samples, but the graph takes 128 only"),
    (small_card(input={**small_card()["input"], "window_max": 256}), "says 128 to 256 samples, but the graph takes 128 only")])
def test_a_card_that_does_not_fit_its_graph_is_refused(path, card, message):
    assert message in refused(write_small_model(path, card=card))


@pytest.mark.parametrize("shape, kind, output, message", [
    (["batch", 2, 128], TensorProto.DOUBLE, TensorProto.DOUBLE, "must have one float32 input"),
    (["batch", 256], TensorProto.FLOAT, TensorProto.FLOAT, "must have one float32 input"),
    ([1, 2, 128], TensorProto.FLOAT, TensorProto.FLOAT, "with a free batch"),
    (["batch", 3, 128], TensorProto.FLOAT, TensorProto.FLOAT, "must be [batch, 2, window]"),
    (["batch", 2, 128], TensorProto.FLOAT, TensorProto.INT64, "must be float32")])
def test_a_graph_of_another_kind_is_refused(path, shape, kind, output, message):
    card = small_card(heads=[{**small_card()["heads"][0], "labels": [str(one) for one in range(np.prod(shape[1:]))]}])
    nodes = [helper.make_node("Flatten", ["windows"], ["flat"], axis=1), helper.make_node("Cast", ["flat"], ["modulation"], to=output)]
    graph = helper.make_graph(nodes, "odd", [helper.make_tensor_value_info("windows", kind, shape)],
                              [helper.make_tensor_value_info("modulation", output, [shape[0], "labels"])])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    helper.set_model_props(model, {"rfsec.card": json.dumps(card)})
    onnx.save(model, path)
    assert message in refused(path)


def test_a_graph_that_fails_while_it_runs_is_an_error_of_one_line(path):
    session = ModelSession(write_failing_model(path, 32))
    assert session.run(np.zeros((4, 2, 32), np.float32))[0].shape == (4, 3)
    with pytest.raises(ModelError, match=r"model\.onnx: the model failed on windows of \(4, 2, 32\)") as caught:
        session.run(np.full((4, 2, 32), 50, np.float32))
    assert "\n" not in str(caught.value)


def test_a_window_length_outside_the_range_is_refused(path):
    session = ModelSession(write_small_model(path))
    session.check_window(128)
    for length in (0, 127, 129):
        with pytest.raises(ModelError, match=f"takes windows of exactly 128 samples. Got {length} instead"):
            session.check_window(length)


@pytest.mark.parametrize("threads", [0, 10**11])
def test_threads_that_cannot_be_are_refused(path, threads):
    with pytest.raises(ParameterError, match=f"'threads' of a model session must be 1 to 1024. Got {threads}"):
        ModelSession(write_small_model(path), threads=threads)


def test_a_name_that_is_no_model_lists_those_that_are():
    with pytest.raises(ModelError, match="nonsense: neither a model file nor one of the shipped models: default") as caught:
        find_model("nonsense")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", sorted(list_models()))
def test_every_shipped_model_is_what_its_card_says(name):
    session = ModelSession(find_model(name))
    card = session.card
    assert card.name == name and find_model(name).parent == models_folder()
    windows = represent(card.input.representation, np.ones((3, card.input.window_min), np.complex64))
    for head, values in zip(card.heads, session.run(windows)):
        assert values.shape == (3, len(head.labels))
        np.testing.assert_allclose(values.sum(axis=1), 1, rtol=1e-5)


@pytest.mark.filterwarnings("error")
def test_representations_are_normalised_and_bear_bad_samples():
    windows = (np.random.default_rng(1).normal(size=(6, 2 * 128)) * 1e-3).astype(np.float32).view(np.complex64)
    windows[3], windows[4, 5], windows[5, 7] = 0, np.nan, np.inf
    iq, polar = represent("iq", windows), represent("amp_phase", windows)
    np.testing.assert_allclose(np.square(iq[:3]).sum(axis=(1, 2)) / 128, 1, rtol=1e-5)
    np.testing.assert_allclose(np.square(polar[:3, 0]).sum(axis=1), 1, rtol=1e-5)
    np.testing.assert_allclose(polar[:3, 1], np.angle(windows[:3]) / np.pi, atol=1e-6)
    assert not iq[3].any() and not polar[3].any()
    assert not np.isfinite(iq[4:]).all(axis=(1, 2)).any() and not np.isfinite(polar[4:]).all(axis=(1, 2)).any()
    with pytest.raises(ParameterError, match="must be one of iq, amp_phase, iq_min_max. Got 'spectrum'"):
        represent("spectrum", windows)


@pytest.mark.filterwarnings("error")
def test_min_max_spans_minus_one_to_one_in_each_row():
    windows = np.random.default_rng(1).normal(size=(7, 2 * 128)).astype(np.float32).view(np.complex64) * 1e-3 + (5 - 2j)
    windows[3], windows[4, 5], windows[5, 7] = 2 + 3j, np.nan, np.inf
    windows[6] = 4 + 1j * np.arange(128)
    before = windows.copy()
    found = represent("iq_min_max", windows)
    np.testing.assert_array_equal(windows, before)
    single = np.full((2, 1), 3 + 4j, np.complex64)
    assert not represent("iq_min_max", single).any() and (single == 3 + 4j).all()
    assert found.dtype == np.float32 and found.shape == (7, 2, 128) and found.flags.c_contiguous
    for row, part in ((0, windows[:3].real.astype(float)), (1, windows[:3].imag.astype(float))):
        low, high = part.min(axis=1, keepdims=True), part.max(axis=1, keepdims=True)
        np.testing.assert_allclose(found[:3, row], (part - low) / (high - low) * 2 - 1, atol=1e-3)
    assert (found[:3].min(axis=2) == -1).all() and (found[:3].max(axis=2) == 1).all()
    assert not found[3].any() and not found[6, 0].any()
    np.testing.assert_allclose(found[6, 1], np.linspace(-1, 1, 128), atol=1e-6)
    assert not np.isfinite(found[4:6]).all(axis=(1, 2)).any()
