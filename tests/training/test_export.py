# SPDX-License-Identifier: GPL-3.0-or-later
"""ONNX files give what the network gives, at any batch, and carry their card."""

import json

import numpy as np
import onnx
import onnxruntime
import pytest

torch = pytest.importorskip("torch")

from gnuradio.rfsec.errors import OutputError  # noqa: E402
from gnuradio.rfsec.inference.session import ModelSession  # noqa: E402
from gnuradio.rfsec.training.evaluation import Metrics  # noqa: E402
from gnuradio.rfsec.training.export import export_onnx  # noqa: E402
from gnuradio.rfsec.training.loop import TrainedNetwork  # noqa: E402
from gnuradio.rfsec.training.produce import describe  # noqa: E402
from gnuradio.rfsec.training.recipes import RECIPES, find_recipe  # noqa: E402


def exported(name, path):
    torch.manual_seed(7)
    network = find_recipe(name).network(11).eval()
    trained = TrainedNetwork(network, 275, 0.5)
    card = describe(find_recipe(name), "compat", 1, trained, 1.3, Metrics(0.5, 0.6, {"0": 0.5}, {"BPSK": 1.0}), "CPU")
    export_onnx(network, card, path)
    return network, card


@pytest.mark.parametrize("name", RECIPES)
def test_onnx_equals_torch(name, tmp_path):
    network, _ = exported(name, tmp_path / "model.onnx")
    session = onnxruntime.InferenceSession(str(tmp_path / "model.onnx"))
    for batch in (1, 256):
        windows = np.random.default_rng(batch).standard_normal((batch, 2, 128)).astype(np.float32)
        with torch.no_grad():
            expected = network(torch.from_numpy(windows)).numpy()
        (logits,) = session.run(["modulation"], {"windows": windows})
        np.testing.assert_allclose(logits, expected, atol=1e-4)


def test_card_travels_in_the_file_and_the_session_accepts_it(tmp_path):
    _, card = exported("conv-bigru", tmp_path / "model.onnx")
    session = ModelSession(tmp_path / "model.onnx")
    assert session.card == card
    props = {entry.key: entry.value for entry in onnx.load(str(tmp_path / "model.onnx")).metadata_props}
    written = json.loads(props["rfsec.card"])
    assert written["schema"] == 1 and written["training"]["windows_seen"] == 275
    assert "of 1000000 that the recipe asks for" in written["training"]["note"]
    assert [entry.name for entry in tmp_path.iterdir()] == ["model.onnx"]


def test_unwritable_path(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be written"):
        exported("conv-bigru", tmp_path / "file" / "model.onnx")
