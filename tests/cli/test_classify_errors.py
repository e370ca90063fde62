# SPDX-License-Identifier: GPL-3.0-or-later
"""Wrong recordings and wrong models on the command line: one line that names the thing and the rule, exit not 0."""

import pytest
from command_line import rfsec, the_error, write_noise
from small_model import small_card, write_small_model


def _raw(path, size):
    path.write_bytes(bytes(size))
    return path


RECORDINGS = {
    "missing": (lambda folder: folder / "none.cf32", "does not exist"),
    "empty": (lambda folder: _raw(folder / "empty.cf32", 0), "is empty"),
    "odd number of bytes": (lambda folder: _raw(folder / "odd.cf32", 8001), "no multiple of the 8 bytes"),
    "unknown format": (lambda folder: _raw(folder / "signal.xyz", 800), "--format"),
    "no WAV at all": (lambda folder: _raw(folder / "signal.wav", 800), "WAV"),
    "a folder": (lambda folder: folder, "is a directory"),
}


@pytest.mark.parametrize("case", RECORDINGS)
def test_a_wrong_recording_is_named(tmp_path, case):
    make, rule = RECORDINGS[case]
    path = make(tmp_path)
    model = write_small_model(tmp_path / "small.onnx")
    line = the_error(rfsec("classify", path, "--model", model, "--jsonl", tmp_path / "out.jsonl"))
    assert path.name in line and rule.lower() in line.lower()


def _damaged(folder):
    path = write_small_model(folder / "m.onnx")
    path.write_bytes(path.read_bytes()[:500])
    return path


def _with_card(**changes):
    return lambda folder: write_small_model(folder / "m.onnx", card=small_card(**changes))


HEAD = {"name": "modulation", "labels": ["a", "b", "c"], "temperature": 1.0, "reject_threshold": 0.0}
MODELS = {
    "where none can be looked up": (lambda folder: folder / ("x" * 300) / "m.onnx", "neither a model file"),
    "missing": (lambda folder: folder / "m.onnx", "neither a model file nor one of the shipped models"),
    "damaged": (_damaged, "not an ONNX model"),
    "without a card": (lambda folder: write_small_model(folder / "m.onnx", card=""), "has no card"),
    "a card that is no JSON": (lambda folder: write_small_model(folder / "m.onnx", card="{"), "not JSON"),
    "a label too many": (_with_card(heads=[{**HEAD, "labels": ["a", "b", "c", "d"]}]), "has 4 labels"),
    "a label twice": (_with_card(heads=[{**HEAD, "labels": ["a", "b", "a"]}]), "heads.0"),
    "a head that the graph lacks": (_with_card(heads=[{**HEAD, "name": "emitter"}]), "'emitter' is no output"),
    "another window": (lambda folder: write_small_model(folder / "m.onnx", 128, card=small_card(256)), "window"),
    "a field unknown": (_with_card(colour="red"), "colour"),
}


@pytest.mark.parametrize("case", MODELS)
def test_a_wrong_model_is_named(tmp_path, case):
    make, rule = MODELS[case]
    write_noise(tmp_path / "noise.cf32")
    (tmp_path / "old.jsonl").write_text("earlier results\n")
    model = make(tmp_path)
    for name in ("old.jsonl", "new.jsonl"):
        line = the_error(rfsec("classify", tmp_path / "noise.cf32", "--windows", "--model", model, "--jsonl", tmp_path / name))
        assert "m.onnx" in line and rule in line
    assert (tmp_path / "old.jsonl").read_text() == "earlier results\n" and not (tmp_path / "new.jsonl").exists()
