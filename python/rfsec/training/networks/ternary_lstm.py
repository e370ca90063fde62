# SPDX-License-Identifier: GPL-3.0-or-later
"""The amplitude-phase LSTM with ternary weights, and with 4-bit activations too (Rajendran et al. 2018, section VI-E)."""

import torch
from torch import Tensor, nn

from ..quantisers import ternary, ternary_levels
from .four_bit_layer import FourBitRecurrence, four_bit_states
from .lstm import AmplitudePhaseLstm


class TernaryLstm(AmplitudePhaseLstm):
    """TW FA: every weight matrix is ternary with one scale a row; biases and activations are float32.

    The parameters have the float network's names, so that its weights can be the start. There is no dropout: weights of
    three values are regularised enough.

    Parameters
    ----------
    labels, layers, cells : int
        As in `AmplitudePhaseLstm`.
    """

    def __init__(self, labels: int, layers: int = 2, cells: int = 128) -> None:
        super().__init__(labels, layers, cells, keep=1.0)

    def load_parent(self, weights: dict[str, Tensor]) -> None:
        """Start from the weights of a float `AmplitudePhaseLstm` of the same size."""
        self.load_state_dict(weights)

    def forward(self, windows: Tensor) -> Tensor:
        """Return logits [batch, labels] of windows [batch, 2 (amplitude, phase/pi), time]."""
        weights = [ternary(one) if one.dim() == 2 else one for one in self.lstm.parameters()]
        layers, cells = self.lstm.num_layers, self.lstm.hidden_size
        start = windows.new_zeros(layers, len(windows), cells)
        # The fused kernel behind nn.LSTM, which reads its own parameters only.
        states, _, _ = torch.lstm(
            windows.transpose(1, 2), (start, start), weights, True, layers, 0.0, self.training, False, True
        )
        return nn.functional.linear(states[:, -1], ternary(self.dense.weight), self.dense.bias)

    @torch.no_grad()
    def deployed(self) -> nn.Module:
        """Return the network to export: a float LSTM that holds the ternary values."""
        network = AmplitudePhaseLstm(self.dense.out_features, self.lstm.num_layers, self.lstm.hidden_size)
        network.load_state_dict({name: ternary(one) if one.dim() == 2 else one for name, one in self.state_dict().items()})
        return network.eval()


class FourBitLstm(TernaryLstm):
    """TW 4BA: ternary weights; input and hidden state on 16 levels; cell state and biases float32.

    Sigmoid and tanh are the piecewise linear clip(z/4 + 1/2, 0, 1) and clip(z, -1, 1). All steps of the grids are powers
    of two, so PyTorch and ONNX Runtime round the same numbers and agree to the last bit, whatever the batch.
    """

    def forward(self, windows: Tensor) -> Tensor:
        """Return logits [batch, labels] of windows [batch, 2 (amplitude, phase/pi), time]."""
        with torch.autocast(windows.device.type, enabled=False):  # bfloat16 would round what is on a grid
            levels, scale = ternary_levels(self.dense.weight)
            states = _inputs(windows.float()).permute(2, 0, 1)
            for layer in range(self.lstm.num_layers):
                levels_in, scale_in, bias, *recurrent = self.prepared(layer)
                states = FourBitRecurrence.apply(torch.matmul(states, levels_in.t()) * scale_in + bias, *recurrent)
            return nn.functional.linear(states[-1], levels) * scale + self.dense.bias

    def prepared(self, layer: int) -> tuple[Tensor, ...]:
        """Return a layer's input levels, their scale, its bias, recurrent levels and their scale; slopes are in the scales."""
        own = dict(self.lstm.named_parameters())
        levels_in, scale_in = ternary_levels(own[f"weight_ih_l{layer}"])
        levels_back, scale_back = ternary_levels(own[f"weight_hh_l{layer}"])
        bias = own[f"bias_ih_l{layer}"] + own[f"bias_hh_l{layer}"]
        slope, offset = torch.full_like(bias, 0.25), torch.full_like(bias, 0.5)
        candidate = slice(2 * self.lstm.hidden_size, 3 * self.lstm.hidden_size)  # the one gate with a tanh
        slope[candidate], offset[candidate] = 1.0, 0.0
        return levels_in, scale_in * slope, bias * slope + offset, levels_back, scale_back * slope

    @torch.no_grad()
    def deployed(self) -> nn.Module:
        """Return the network to export: levels and scales as they are, each layer a loop over time."""
        return _DeployedFourBitLstm(self)


def _inputs(windows: Tensor) -> Tensor:
    """Return `windows` on 16 levels a row; spelled out, since ONNX has no such rounding of its own."""
    amplitude = torch.round(windows[:, :1] * 64.0).clamp(0.0, 15.0) / 64.0
    return torch.cat((amplitude, torch.round(windows[:, 1:] * 8.0).clamp(-8.0, 7.0) / 8.0), dim=1)


class _DeployedFourBitLstm(nn.Module):
    def __init__(self, network: FourBitLstm) -> None:
        super().__init__()
        self.layers = nn.ParameterList(
            nn.ParameterList(nn.Parameter(one, requires_grad=False) for one in network.prepared(layer))
            for layer in range(network.lstm.num_layers)
        )
        self.levels, self.scale = (nn.Parameter(one, requires_grad=False) for one in ternary_levels(network.dense.weight))
        self.bias = nn.Parameter(network.dense.bias, requires_grad=False)

    def forward(self, windows: Tensor) -> Tensor:
        states = _inputs(windows).transpose(1, 2)
        for levels_in, scale_in, bias, levels_back, scale_back in self.layers:
            states = four_bit_states(torch.matmul(states, levels_in.t()) * scale_in + bias, levels_back, scale_back)
        return torch.matmul(states[:, -1], self.levels.t()) * self.scale + self.bias
