# SPDX-License-Identifier: GPL-3.0-or-later
"""``rfsec bench stream``: what it reports is complete and adds up. How fast things are is no test."""

import json

import pytest
from gnuradio.rfsec.cli.bench import alternate, app, ratio
from gnuradio.rfsec.errors import ParameterError
from gnuradio.rfsec.inference import catalog
from small_model import small_card, write_small_model
from typer.testing import CliRunner


def test_the_whole_command_prints_one_json_document(tmp_path, monkeypatch):
    """On a folder with one small model, named like the network that the naive block is to run."""
    pytest.importorskip("torch")
    labels = [f"label {index}" for index in range(11)]
    card = small_card(name="conv-bigru", heads=[{**small_card()["heads"][0], "labels": labels}])
    write_small_model(tmp_path / "conv-bigru.onnx", card=card, heads=(("modulation", 11),))
    monkeypatch.setattr(catalog, "models_folder", lambda: tmp_path)
    done = CliRunner().invoke(app, ["stream", "--seconds", "0.01", "--skip-seconds", "0.2"])
    assert done.exception is None and done.exit_code == 0
    report = json.loads(done.stdout)
    assert report["windower_amp_phase"]["ratio"] > 0
    model = report["models"]["conv-bigru"]
    assert set(model) == {"classifier_flowgraph", "naive_block", "skip_mode"}
    assert model["classifier_flowgraph"]["ratio"] > 0 < model["naive_block"]["ratio"]
    skip = model["skip_mode"]
    assert skip["offered"] == skip["classified"] + skip["skipped"] + skip["invalid"] > 0 == skip["unaccounted"]


@pytest.mark.parametrize("option", ["--seconds", "--skip-seconds"])
@pytest.mark.parametrize("value", ["0", "-1", "inf", "nan"])
def test_a_length_that_is_none_is_refused(option, value):
    done = CliRunner().invoke(app, ["stream", option, value])
    assert isinstance(done.exception, ParameterError) and f"{option} must be above 0 s" in str(done.exception)


def test_runs_alternate_and_the_median_of_their_ratios_counts():
    order, given = [], iter([2, 1, 6, 2, 30, 6])
    rates = alternate({name: lambda name=name: order.append(name) or next(given) for name in "ab"}, rounds=3)
    assert order == list("ababab") and rates == {"a": [2, 6, 30], "b": [1, 2, 6]}
    assert ratio(rates, "a", "b") == 3
