# SPDX-License-Identifier: GPL-3.0-or-later
"""The siamese paper's table: page, CSV and pictures of the shipped encoder, and what is refused."""

import csv

import numpy as np
import onnx
from command_line import rfsec
from gnuradio.rfsec.datasets.emitter_conditions import CONDITIONS
from small_encoder import SIZE, write_selecting_encoder


def test_the_page_has_every_condition_and_every_row_without_a_model(tmp_path):
    out = tmp_path / "table"
    done = rfsec("reproduce", "siamese-table2", "--out", out, "--emitters", "4", "--test-windows-per-cell", "16", "--only", "rffi-80211",
                 "--only", "siamese-logistic", "--seeds", "2")
    assert done.returncode == 0, done.stderr
    page, rows = (out / "README.md").read_text(), list(csv.DictReader((out / "table.csv").open()))
    assert {row["condition"] for row in rows} == {one.name for one in CONDITIONS}
    assert {row["row"] for row in rows} == {"rffi-80211", "siamese-logistic"} and {row["windows_fused"] for row in rows} == {"1", "4"}
    assert "| siamese-logistic | logistic regression | 99.52 |" in page and "rfsec train rffi-80211 --seed 2" in page
    assert "Not trained: 2 encoders" in done.stdout
    for picture in ("conditions.png", "identification.png"):
        assert (out / picture).read_bytes().startswith(b"\x89PNG") and picture in page
    rates = {(row["row"], row["windows_fused"], row["condition"]): float(row["equal_error_rate"]) for row in rows}
    assert rates["rffi-80211", "4", "unseen emitters, another channel"] < 0.15, "ours tells radios"
    assert rates["siamese-logistic", "4", "another channel"] > 0.3, "the paper's tells channels"


def test_an_encoder_whose_fingerprints_are_all_equal_has_its_row_too(tmp_path):
    """It guesses, and as no threshold refuses strangers, nobody is identified."""
    path = tmp_path / "models" / "rffi-80211-triplet-seed1.onnx"
    path.parent.mkdir()
    write_selecting_encoder(path, "preamble_80211", 156, 0, name="rffi-80211-triplet")
    model = onnx.load(path)
    model.graph.initializer[0].CopyFrom(onnx.numpy_helper.from_array(np.zeros((156, SIZE), np.float32), "weights"))
    onnx.save(model, path)
    done = rfsec("reproduce", "siamese-table2", "--out", tmp_path, "--emitters", "4", "--test-windows-per-cell", "16", "--only", "rffi-80211-triplet")
    assert done.returncode == 0, done.stderr
    assert "| ours, triplets | unseen emitters, another day | 4 | 0.0 | 0.0 | 0.0 | 0.0 | 0.0 |" in (tmp_path / "README.md").read_text()


def test_what_is_refused(tmp_path):
    for words, message in (
        (("siamese-table2", "--only", "vgg"), "'only' row of siamese-table2 must be one of siamese-logistic"),
        (("siamese-table2", "--emitters", "1"), "'emitters' of this reproduction must be at least 4. Got 1"),
        (("lstm-fig3", "--emitters", "8"), "--emitters belongs to siamese-table2"),
    ):
        done = rfsec("reproduce", *words, "--out", tmp_path / "table")
        assert done.returncode == 1 and message in done.stderr and not (tmp_path / "table" / "README.md").exists()
