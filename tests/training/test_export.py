# SPDX-License-Identifier: GPL-3.0-or-later
"""ONNX files give what the network gives, at any batch and any length that the card allows, and carry their card."""

import json

import numpy as np
import onnx
import onnxruntime
import pytest
from small_model import small_card

torch = pytest.importorskip("torch")

from gnuradio.rfsec.errors import OutputError  # noqa: E402
from gnuradio.rfsec.inference.card import ModelCard  # noqa: E402
from gnuradio.rfsec.inference.session import ModelSession  # noqa: E402
from gnuradio.rfsec.training.export import export_onnx  # noqa: E402
from gnuradio.rfsec.training.networks.cnn2d import Cnn2d  # noqa: E402
from gnuradio.rfsec.training.networks.conv_bigru import ConvBiGru  # noqa: E402
from gnuradio.rfsec.training.networks.dilated_conv import DilatedConv  # noqa: E402
from gnuradio.rfsec.training.networks.lstm import AmplitudePhaseLstm, TaperedLstm  # noqa: E402
from gnuradio.rfsec.training.networks.matrix_baselines import MatrixResNet  # noqa: E402
from gnuradio.rfsec.training.networks.mcldnn import Mcldnn  # noqa: E402
from gnuradio.rfsec.training.networks.resnet1d import ResNet1d  # noqa: E402
from gnuradio.rfsec.training.networks.signet import SigNet  # noqa: E402
from gnuradio.rfsec.training.networks.signet2 import SigNet2  # noqa: E402

SMALL, LARGE = (1, 256), (1, 5)  # batches: 256 windows of a SigNet take a core many seconds
NETWORKS = {  # network of 3 labels, window_min, window_max, batches
    "lstm": (lambda: AmplitudePhaseLstm(3, layers=2, cells=32), 64, 256, SMALL),
    "lstm-one-layer": (lambda: AmplitudePhaseLstm(3, layers=1, cells=16), 128, 128, SMALL),
    "tapered": (lambda: TaperedLstm(3), 128, 128, SMALL),
    "conv-bigru": (lambda: ConvBiGru(3), 64, 128, SMALL),
    "dilated-conv": (lambda: DilatedConv(3), 64, 256, SMALL),
    "cnn2d": (lambda: Cnn2d(3, 64), 64, 64, SMALL),
    "resnet1d": (lambda: ResNet1d(3), 128, 128, SMALL),
    "mcldnn": (lambda: Mcldnn(3), 64, 128, LARGE),
    "signet": (lambda: SigNet(3, depth=18), 64, 128, LARGE),
    "signet-stride": (lambda: SigNet(3, depth=18, filter_size=5, stride=4), 64, 128, LARGE),
    "signet2": (lambda: SigNet2(3), 128, 128, LARGE),
    "reshape": (lambda: MatrixResNet(3, "reshape", depth=18), 128, 128, LARGE),
    "gaf": (lambda: MatrixResNet(3, "gaf", depth=18), 64, 64, LARGE),
    "mtf": (lambda: MatrixResNet(3, "mtf", depth=18), 64, 64, LARGE),
    "constellation": (lambda: MatrixResNet(3, "constellation", depth=18), 128, 128, LARGE),
}


def windows_of(batch, length):
    return np.random.default_rng(batch + length).standard_normal((batch, 2, length), np.float32) * np.float32(0.7)


def exported(name, path):
    torch.set_num_threads(1)
    torch.manual_seed(7)
    make, shortest, longest, _ = NETWORKS[name]
    network, fields = make(), small_card(longest)
    fields["input"]["window_min"] = shortest
    for layer in network.modules():
        if hasattr(layer, "running_mean"):
            layer.momentum = 1.0
    with torch.no_grad():
        network(torch.from_numpy(windows_of(16, longest)))  # gives batch normalisation the statistics of its input
    card = ModelCard.model_validate(fields)
    export_onnx(network, card, path)
    return network, card


@pytest.mark.parametrize("name", NETWORKS)
def test_onnx_equals_torch(name, tmp_path):
    network, _ = exported(name, tmp_path / "model.onnx")
    session = onnxruntime.InferenceSession(str(tmp_path / "model.onnx"))
    _, shortest, longest, batches = NETWORKS[name]
    for length in {shortest, (shortest + longest) // 2 + 1, longest} if shortest < longest else {longest}:
        for batch in batches:
            windows = windows_of(batch, length)
            with torch.no_grad():
                expected = network(torch.from_numpy(windows)).numpy()
            (logits,) = session.run(["modulation"], {"windows": windows})
            np.testing.assert_allclose(logits, expected, atol=1e-4)
    assert session.get_inputs()[0].shape == ["batch", 2, longest if shortest == longest else "time"]
    assert [entry.name for entry in tmp_path.iterdir()] == ["model.onnx"], "one file, whatever the size"


def test_s2m_is_few_nodes(tmp_path):
    """One shifted slice for each sample of the filter, not one for each row of the matrix."""
    exported("signet", tmp_path / "model.onnx")
    nodes = [node.op_type for node in onnx.load(str(tmp_path / "model.onnx")).graph.node]
    assert nodes.count("Slice") <= 6 and nodes.count("MatMul") == 2


class ReadTwice(torch.nn.Module):
    """One table that two steps read, and one of other values."""

    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(2 * 128, 3)
        self.table = torch.arange(128.0)

    def forward(self, windows):
        both = windows * self.table + (windows + 1) * self.table - windows * (self.table + 1)
        return self.layer(both.flatten(1))


def test_a_table_that_is_read_twice_is_stored_once(tmp_path):
    network = ReadTwice()
    export_onnx(network, ModelCard.model_validate(small_card(128)), tmp_path / "model.onnx")
    tables = [node for node in onnx.load(str(tmp_path / "model.onnx")).graph.node
              if node.op_type == "Constant" and list(node.attribute[0].t.dims) == [128]]
    assert len(tables) == 2
    windows = windows_of(3, 128)
    (logits,) = onnxruntime.InferenceSession(str(tmp_path / "model.onnx")).run(["modulation"], {"windows": windows})
    np.testing.assert_allclose(logits, network(torch.from_numpy(windows)).detach().numpy(), rtol=1e-4, atol=1e-3)


def test_card_travels_in_the_file_and_the_session_accepts_it(tmp_path):
    _, card = exported("conv-bigru", tmp_path / "model.onnx")
    session = ModelSession(tmp_path / "model.onnx")
    assert session.card == card
    props = {entry.key: entry.value for entry in onnx.load(str(tmp_path / "model.onnx")).metadata_props}
    assert json.loads(props["rfsec.card"])["input"]["window_min"] == 64


def test_unwritable_path(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be written"):
        exported("lstm", tmp_path / "file" / "model.onnx")
