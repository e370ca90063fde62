# SPDX-License-Identifier: GPL-3.0-or-later
"""``rfsec models``: what is shipped can be listed, shown and run."""

import json

from command_line import rfsec, the_error
from gnuradio.rfsec.inference.catalog import list_models
from small_model import write_small_model


def test_every_shipped_model_is_listed_and_verified():
    listed, verified = rfsec("models", "list"), rfsec("models", "verify")
    assert listed.returncode == verified.returncode == 0
    for name in list_models():
        assert name in listed.stdout
        assert f"{name}: card and graph agree, and it runs" in verified.stdout


def test_a_card_is_shown_as_json():
    card = json.loads(rfsec("models", "show", "default").stdout)
    assert card["name"] == "conv-bigru" and card["heads"][0]["name"] == "modulation"


def test_a_model_without_a_card_is_not_verified(tmp_path):
    path = write_small_model(tmp_path / "bare.onnx", card="")
    assert "has no card" in the_error(rfsec("models", "verify", path))
