# SPDX-License-Identifier: GPL-3.0-or-later
"""The two-dimensional CNN with binary weights and activations (Rajendran et al. 2018, section VI-E)."""

import torch
from torch import Tensor, nn
from torch.nn.functional import conv2d, linear

from ..quantisers import sign
from .cnn2d import Cnn2d

_SMALLEST_GAIN = 1e-12


class BinaryCnn2d(nn.Module):
    """The layers of `Cnn2d` with weights and activations of -1 and +1, after Courbariaux et al., arXiv:1602.02830.

    Batch normalization stands before each sign, in place of biases and dropout. The first layer's weights are binary, its
    input has 8 bits (their section 2.5): steps of 1/32 from -4 to 4. The last layer's weights are binary with one scale a
    label, the mean magnitude of what they are the signs of (Rastegari et al., arXiv:1603.05279, eq. 6); logits are float.

    Parameters
    ----------
    labels : int
        Number of classes.
    window : int
        Samples of a window, as in `Cnn2d`.
    """

    def __init__(self, labels: int, window: int = 128) -> None:
        super().__init__()
        self.load_parent(Cnn2d(labels, window).state_dict())
        self.norms = nn.ModuleList((nn.BatchNorm2d(256), nn.BatchNorm2d(80), nn.BatchNorm1d(256)))

    def load_parent(self, weights: dict[str, Tensor]) -> None:
        """Start from the weights of a float `Cnn2d` of the same size."""
        self.rows, self.both, self.hidden, self.dense, self.bias = (
            nn.Parameter(weights[name].clone())
            for name in ("body.0.weight", "body.3.weight", "body.7.weight", "dense.weight", "dense.bias")
        )

    def forward(self, windows: Tensor) -> Tensor:
        """Return logits [batch, labels] of windows [batch, 2 (I, Q), window]."""
        rows, both, hidden = self.norms
        x = sign(rows(conv2d(_eight_bit(windows), sign(self.rows), padding=(0, 1))))
        x = sign(both(conv2d(x, sign(self.both))))
        x = sign(hidden(linear(x.flatten(1), sign(self.hidden))))
        return linear(x, sign(self.dense)) * self.dense.abs().mean(1) + self.bias

    @torch.no_grad()
    def deployed(self) -> nn.Module:
        """Return the network to export: each normalization and sign in one is a threshold.

        What is compared with a threshold is a sum of whole numbers, or of 32nds, which float32 holds exactly: two
        libraries that add in another order decide alike.
        """
        return _DeployedBinaryCnn2d(self)


def _eight_bit(windows: Tensor) -> Tensor:
    """Return windows [batch, 2, time] as [batch, 1, 2, time], in steps of 1/32."""
    return (torch.round(windows * 32.0).clamp(-128.0, 127.0) / 32.0).unsqueeze(1)


class _DeployedBinaryCnn2d(nn.Module):
    def __init__(self, network: BinaryCnn2d) -> None:
        super().__init__()
        latent = (network.rows, network.both, network.hidden)
        pairs = [_threshold(sign(weight), norm) for weight, norm in zip(latent, network.norms)]
        self.weights = nn.ParameterList(nn.Parameter(weight, requires_grad=False) for weight, _ in pairs)
        self.thresholds = nn.ParameterList(nn.Parameter(threshold, requires_grad=False) for _, threshold in pairs)
        self.dense = nn.Parameter(sign(network.dense).t().contiguous(), requires_grad=False)
        self.scale = nn.Parameter(network.dense.abs().mean(1), requires_grad=False)
        self.bias = network.bias

    def forward(self, windows: Tensor) -> Tensor:
        x = self._compared(conv2d(_eight_bit(windows), self.weights[0], padding=(0, 1)), 0)
        x = self._compared(conv2d(x, self.weights[1]), 1)
        x = self._compared(linear(x.flatten(1), self.weights[2]), 2)
        return torch.matmul(x, self.dense) * self.scale + self.bias

    def _compared(self, sums: Tensor, layer: int) -> Tensor:
        threshold = self.thresholds[layer].view(-1, *[1] * (sums.dim() - 2))
        return torch.where(sums >= threshold, 1.0, -1.0)


def _threshold(weight: Tensor, norm: nn.BatchNorm1d | nn.BatchNorm2d) -> tuple[Tensor, Tensor]:
    """Return weights and thresholds that give the signs of `norm` after `weight`.

    gain (s - mean) / deviation + shift >= 0 is s >= mean - shift deviation / gain, and where the gain is negative the same
    with all signs turned.
    """
    gain = norm.weight.double()
    gain = torch.where(gain.abs() < _SMALLEST_GAIN, _SMALLEST_GAIN, gain)
    threshold = norm.running_mean.double() - norm.bias.double() * (norm.running_var.double() + norm.eps).sqrt() / gain
    turn = torch.sign(gain)
    return weight * turn.float().view(-1, *[1] * (weight.dim() - 1)), (threshold * turn).float()
