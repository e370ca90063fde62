# SPDX-License-Identifier: GPL-3.0-or-later
"""A network rounded to float16 is nearly the one that was trained, and its file holds every large weight in two bytes."""

import numpy as np
import onnx
import pytest
from small_model import small_card

torch = pytest.importorskip("torch")

from gnuradio.rfsec.inference.card import ModelCard  # noqa: E402
from gnuradio.rfsec.inference.session import ModelSession  # noqa: E402
from gnuradio.rfsec.training.export import export_graph, export_onnx  # noqa: E402
from gnuradio.rfsec.training.half_weights import halved  # noqa: E402
from gnuradio.rfsec.training.networks.dilated_conv import DilatedConv  # noqa: E402
from gnuradio.rfsec.training.networks.joint_cnn import JointCnn  # noqa: E402
from gnuradio.rfsec.training.networks.measured_network import MeasuredNetwork  # noqa: E402
from gnuradio.rfsec.training.networks.resnet1d import ResNet1d  # noqa: E402
from gnuradio.rfsec.training.networks.signet import SigNet  # noqa: E402
from small_joint import joint_card  # noqa: E402

NETWORKS = {  # network, what it takes
    "dilated-conv": (lambda: DilatedConv(3), (2, 128)),
    "resnet1d": (lambda: ResNet1d(3), (2, 128)),
    "signet": (lambda: SigNet(3, depth=18), (2, 128)),
    "joint": (lambda: JointCnn((8, 6), experts=2), (2, 6000)),
    "measured": (lambda: MeasuredNetwork(40), (1, 40)),
}


def trained(name):
    """A network whose batch normalisation has statistics of its own, as training leaves it."""
    torch.manual_seed(3)
    torch.set_num_threads(1)
    make, shape = NETWORKS[name]
    network = make()
    for layer in network.modules():
        if hasattr(layer, "running_mean"):
            layer.momentum = 1.0
        if getattr(layer, "weight", None) is not None and hasattr(layer, "running_mean"):
            torch.nn.init.uniform_(layer.weight, 0.5, 2.0)
            torch.nn.init.uniform_(layer.bias, -0.5, 0.5)
    with torch.no_grad():
        network(torch.randn(16, *shape))
    return network.eval(), torch.randn(4, *shape)


def outputs(network, x):
    with torch.no_grad():
        found = network(x)
    return found if isinstance(found, tuple) else (found,)


def test_layers_and_their_normalisation_become_one():
    for name in NETWORKS:
        network, x = trained(name)
        before = [one.clone() for one in network.state_dict().values()]
        rounded = halved(network)
        for one, other in zip(outputs(rounded, x), outputs(network, x), strict=True):
            assert not torch.equal(one, other)
            torch.testing.assert_close(one, other, atol=0.02, rtol=0.02)
        assert all(torch.equal(one, other) for one, other in zip(before, network.state_dict().values(), strict=True)), "the trained network was changed"
        left = [module for module in rounded.modules() if isinstance(module, torch.nn.BatchNorm1d | torch.nn.BatchNorm2d)]
        assert all(not module.affine for module in left), f"{name}: {left}"


def exported(name, network, path):
    if name == "joint":
        export_onnx(network, joint_card("small"), path)
    elif name == "measured":
        export_graph(network, ModelCard.model_validate(small_card(40)), path, torch.zeros(2, 1, 40), "embedding")
    else:
        export_onnx(network, ModelCard.model_validate(small_card(128)), path)


@pytest.mark.parametrize("name", NETWORKS)
def test_the_file_holds_every_large_weight_in_two_bytes(name, tmp_path):
    network, x = trained(name)
    exported(name, network, tmp_path / "whole.onnx")
    exported(name, halved(network), tmp_path / "halves.onnx")
    kinds = {tensor.data_type for tensor in onnx.load(str(tmp_path / "halves.onnx")).graph.initializer
             if len(tensor.dims) > 1 and np.prod(tensor.dims) >= 256}
    assert kinds == {onnx.TensorProto.FLOAT16}
    assert (tmp_path / "halves.onnx").stat().st_size < 0.7 * (tmp_path / "whole.onnx").stat().st_size


@pytest.mark.parametrize("name", ["joint", "dilated-conv"])
def test_the_file_gives_what_the_rounded_network_gives(name, tmp_path):
    network, x = trained(name)
    rounded = halved(network)
    exported(name, rounded, tmp_path / "halves.onnx")
    for one, other in zip(ModelSession(tmp_path / "halves.onnx").logits(x.numpy()), outputs(rounded, x), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-4)
