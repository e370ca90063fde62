# SPDX-License-Identifier: GPL-3.0-or-later
"""``rfsec bench``: what it reports is complete and adds up. How fast things are is no test."""

import json

import pytest
from burst_scene import burst_scene
from gnuradio.rfsec.cli.bench import app
from gnuradio.rfsec.cli.bench_rounds import ratio
from gnuradio.rfsec.inference.interleaved import alternate
from gnuradio.rfsec.errors import ModelError, ParameterError, RecordingError
from gnuradio.rfsec.inference import catalog
from small_encoder import write_selecting_encoder, write_window_encoder
from small_model import small_card, write_burst_model, write_small_model
from typer.testing import CliRunner


def test_the_streaming_bench_prints_one_json_document(tmp_path, monkeypatch):
    """On a folder with one small model, named like the network that the naive block is to run."""
    labels = [f"label {index}" for index in range(11)]
    card = small_card(name=catalog.DEFAULT, heads=[{**small_card()["heads"][0], "labels": labels}])
    write_small_model(tmp_path / f"{catalog.DEFAULT}.onnx", card=card, heads=(("modulation", 11),))
    monkeypatch.setattr(catalog, "models_folder", lambda: tmp_path)
    done = CliRunner().invoke(app, ["stream", "--model", "default", "--seconds", "0.01", "--skip-seconds", "0.2"])
    assert done.exception is None and done.exit_code == 0
    report = json.loads(done.stdout)
    assert report["windower_amp_phase"]["ratio"] > 0
    model = report["models"][catalog.DEFAULT]
    assert set(model) == {"classifier_flowgraph", "naive_block", "skip_mode"}
    assert model["classifier_flowgraph"]["ratio"] > 0 < model["naive_block"]["ratio"]
    skip = model["skip_mode"]
    assert skip["offered"] == skip["classified"] + skip["skipped"] + skip["invalid"] > 0 == skip["unaccounted"]


@pytest.mark.parametrize("command, option", [("stream", "--seconds"), ("stream", "--skip-seconds"), ("models", "--seconds"),
                                             ("survey", "--seconds"), ("fingerprint", "--seconds")])
@pytest.mark.parametrize("value", ["0", "-1", "inf", "nan"])
def test_a_length_that_is_none_is_refused(command, option, value):
    done = CliRunner().invoke(app, [command, option, value])
    assert isinstance(done.exception, ParameterError) and f"{option} must be above 0 s" in str(done.exception)


def test_the_bench_of_models_prints_every_model_at_every_batch(tmp_path, monkeypatch):
    """On a folder with the reference and another small model, of another length."""
    write_small_model(tmp_path / "lstm-amp-phase.onnx")
    write_small_model(tmp_path / "short.onnx", 64)
    monkeypatch.setattr(catalog, "models_folder", lambda: tmp_path)
    done = CliRunner().invoke(app, ["models", "--seconds", "0.001"])
    assert done.exception is None and done.exit_code == 0
    report = json.loads(done.stdout)
    assert report["reference"] == "lstm-amp-phase" and set(report["models"]) == {"lstm-amp-phase", "short"}
    for name, window in (("lstm-amp-phase", 128), ("short", 64)):
        model = report["models"][name]
        assert model["window"] == window and model["multiply_adds"] == 2 * window * 3 and model["uncounted_operators"] == []
        assert model["file_bytes"] == (tmp_path / f"{name}.onnx").stat().st_size
        assert set(model["memory_mib"]) == {"1", "16", "256"} and min(model["memory_mib"].values()) > 0
        assert [(run["batch"], run["threads"]) for run in model["speed"]] == [(b, t) for b in (1, 16, 256) for t in (1, 2)]
        assert min(run["windows_per_s"] for run in model["speed"]) > 0
    assert {run["ratio_to_reference"] for run in report["models"]["lstm-amp-phase"]["speed"]} == {1}


def test_models_of_one_file_name_are_measured_each(tmp_path, monkeypatch):
    """One of them is named like the reference, which stays the shipped one."""
    monkeypatch.setattr(catalog, "models_folder", lambda: tmp_path)
    write_small_model(tmp_path / "lstm-amp-phase.onnx")
    paths = [tmp_path / folder / "lstm-amp-phase.onnx" for folder in ("a", "[/b]")]
    for path, length in zip(paths, (64, 32)):
        path.parent.mkdir(parents=True)
        write_small_model(path, length)
    done = CliRunner().invoke(app, ["models", "--seconds", "0.001", "--model", str(paths[0]), "--model", str(paths[1])])
    assert done.exception is None and done.exit_code == 0
    models = json.loads(done.stdout)["models"]
    assert {name: one["window"] for name, one in models.items()} == {str(paths[0]): 64, str(paths[1]): 32}
    assert {run["ratio_to_reference"] for one in models.values() for run in one["speed"]} != {1}


def test_the_bench_of_surveys_decides_every_burst(tmp_path):
    model = write_burst_model(tmp_path / "bursts.onnx")
    done = CliRunner().invoke(app, ["survey", "--model", str(model), "--seconds", "0.02"])
    assert done.exception is None and done.exit_code == 0
    report = json.loads(done.stdout)
    assert report["samples"] == 400_000 and report["bursts"] == report["decided"] > 3 and report["dropped"] == 0
    for what in ("detection", "detection_and_classification"):
        assert report[what]["beside_the_rate"] == pytest.approx(report[what]["msamples_per_s"] / 20, rel=1e-3)


def test_the_bench_of_surveys_takes_a_recording(tmp_path):
    model = write_burst_model(tmp_path / "bursts.onnx")
    burst_scene(100_000, [(20_000, 9_000, 0.2)]).tofile(tmp_path / "air.cf32")
    done = CliRunner().invoke(app, ["survey", str(tmp_path / "air.cf32"), "--rate", "1e6", "--model", str(model)])
    report = json.loads(done.stdout)
    assert (report["samples"], report["sample_rate_hz"], report["decided"]) == (100_000, 1e6, 1)
    done = CliRunner().invoke(app, ["survey", str(tmp_path / "air.cf32"), "--model", str(model)])
    assert isinstance(done.exception, RecordingError) and "pass --rate, in Hz" in str(done.exception)


def test_the_bench_of_fingerprints_prints_one_json_document(tmp_path):
    encoder = write_window_encoder(tmp_path / "encoder.onnx")
    done = CliRunner().invoke(app, ["fingerprint", "--model", str(encoder), "--seconds", "0.01", "--fused", "16"])
    assert done.exception is None and done.exit_code == 0
    report = json.loads(done.stdout)
    assert (report["model"], report["emitters"], report["fused"], report["batch"]) == ("small-encoder", 16, 16, 64)
    assert report["ratio"] > 0 < report["ratio_with_decision_sink"] and report["windows_per_s"] > 0 < report["bare_windows_per_s"]


def test_the_bench_of_fingerprints_takes_encoders_of_windows(tmp_path):
    encoder = write_selecting_encoder(tmp_path / "bursts.onnx", "fsk_burst", 5, 0)
    done = CliRunner().invoke(app, ["fingerprint", "--model", str(encoder)])
    assert isinstance(done.exception, ParameterError) and "this encoder takes bursts" in str(done.exception)
    done = CliRunner().invoke(app, ["fingerprint", "--model", str(encoder), "--fused", "0"])
    assert isinstance(done.exception, ParameterError) and "--fused must be 1 to 4096" in str(done.exception)


def test_a_model_that_is_none_is_refused_before_anything_runs():
    done = CliRunner().invoke(app, ["models", "--model", "nonsense"])
    assert isinstance(done.exception, ModelError) and "nonsense: neither" in str(done.exception)


def test_runs_alternate_and_the_median_of_their_ratios_counts():
    order, given = [], iter([2, 1, 6, 2, 30, 6])
    rates = alternate({name: lambda name=name: order.append(name) or next(given) for name in "ab"}, rounds=3)
    assert order == list("ababab") and rates == {"a": [2, 6, 30], "b": [1, 2, 6]}
    assert ratio(rates, "a", "b") == 3


def test_the_bench_of_galleries_prints_one_json_document():
    done = CliRunner().invoke(app, ["gallery", "--entries", "250", "--size", "8", "--queries", "3"])
    assert done.exception is None and done.exit_code == 0
    report = json.loads(done.stdout)
    assert (report["entries"], report["emitters"], report["size"]) == (200, 100, 8)
    for metric in ("euclidean", "weighted_l1"):
        found = report[metric]
        assert found["ratio"] > 0 < found["plain_ms_per_query"] and found["ms_per_query"] > 0 < found["first_search_s"]
    for option in ("--entries", "--size", "--queries"):
        done = CliRunner().invoke(app, ["gallery", option, "0"])
        assert isinstance(done.exception, ParameterError) and f"{option} must be" in str(done.exception)


def test_the_bench_of_keys_prints_one_json_document():
    done = CliRunner().invoke(app, ["keygen", "--seconds", "0.005", "--agreements", "1"])
    assert done.exit_code == 0, done.exception
    report = json.loads(done.stdout)
    assert report["estimator"]["soundings"] == 49
    for one in report["agreements"].values():
        assert one["of"] == 1 and sum(one["shares"].values()) == pytest.approx(1, abs=1e-3)
    assert set(report["agreements"]) == {"cascade", "bch"}
