# SPDX-License-Identifier: GPL-3.0-or-later
"""``rfsec quantise`` from the front: int8 models are as right as their parents, and wrong files are refused in one line."""

import hashlib
import json
import resource

import numpy as np
import onnx
import pytest
from command_line import rfsec, the_error
from gnuradio.rfsec.cli.quantise import quantise
from gnuradio.rfsec.datasets.families import find_family
from gnuradio.rfsec.datasets.rml2016a import generate
from gnuradio.rfsec.errors import ModelError, RfsecError
from gnuradio.rfsec.inference.card import Metrics
from gnuradio.rfsec.inference.catalog import find_model
from gnuradio.rfsec.inference.evaluation import evaluate
from gnuradio.rfsec.inference.representations import represent
from gnuradio.rfsec.inference.session import ModelSession
from gnuradio.rfsec.training.quantise_int8 import _measured
from small_model import small_card, write_small_model


def shortened(name, folder):
    """A shipped model whose card names a smaller test set, so that measuring takes little time."""
    model = onnx.load(str(find_model(name)))
    card = json.loads(model.metadata_props[0].value)
    card["metrics"]["test_data"] = card["metrics"]["test_data"].replace(", 100 windows", ", 4 windows")
    assert ", 4 windows" in card["metrics"]["test_data"]
    onnx.helper.set_model_props(model, {"rfsec.card": json.dumps(card)})
    onnx.save(model, folder / f"{name}.onnx")
    return folder / f"{name}.onnx"


@pytest.mark.parametrize(("name", "operator", "size", "limit"), [
    ("conv-bigru", "QuantizeLinear", 0.6, "clipped"), ("lstm-amp-phase", "DynamicQuantizeLSTM", 0.4, "windows of the batch")])
def test_int8_is_as_right_as_its_parent(name, operator, size, limit, tmp_path):
    source, out = shortened(name, tmp_path), tmp_path / "out" / "int8.onnx"
    quantise(str(source), out)
    parent, child = ModelSession(source), ModelSession(out)
    assert child.card.name == f"{name}-int8" and any(limit in line for line in child.card.limits)
    assert hashlib.sha256(source.read_bytes()).hexdigest() in child.card.training.note
    assert child.card.heads == parent.card.heads and child.card.training.data == parent.card.training.data
    assert set(child.card.metrics.accuracy_by_snr) == set(parent.card.metrics.accuracy_by_snr)
    assert out.stat().st_size < size * 4 * parent.card.parameters  # a parent may hold its weights in two bytes, these are of four
    assert operator in {node.op_type for node in onnx.load(str(out)).graph.node}

    test = generate("compat", range(0, 20, 2), 10, seed=99)
    windows = represent(parent.card.input.representation, test.x)
    before, after = (session.run(windows)[0].argmax(axis=1) for session in (parent, child))
    assert np.mean(before == after) > 0.95
    assert abs(np.mean(before == test.label) - np.mean(after == test.label)) <= 0.02
    assert abs(child.card.metrics.accuracy - parent.card.metrics.accuracy) < 0.06  # its 880 windows against 22,000
    assert sorted(path.name for path in out.parent.iterdir()) == ["int8.onnx"]

    with pytest.raises(ModelError, match="8-bit already: its graph has"):
        quantise(str(out), tmp_path / "again.onnx")
    assert not (tmp_path / "again.onnx").exists()


def test_a_full_disk_is_one_line(tmp_path):
    """Of every disk: no file may have more than 20 kB."""
    ran = rfsec("quantise", "lstm-2x64", "--out", tmp_path / "x.onnx", preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000)))
    assert "cannot be written" in the_error(ran)
    assert not list(tmp_path.iterdir())


def test_refused_in_one_line(tmp_path):
    (tmp_path / "text.onnx").write_text("no model")
    (tmp_path / "file").write_text("")
    bare = write_small_model(tmp_path / "bare.onnx", card="")
    unknown = write_small_model(tmp_path / "small.onnx")
    metrics = {"test_data": "rml2016a compat, seed 1, 1 windows of each label", "accuracy": 0.0, "accuracy_by_snr": {}}
    training = {**small_card()["training"], "data": "rml2016a compat"}
    dense = write_small_model(tmp_path / "dense.onnx", card=small_card(metrics=metrics, training=training))
    for source, out, words in [
        (bare, "x.onnx", "the model has no card"),
        (unknown, "x.onnx", "'training.data' names no data that can be generated again"),
        (dense, "x.onnx", "neither convolutions nor LSTM layers"),
        ("lstm-amp-phase", "file/x.onnx", "cannot be written"),
        ("lstm-ternary", "x.onnx", "have two or three levels already"),
        ("cnn2d-binary", "x.onnx", "have two or three levels already"),
        ("lstm-amp-phase", "", "is a folder"),
        (dense, "dense.onnx", "the command uses the file of that name itself. Choose another --out."),
    ]:
        with pytest.raises(RfsecError) as refusal:
            quantise(str(source), tmp_path / out)
        assert words in str(refusal.value) and "\n" not in str(refusal.value)
    assert "not an ONNX model" in the_error(rfsec("quantise", tmp_path / "text.onnx", "--out", tmp_path / "x.onnx"))
    assert not (tmp_path / "x.onnx").exists()


def test_a_figure_that_was_not_measured_again_is_not_the_parents():
    session, family = ModelSession(find_model("field")), find_family("field")
    windows = family.generate(family.shapes[0], (16, 20), 1, 5)
    changed = _measured(session.card, [evaluate(session, windows, family.labels)])
    assert changed.keys() == Metrics.model_fields.keys() - {"test_data", "by_head"}
    assert {name for name, value in changed.items() if value} == {"accuracy", "accuracy_by_snr", "accuracy_0_to_18_db"}
