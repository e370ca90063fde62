# SPDX-License-Identifier: GPL-3.0-or-later
"""``rfsec models``: what is shipped can be listed, shown and run."""

import json
import os
import re

from command_line import rfsec, the_error
from gnuradio.rfsec.inference.any_session import open_session
from gnuradio.rfsec.inference.catalog import DEFAULT, DEFAULT_TECHNOLOGY, list_encoders, list_mappers, list_models, list_technologies
from odd_models import write_range_model
from small_encoder import write_window_encoder
from small_mapper import write_conjugating_mapper
from small_model import small_card, write_small_model
from small_technology import write_width_classifier


def test_every_shipped_model_is_listed_and_verified():
    listed, verified = rfsec("models", "list"), rfsec("models", "verify")
    assert listed.returncode == verified.returncode == 0
    for name in (*list_models(), *list_encoders(), *list_mappers()):
        assert name in listed.stdout
        assert f"{name}: card and graph agree, and it runs" in verified.stdout


def test_a_list_of_80_columns_cuts_nothing_off():
    done = rfsec("models", env={**os.environ, "COLUMNS": "80"})
    assert done.returncode == 0 and max(map(len, done.stdout.splitlines())) <= 80 and "…" not in done.stdout
    for name, path in (*list_models().items(), *list_technologies().items()):
        row = rf"^ ?{name} .* {open_session(path).card.parameters:,} "
        assert re.search(row, done.stdout, re.M), row


def test_a_card_is_shown_as_json():
    card = json.loads(rfsec("models", "show", "default").stdout)
    assert card["name"] == DEFAULT and card["heads"][0]["name"] == "modulation"
    for shipped in (list_encoders(), list_mappers()):
        for name in list(shipped)[:1]:
            assert json.loads(rfsec("models", "show", name).stdout)["name"] == name


def test_a_file_of_any_kind_is_shown_and_verified(tmp_path):
    """As what its card says that it is."""
    files = {write_small_model(tmp_path / "model.onnx"): "modulation", write_window_encoder(tmp_path / "encoder.onnx"): "emitter",
             write_conjugating_mapper(tmp_path / "mapper.onnx", 16): "mapping", write_width_classifier(tmp_path / "spectra.onnx"): "technology"}
    done = rfsec("models", "verify", *files, "default-technology")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("card and graph agree, and it runs") == len(files) + 1
    for path, task in files.items():
        assert json.loads(rfsec("models", "show", path).stdout)["task"] == task
    assert json.loads(rfsec("models", "show", "default-technology").stdout)["name"] == DEFAULT_TECHNOLOGY
    write_small_model(tmp_path / "odd.onnx", card='{"task": ["emitter"]}')
    assert "odd.onnx: the card's field" in the_error(rfsec("models", "verify", tmp_path / "odd.onnx"))
    assert "nothing.onnx: neither a model file nor one of" in the_error(rfsec("models", "show", tmp_path / "nothing.onnx"))


def test_a_model_without_a_card_is_not_verified(tmp_path):
    path = write_small_model(tmp_path / "bare.onnx", card="")
    assert "has no card" in the_error(rfsec("models", "verify", path))


def test_a_model_of_a_range_of_lengths_is_verified_inside_the_range_too(tmp_path):
    path = write_range_model(tmp_path / "range.onnx", 32, 96)
    assert "it runs" in rfsec("models", "verify", path).stdout
    path = write_range_model(tmp_path / "holes.onnx", 32, 96, multiple_of=32)  # runs at 32, 64 and 96 only
    assert "holes.onnx: the model failed on windows of (1, 2, 43)" in the_error(rfsec("models", "verify", path))


def test_a_card_shown_commands_no_terminal(tmp_path):
    path = write_small_model(tmp_path / "odd.onnx", card=small_card(description="\x9b2J \u202e \U000e0001 Käfer"))
    shown = rfsec("models", "show", path).stdout
    assert all(line.isprintable() for line in shown.splitlines()) and "Käfer" in shown
    assert json.loads(shown)["description"] == "\x9b2J \u202e \U000e0001 Käfer"
