# SPDX-License-Identifier: GPL-3.0-or-later
"""A model with several heads in one block: a label stream, probabilities and records for each, and what is refused."""

import json

import numpy as np
import onnx
import pmt
import pytest
import small_joint
from companion import complaints, new_flowgraph, validated
from flowgraphs import ArraySink, ChunkedSource, RecordCollector, complex_noise, run
from gnuradio import gr, rfsec
from gnuradio.rfsec.inference.representations import represent
from gnuradio.rfsec.records import DecisionRecord
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper
from small_model import small_card, write_small_model

LENGTH = 32
HEADS = ("modulation", small_joint.MODULATIONS), ("emitter", small_joint.EMITTERS)
THRESHOLDS = {"modulation": 0.0, "emitter": 0.99}
SIZES = tuple((name, len(labels)) for name, labels in HEADS)


def joint_card(**changes) -> dict:
    heads = [{"name": name, "labels": labels, "temperature": 2.0, "reject_threshold": THRESHOLDS[name]} for name, labels in HEADS]
    return small_card(LENGTH, **{"heads": heads, **changes})


@pytest.fixture(scope="module")
def joint(tmp_path_factory):
    return write_small_model(tmp_path_factory.mktemp("model") / "joint.onnx", LENGTH, card=joint_card(), heads=SIZES)


class Decided:
    """One run over samples: what comes out of the four outputs, and the records of each head."""

    def __init__(self, samples, model, *, sizes=(1 << 20,), tags=(), meanwhile=lambda block: None, outputs=4, **options):
        top, source = gr.top_block(), ChunkedSource(samples, sizes, tags)
        windower, self.block = rfsec.iq_windower(LENGTH, LENGTH), rfsec.onnx_classifier(str(model), LENGTH, **options)
        sinks, collector = [ArraySink(self.block, port) for port in range(outputs)], RecordCollector()
        top.connect(source, windower, self.block)
        for port, sink in enumerate(sinks):
            top.connect((self.block, port), sink)
        top.msg_connect(self.block, "decisions", collector, "decisions")
        meanwhile(self.block)
        run(top)
        self.streams = [sink.items() for sink in sinks]
        self.records = [DecisionRecord.from_pmt(message) for message in collector.messages]
        self.lines = [one.to_json() for one in self.records]

    def of(self, head: str) -> list[DecisionRecord]:
        return [one for one in self.records if one.head == head]


def test_each_head_has_its_labels_probabilities_and_records(joint):
    samples = complex_noise(LENGTH * 300)
    found = Decided(samples, joint, classes=[8, 6])
    expected = rfsec.ModelSession(joint).run(represent("iq", samples.reshape(-1, LENGTH)))
    assert [len(values[0]) for values in expected] == [8, 6]
    for index, (name, labels) in enumerate(HEADS):
        stream, probabilities = found.streams[2 * index: 2 * index + 2]
        np.testing.assert_array_equal(stream, expected[index].argmax(axis=1))
        np.testing.assert_allclose(probabilities, expected[index], atol=1e-6)
        assert [one.label for one in found.of(name)] == [labels[best] for best in stream]
        np.testing.assert_allclose([one.confidence for one in found.of(name)], expected[index].max(axis=1), atol=2e-6)
        assert [one.sample_start for one in found.of(name)] == list(range(0, len(samples), LENGTH))
    assert len(found.records) == 600


def test_each_head_has_a_threshold_of_its_own(joint):
    found = Decided(complex_noise(LENGTH * 300), joint)
    assert {one.verdict for one in found.of("modulation")} == {"accepted"}
    verdicts = {(one.verdict, one.confidence >= THRESHOLDS["emitter"]) for one in found.of("emitter")}
    assert verdicts == {("accepted", True), ("unknown", False)}


@settings(max_examples=8, deadline=None)
@given(total=st.integers(0, 9000), sizes=st.lists(st.integers(1, 3000), min_size=1, max_size=4), batch=st.sampled_from([7, 64]),
       outputs=st.sampled_from([0, 1, 2, 3, 4]))
def test_records_of_all_heads_keep_their_order_however_the_stream_is_cut(joint, total, sizes, batch, outputs):
    samples = complex_noise(total)
    samples[3::700] = np.nan
    whole, cut = Decided(samples, joint, batch=batch), Decided(samples, joint, batch=batch, sizes=sizes, outputs=outputs)
    assert [(one.sample_start, one.head) for one in whole.records] == [
        (start, name) for start in range(0, total - LENGTH + 1, LENGTH) for name, _ in HEADS]
    assert whole.lines == cut.lines
    assert [one.tobytes() for one in whole.streams[:outputs]] == [one.tobytes() for one in cut.streams]


def test_both_heads_name_the_same_samples_after_a_discontinuity(joint):
    tags = [(0, "rx_rate", pmt.from_double(1e6))] + [(at, "rx_freq", pmt.from_double(at * 1e6)) for at in (70, 200, 777)]
    samples = complex_noise(3000)
    samples[90::400] = np.nan
    found = Decided(samples, joint, tags=tags)
    places = [[(one.sample_start, one.sample_count, one.freq_hz, one.verdict == "skipped") for one in found.of(name)] for name, _ in HEADS]
    assert places[0] == places[1] and {70, 102, 200, 777}.issubset(place[0] for place in places[0])


def test_a_window_that_was_not_decided_is_marked_by_all_heads(joint):
    samples = complex_noise(LENGTH * 40)
    samples[LENGTH * 5] = np.nan
    found = Decided(samples, joint)
    for labels, probabilities in (found.streams[:2], found.streams[2:]):
        assert np.flatnonzero(labels == -1).tolist() == [5] and not probabilities[5].any()
    assert [(one.head, one.sample_start) for one in found.records if one.verdict == "skipped"] == [(name, LENGTH * 5) for name, _ in HEADS]


def test_skipping_keeps_a_place_for_every_window_in_every_head(joint):
    count = 4000
    found = Decided(complex_noise(LENGTH * count), joint, on_overload="skip", batch=1, sizes=(LENGTH * 500,))
    labels = found.streams[0], found.streams[2]
    assert [len(stream) for stream in found.streams] == [count] * 4
    np.testing.assert_array_equal(labels[0] == -1, labels[1] == -1)
    assert found.block.skipped == (labels[0] == -1).sum() > 0
    covered = [[(one.sample_start, one.sample_count, one.verdict == "skipped") for one in found.of(name)] for name, _ in HEADS]
    assert covered[0] == covered[1] and sum(one[1] for one in covered[0]) == LENGTH * count


def test_after_finish_all_heads_let_the_stream_pass(joint):
    class Finishing(ChunkedSource):
        """Asks the classifier to finish before the third piece."""

        def work(self, input_items, output_items):
            if self._calls == 2:
                block.finish()
            return ChunkedSource.work(self, input_items, output_items)

    top, source, windower = gr.top_block(), Finishing(complex_noise(LENGTH * 90), (LENGTH * 30,)), rfsec.iq_windower(LENGTH, LENGTH)
    block, collector = rfsec.onnx_classifier(str(joint), LENGTH), RecordCollector()
    sinks = [ArraySink(block, port) for port in range(4)]
    top.connect(source, windower, block)
    for port, sink in enumerate(sinks):
        top.connect((block, port), sink)
    top.msg_connect(block, "decisions", collector, "decisions")
    run(top)
    lengths = [len(sink.items()) for sink in sinks]
    heads = [DecisionRecord.from_pmt(message).head for message in collector.messages]
    assert len(set(lengths)) == 1 and lengths[0] == block.classified <= 60
    assert heads == [name for name, _ in HEADS] * lengths[0]


@pytest.mark.parametrize("classes", [None, 8, [8], (8, 6), np.array([8, 6])])
def test_classes_may_name_the_first_heads_or_all(joint, classes):
    assert rfsec.onnx_classifier(str(joint), LENGTH, classes=classes).output_signature().max_streams() == 4


@pytest.mark.parametrize("classes, message", [
    ([8, 7], r"the head 'emitter' has 6 labels\. Got classes=\[8, 7\] instead"),
    ([6, 8], r"the head 'modulation' has 8 labels"),
    ([8, 6, 2], r"the model has the heads 'modulation', 'emitter', and 'classes' has a number for each of them"),
    ([], r"the model has the heads 'modulation', 'emitter'"), ("x", r"the head 'modulation' has 8 labels\. Got classes=x"),
    (1.5, r"Got classes=1\.5 instead")])
def test_classes_that_are_not_the_cards_are_refused_by_name(joint, classes, message):
    with pytest.raises(rfsec.RfsecError, match=message) as caught:
        rfsec.onnx_classifier(str(joint), LENGTH, classes=classes)
    assert "\n" not in str(caught.value)


def write_odd_head(path, shape, nodes, weights, kind=TensorProto.FLOAT):
    """A joint model whose head "emitter" is an odd one, of ``nodes`` that take "flat" and give "emitter"."""
    rng = np.random.default_rng(5)
    weights = [numpy_helper.from_array(rng.normal(size=(2 * LENGTH, 8)).astype(np.float32), "w_modulation"),
               *(numpy_helper.from_array(value, name) for name, value in weights.items())]
    nodes = [helper.make_node("Flatten", ["windows"], ["flat"], axis=1),
             helper.make_node("MatMul", ["flat", "w_modulation"], ["modulation"]), *nodes]
    graph = helper.make_graph(
        nodes, "odd", [helper.make_tensor_value_info("windows", TensorProto.FLOAT, ["batch", 2, LENGTH])],
        [helper.make_tensor_value_info("modulation", TensorProto.FLOAT, ["batch", 8]), helper.make_tensor_value_info("emitter", kind, shape)],
        weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    helper.set_model_props(model, {"rfsec.card": json.dumps(joint_card())})
    onnx.save(model, path)
    return path


PROJECTION = np.random.default_rng(6).normal(size=(2 * LENGTH, 6)).astype(np.float32)
PROJECT = helper.make_node("MatMul", ["flat", "w"], ["values"])
HALVE = helper.make_node("Slice", ["values", "starts", "ends", "axes", "steps"], ["emitter"])
HALVES = {"w": PROJECTION, "starts": np.array([0]), "ends": np.array([1 << 40]), "axes": np.array([0]), "steps": np.array([2])}
MEAN = helper.make_node("ReduceMean", ["values"], ["emitter"], axes=[0], keepdims=1)
ODD_HEADS = {
    "half as many rows": (["some", 6], [PROJECT, HALVE], HALVES, TensorProto.FLOAT, r"gave \(32, 6\) for 64 windows\. .* must be \(64, 6\)"),
    "one row for all windows": ([1, 6], [PROJECT, MEAN], {"w": PROJECTION}, TensorProto.FLOAT, r"must have a free batch, .* \[1, 6\]"),
    "too few labels": (["batch", 5], [helper.make_node("MatMul", ["flat", "w"], ["emitter"])], {"w": PROJECTION[:, :5].copy()},
                       TensorProto.FLOAT, r"6 labels, .*\['batch', 5\]"),
    "another type": (["batch", 6], [PROJECT, helper.make_node("Cast", ["values"], ["emitter"], to=TensorProto.DOUBLE)], {"w": PROJECTION},
                     TensorProto.DOUBLE, r"must be float32; it is tensor\(double\)"),
    "a third axis": (["batch", 6, 1], [PROJECT, helper.make_node("Unsqueeze", ["values", "axes"], ["emitter"])],
                     {"w": PROJECTION, "axes": np.array([2])}, TensorProto.FLOAT, r"\['batch', 6, 1\]"),
    "no axis but the batch": (["batch"], [PROJECT, helper.make_node("ReduceMean", ["values"], ["emitter"], axes=[1], keepdims=0)],
                              {"w": PROJECTION}, TensorProto.FLOAT, r"\['batch'\]"),
}


@pytest.mark.parametrize("name", ODD_HEADS)
def test_a_head_that_does_not_fit_is_refused_by_name_when_the_block_is_made(tmp_path, name):
    shape, nodes, weights, kind, message = ODD_HEADS[name]
    path = write_odd_head(tmp_path / "odd.onnx", shape, nodes, weights, kind)
    with pytest.raises(rfsec.ModelError, match=rf"odd\.onnx: .*(head|output) 'emitter' .*{message}") as caught:
        rfsec.onnx_classifier(str(path), LENGTH)
    assert "\n" not in str(caught.value)


def test_a_head_that_the_graph_lacks_is_named(tmp_path):
    path = write_small_model(tmp_path / "one.onnx", LENGTH, card=joint_card(), heads=SIZES[:1])
    with pytest.raises(rfsec.ModelError, match=r"one\.onnx: the card's head 'emitter' is no output of the graph, which has modulation\.$"):
        rfsec.onnx_classifier(str(path), LENGTH)


@pytest.mark.parametrize("classes, ports", [
    ("11", [("short", 1), ("float", 11)]), ("8, 6", [("short", 1), ("float", 8), ("short", 1), ("float", 6)]),
    ("[2, 3, 4, 5]", [one for labels in (2, 3, 4, 5) for one in (("short", 1), ("float", labels))])])
def test_the_companion_shows_a_pair_of_outputs_for_each_head(classes, ports):
    flowgraph = new_flowgraph()
    block = flowgraph.new_block("rfsec_onnx_classifier")
    block.params["id"].set_value("classifier")
    block.params["classes"].set_value(classes)
    validated(flowgraph)
    streams = [port for port in block.active_sources if port.domain == "stream"]
    assert [(port.dtype, port.vlen) for port in streams] == ports
    assert [port.key for port in streams] == [str(number) for number in range(len(ports))]
    assert complaints(flowgraph) == ["Sink - in(0): Port is not connected."]
    made = eval(block.templates.render("make").partition("classes=")[2].partition(",\n")[0])
    assert list(made) == [port.vlen for port in streams[1::2]]


@pytest.mark.parametrize("classes", ["1", "-1", "8, 1", "8, 40000", "2, 2, 2, 2, 2", "[]"])
def test_the_companion_refuses_numbers_that_no_model_has(classes):
    flowgraph = new_flowgraph()
    flowgraph.new_block("rfsec_onnx_classifier").params["classes"].set_value(classes)
    assert any("Assertion" in one and "classes" in one for one in complaints(validated(flowgraph)))
