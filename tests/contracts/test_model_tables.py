# SPDX-License-Identifier: GPL-3.0-or-later
"""README's tables of models: a model of bursts stands in tables of its own, for its labels and SNRs are others."""

import json
import runpy
from pathlib import Path

from odd_models import write_pointing_model
from small_encoder import write_window_encoder
from small_mapper import write_conjugating_mapper
from small_model import small_card, write_small_model
from small_technology import write_width_classifier

tables = runpy.run_path(str(Path(__file__).resolve().parents[2] / "script" / "model_table.py"))["tables"]
METRICS = {
    "test_data": "none", "accuracy": 0.7, "accuracy_by_snr": {"-4": 0.31, "40": 0.96}, "accuracy_by_label": {"OOK": 0.83, "noise": 0.99},
    "expected_calibration_error": 0.021, "accepted_share": 0.88, "accepted_error_rate": 0.025, "noise_accepted_share": 0.0008}


def rows_of(text):
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")]


def test_models_of_bursts_have_tables_of_their_own(tmp_path):
    write_small_model(tmp_path / "small.onnx", card=json.dumps(small_card(name="plain")))
    write_pointing_model(tmp_path / "bursts.onnx", 64, ["OOK", "noise"], {"min_snr_db": 4.0, "weak_threshold": 0.972}, card={"name": "field", "metrics": METRICS})
    text = tables(tmp_path)
    windows, bursts = text.split("Models of bursts.")
    assert "`plain`" in windows and "field" not in windows and "plain" not in bursts
    facts, by_snr, by_label = ([row for row in rows_of(bursts) if row[0] == name] for name in ("`field` (the default)", "SNR / dB", "label"))
    assert facts[0][-6:] == ["70.0%", "4 dB, or 97.2% sure", "88.0%", "2.5%", "0.1%", "2.1%"]
    assert by_snr == [["SNR / dB", "-4", "40"]] and by_label == [["label", "OOK", "noise"]]
    assert [row[1:] for row in rows_of(bursts) if row[0] == "field"] == [["31", "96"], ["83", "99"]]


def test_without_models_of_bursts_there_are_no_such_tables(tmp_path):
    write_small_model(tmp_path / "small.onnx")
    assert "bursts" not in tables(tmp_path) and tables(tmp_path).count("SNR / dB") == 1


def test_encoders_have_a_table_with_every_condition(tmp_path):
    write_small_model(tmp_path / "small.onnx")
    (tmp_path / "encoders").mkdir()
    scores = {"pair_accuracy": 0.9, "area_under_roc": 0.8}
    conditions = {"same recording": {**scores, "equal_error_rate": 0.012}, "another channel": {**scores, "equal_error_rate": 0.49}}
    write_window_encoder(tmp_path / "encoders" / "one.onnx", name="one", metrics={"test_data": "none", "conditions": conditions})
    rows = rows_of(tables(tmp_path).split("Encoders of fingerprints")[1])
    assert ["encoder", "same recording", "another channel"] in rows and ["one", "1.2%", "49.0%"] in rows


def test_mappers_have_a_table_with_every_snr(tmp_path):
    write_small_model(tmp_path / "small.onnx")
    (tmp_path / "mappers").mkdir()
    scores = {"nmse": 0.1, "nmse_h": 0.2}
    by_snr = {"0": {**scores, "key_error_rate": 0.31, "key_generation_ratio": 1.3},
              "25": {**scores, "key_error_rate": 2e-5, "key_generation_ratio": 1.58}}
    write_conjugating_mapper(tmp_path / "mappers" / "one.onnx", 8, name="one", metrics={"test_data": "none", "by_snr": by_snr})
    rows = rows_of(tables(tmp_path).split("Mappers of channels")[1])
    assert ["SNR / dB", "0", "25"] in rows and ["one", "3.1e-01", "2.0e-05"] in rows
    assert [row[-1] for row in rows if row[0] == "`one`"] == ["1.58"]


def test_joint_models_have_a_row_for_each_head(tmp_path):
    shares = {"accuracy_by_label": {}, "expected_calibration_error": 0.01}
    by_head = {"modulation": {**shares, "accuracy": 1.0, "accuracy_by_snr": {"0": 0.999, "20": 1.0}},
               "emitter": {**shares, "accuracy": 0.8, "accuracy_by_snr": {"0": 0.751, "20": 0.99}}}
    metrics = {"test_data": "none", "accuracy": 0.8, "accuracy_by_snr": {"0": 0.75, "20": 0.99}, "by_head": by_head}
    write_small_model(tmp_path / "plain.onnx", card=json.dumps(small_card(name="plain")))
    write_small_model(tmp_path / "both.onnx", card=json.dumps(small_card(name="both", metrics=metrics)))
    windows, joint = tables(tmp_path).split("Models of modulation and emitter together")
    assert "both" not in windows and "plain" not in joint
    assert [row[1:] for row in rows_of(joint) if row[0] == "both"] == [["modulation", "99.9", "100.0"], ["emitter", "75.1", "99.0"]]


def test_classifiers_of_technologies_have_tables_by_technology_and_snr(tmp_path):
    write_small_model(tmp_path / "small.onnx")
    (tmp_path / "technologies").mkdir()
    write_width_classifier(tmp_path / "technologies" / "one.onnx", name="one", metrics={
        "test_data": "none", "accuracy": 0.81, "accuracy_by_snr": {"5": 0.41, "40": 0.99}, "accuracy_by_label": {"GSM": 0.5, "LTE": 0.25},
        "expected_calibration_error": 0.1, "accepted_share": 0.7, "accepted_error_rate": 0.012, "other_accepted_share": 0.034})
    rows = rows_of(tables(tmp_path).split("Classifiers of technologies")[1])
    assert [row[-4:] for row in rows if row[0] == "`one`"] == [["81.0%", "70.0%", "1.2%", "3.4%"]]
    assert ["technology", "GSM", "LTE"] in rows and ["one", "50", "25"] in rows and ["one", "41", "99"] in rows
