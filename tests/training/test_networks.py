# SPDX-License-Identifier: GPL-3.0-or-later
"""The networks: sizes that the papers or the design state, shapes, and properties of their first layers."""

import pytest

torch = pytest.importorskip("torch")

from gnuradio.rfsec.errors import ParameterError  # noqa: E402
from gnuradio.rfsec.training.networks.conv_bigru import ConvBiGru, lag_features  # noqa: E402
from gnuradio.rfsec.training.networks.lstm import AmplitudePhaseLstm  # noqa: E402
from gnuradio.rfsec.training.recipes import RECIPES, find_recipe  # noqa: E402


def count(network):
    return sum(parameter.numel() for parameter in network.parameters())


def test_lstm_has_the_papers_size_and_forget_bias():
    network = AmplitudePhaseLstm(11)
    assert count(network) == 201_099
    for layer in (0, 1):
        bias = getattr(network.lstm, f"bias_ih_l{layer}") + getattr(network.lstm, f"bias_hh_l{layer}")
        assert torch.equal(bias[128:256], torch.ones(128)), "the forget gate starts open"
        assert bias[:128].abs().max() == 0 and bias[256:].abs().max() == 0


def test_default_is_small():
    assert count(ConvBiGru(11)) <= 300_000


@pytest.mark.parametrize("name", RECIPES)
def test_logits_of_any_batch(name):
    network = find_recipe(name).network(11).eval()
    windows = torch.randn(5, 2, 128, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        together, alone = network(windows), network(windows[3:4])
    assert together.shape == (5, 11)
    torch.testing.assert_close(together[3:4], alone, atol=1e-5, rtol=1e-4)


def test_lag_features_are_the_products_they_name():
    windows = torch.randn(3, 2, 128, generator=torch.Generator().manual_seed(2))
    signal = torch.complex(windows[:, 0], windows[:, 1])
    features = lag_features(windows)
    product = signal[:, 1:] * signal[:, :-1].conj()
    torch.testing.assert_close(features[:, 2], signal.abs())
    torch.testing.assert_close(features[:, 3, 1:], product.real)
    torch.testing.assert_close(features[:, 4, 1:], product.imag)


def test_unknown_model():
    with pytest.raises(ParameterError, match="'model' to train must be one of conv-bigru, lstm-amp-phase"):
        find_recipe("resnet")
