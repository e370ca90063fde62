# SPDX-License-Identifier: GPL-3.0-or-later
"""The networks: shapes, windows that do not touch each other, the start of the LSTM, and refusals."""

import pytest

torch = pytest.importorskip("torch")

from gnuradio.rfsec.errors import ParameterError  # noqa: E402
from gnuradio.rfsec.training.networks.cnn2d import Cnn2d  # noqa: E402
from gnuradio.rfsec.training.networks.conv_bigru import ConvBiGru, lag_features  # noqa: E402
from gnuradio.rfsec.training.networks.dilated_conv import DilatedConv  # noqa: E402
from gnuradio.rfsec.training.networks.lstm import AmplitudePhaseLstm, TaperedLstm  # noqa: E402
from gnuradio.rfsec.training.networks.matrix_baselines import MatrixResNet  # noqa: E402
from gnuradio.rfsec.training.networks.mcldnn import Mcldnn  # noqa: E402
from gnuradio.rfsec.training.networks.resnet1d import ResNet1d  # noqa: E402
from gnuradio.rfsec.training.networks.signet import SigNet  # noqa: E402
from gnuradio.rfsec.training.networks.signet2 import SigNet2  # noqa: E402
from gnuradio.rfsec.training.recipes import find_recipe  # noqa: E402

NETWORKS = {
    "one layer": lambda: AmplitudePhaseLstm(11, layers=1, cells=16),
    "three layers": lambda: AmplitudePhaseLstm(11, layers=3, cells=16),
    "tapered": lambda: TaperedLstm(11),
    "conv-bigru": lambda: ConvBiGru(11),
    "dilated-conv": lambda: DilatedConv(11),
    "2D-CNN": lambda: Cnn2d(11, 64),
    "1D-ResNet": lambda: ResNet1d(11, 64),
    "MCLDNN": lambda: Mcldnn(11),
    "SigNet": lambda: SigNet(11, depth=18),
    "SigNet, stride 4": lambda: SigNet(11, depth=18, filter_size=5, stride=4),
    "SigNet2.0": lambda: SigNet2(11, depth=18),
    "constellation": lambda: MatrixResNet(11, "constellation", depth=18),
}


@pytest.fixture(autouse=True)
def _one_thread():
    torch.set_num_threads(1)


def random_windows(count, length):
    return torch.randn(count, 2, length, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("name", NETWORKS)
def test_logits_of_any_batch(name):
    torch.manual_seed(2)
    network, windows = NETWORKS[name]().eval(), random_windows(3, 64)
    with torch.no_grad():
        together, alone = network(windows), network(windows[1:2])
    assert together.shape == (3, 11)
    assert together.std(dim=0).min() > 0, "the logits depend on the window"
    torch.testing.assert_close(together[1:2], alone, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("name", NETWORKS)
def test_every_weight_learns(name):
    torch.manual_seed(3)
    network = NETWORKS[name]().train()
    loss = torch.nn.functional.cross_entropy(network(random_windows(4, 64)), torch.tensor([0, 3, 5, 10]))
    loss.backward()
    for part, parameter in network.named_parameters():
        assert parameter.grad is not None and torch.isfinite(parameter.grad).all(), part


def test_lstm_starts_with_the_papers_forget_bias():
    network = AmplitudePhaseLstm(11)
    for layer in (0, 1):
        bias = getattr(network.lstm, f"bias_ih_l{layer}") + getattr(network.lstm, f"bias_hh_l{layer}")
        assert torch.equal(bias[128:256], torch.ones(128)), "the forget gate starts open"
        assert bias[:128].abs().max() == 0 and bias[256:].abs().max() == 0


def test_lstm_starts_from_a_seed_as_it_always_did():
    """A shipped model can be trained again from its seed: names, order and start are those of the first version."""
    torch.manual_seed(5)
    state = AmplitudePhaseLstm(11).state_dict()
    expected = {
        "lstm.weight_ih_l0": (0.8872685, -0.2862442, -40.815),
        "lstm.weight_hh_l0": (-0.0824697, -0.1219935, -12.93521),
        "lstm.bias_ih_l0": (0.0, 0.0, 128.0),
        "lstm.bias_hh_l0": (0.0, 0.0, 0.0),
        "lstm.weight_ih_l1": (0.0639268, -0.0998998, 10.45976),
        "lstm.weight_hh_l1": (0.0956852, 0.1058365, -20.13706),
        "lstm.bias_ih_l1": (0.0, 0.0, 128.0),
        "lstm.bias_hh_l1": (0.0, 0.0, 0.0),
        "dense.weight": (0.0237065, -0.0838723, -1.73178),
        "dense.bias": (0.0226329, 0.0396893, 0.17118),
    }
    assert list(state) == list(expected)
    for name, (first, second, total) in expected.items():
        values = state[name].flatten().double()
        assert values[:2].tolist() == pytest.approx((first, second), abs=1e-6), name
        assert float(values.sum()) == pytest.approx(total, abs=1e-4), name


@pytest.mark.parametrize(
    "make, rule",
    [
        (lambda: AmplitudePhaseLstm(11, layers=0), "'layers' and 'cells' of an LSTM must be at least 1. Got 0, 128"),
        (lambda: Cnn2d(11, 2), "'window' of a 2D-CNN must be at least 3 samples. Got 2"),
        (lambda: ResNet1d(11, 63), "'window' of a 1D-ResNet must be at least 64 samples. Got 63"),
        (lambda: SigNet(11, depth=20), "'depth' of a ResNet must be one of 18, 34, 50, 101. Got 20"),
        (lambda: SigNet(11, filter_size=0), "'filter_size' and 'stride' of S2M must be at least 1. Got 0, 1"),
        (lambda: SigNet2(11, stages_over_time=3), "'stages_over_time' of SigNet2.0 must be 1 or 2. Got 3"),
        (lambda: MatrixResNet(11, "sonnet"), "'method' of a matrix baseline must be one of reshape, gaf, mtf, constellation"),
    ],
)
def test_refusals_name_the_rule(make, rule):
    with pytest.raises(ParameterError, match=rule):
        make()


def test_lag_features_are_the_products_they_name():
    windows = random_windows(3, 128)
    signal = torch.complex(windows[:, 0], windows[:, 1])
    features = lag_features(windows)
    product = signal[:, 1:] * signal[:, :-1].conj()
    torch.testing.assert_close(features[:, 2], signal.abs())
    torch.testing.assert_close(features[:, 3, 1:], product.real)
    torch.testing.assert_close(features[:, 4, 1:], product.imag)


def test_unknown_model():
    with pytest.raises(ParameterError, match="'model' to train must be one of .*conv-bigru.* Got 'resnet' instead"):
        find_recipe("resnet")
