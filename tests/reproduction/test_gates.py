# SPDX-License-Identifier: GPL-3.0-or-later
"""Gates computed from an ONNX file's weights are those of PyTorch's LSTM."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from gnuradio.rfsec.dsp.amp_phase import amplitude_phase  # noqa: E402
from gnuradio.rfsec.inference.card import ModelCard  # noqa: E402
from gnuradio.rfsec.reproduction.gates import gate_saturation, lstm_layers, run_layer  # noqa: E402
from gnuradio.rfsec.training.export import export_onnx  # noqa: E402
from gnuradio.rfsec.training.half_weights import halved  # noqa: E402
from gnuradio.rfsec.training.networks.lstm import AmplitudePhaseLstm  # noqa: E402
from small_model import small_card, write_small_model  # noqa: E402

LENGTH, CELLS = 40, 12


@pytest.fixture(scope="module", params=["float32", "float16"])
def exported(request, tmp_path_factory):
    """Two layers with weights large enough that gates saturate, and their file, which may hold them in float16."""
    torch.set_num_threads(1)
    torch.manual_seed(4)
    network = AmplitudePhaseLstm(3, layers=2, cells=CELLS).eval()
    for weight in network.lstm.parameters():
        torch.nn.init.normal_(weight, std=2.0)
    network = halved(network) if request.param == "float16" else network
    path = tmp_path_factory.mktemp("lstm") / "lstm.onnx"
    export_onnx(network, ModelCard.model_validate(small_card(LENGTH, "amp_phase")), path)
    return network.lstm, path


def torch_states(lstm, x: np.ndarray) -> list[np.ndarray]:
    """The states [time, cells] of each layer, each layer run by PyTorch on the states of the one below."""
    states, below = [], torch.from_numpy(x)
    for layer in range(2):
        single = torch.nn.LSTM(below.shape[1], CELLS)
        for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"):
            getattr(single, f"{name}_l0").data = getattr(lstm, f"{name}_l{layer}").data
        with torch.no_grad():
            below = single(below)[0]
        states.append(below.numpy())
    return states


def torch_gates(lstm, layer: int, x: np.ndarray, states: np.ndarray) -> np.ndarray:
    """Input, output and forget gates [time, 3, cells]; PyTorch's order of weights is i, f, g, o."""
    before = np.vstack([np.zeros((1, CELLS)), states[:-1]])
    names = (f"{name}_l{layer}" for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"))
    w, r, b, c = (getattr(lstm, name).detach().numpy() for name in names)
    i, f, _, o = np.split(1 / (1 + np.exp(-(x @ w.T + before @ r.T + b + c))), 4, axis=1)
    return np.stack([i, o, f], axis=1)


def test_states_and_gates_are_those_of_pytorch(exported):
    lstm, path = exported
    x = np.random.default_rng(2).normal(size=(LENGTH, 2)).astype(np.float32)
    expected, ours = torch_states(lstm, x), x
    layers = lstm_layers(path)
    assert len(layers) == 2
    for number, layer in enumerate(layers):
        below = ours
        ours, gates = run_layer(layer, below)
        np.testing.assert_allclose(ours, expected[number], atol=1e-4)
        np.testing.assert_allclose(gates, torch_gates(lstm, number, below, expected[number]), atol=1e-4)


def test_saturation_is_the_share_of_time_below_and_above_the_limits(exported):
    lstm, path = exported
    rng = np.random.default_rng(3)
    window = (rng.normal(size=LENGTH) + 1j * rng.normal(size=LENGTH)).astype(np.complex64)
    x = amplitude_phase(window[None])[0].T
    found = gate_saturation(path, window)
    for number, states in enumerate(torch_states(lstm, x)):
        gates = torch_gates(lstm, number, x, states)
        np.testing.assert_allclose(found[number].left, (gates < 0.1).mean(axis=0), atol=1e-6)
        np.testing.assert_allclose(found[number].right, (gates > 0.9).mean(axis=0), atol=1e-6)
        x = states
    assert 0.1 < np.mean(found[0].left) < 0.9 and 0.1 < np.mean(found[0].right) < 0.9


def test_a_file_without_an_lstm_has_no_gates(tmp_path):
    assert gate_saturation(write_small_model(tmp_path / "model.onnx", LENGTH), np.ones(LENGTH, np.complex64)) == []
