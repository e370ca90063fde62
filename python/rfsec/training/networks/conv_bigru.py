# SPDX-License-Identifier: GPL-3.0-or-later
"""The small default: convolutions, a bidirectional GRU and three poolings, on features made inside the network."""

import torch
from torch import Tensor, nn


def lag_features(windows: Tensor) -> Tensor:
    """Append |x| and the lag-1 products x[n] conj(x[n-1]) to the rows I and Q: [batch, 2, time] -> [batch, 5, time].

    The products do not turn with the carrier's phase; their angle is the frequency.
    """
    real, imag = windows[:, :1], windows[:, 1:]
    before_real = torch.cat((real[..., :1], real[..., :-1]), dim=-1)
    before_imag = torch.cat((imag[..., :1], imag[..., :-1]), dim=-1)
    magnitude = torch.sqrt(real * real + imag * imag + 1e-12)
    return torch.cat(
        (
            windows,
            magnitude,
            real * before_real + imag * before_imag,
            imag * before_real - real * before_imag,
        ),
        dim=1,
    )


def _convolution(inputs: int, outputs: int, kernel: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv1d(inputs, outputs, kernel, stride, padding=kernel // 2, bias=False),
        nn.BatchNorm1d(outputs),
        nn.ReLU(),
    )


class _Residual(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            _convolution(channels, channels, 3),
            nn.Conv1d(channels, channels, 3, padding=1, bias=False),
            nn.BatchNorm1d(channels),
        )

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(x + self.body(x))


class ConvBiGru(nn.Module):
    """Five features, a convolutional stem that quarters the time axis, a BiGRU, attention + max + mean pooling.

    Parameters
    ----------
    labels : int
        Number of classes.
    width : int
        Channels of the stem and cells of each GRU direction.
    keep : float
        Dropout keep probability before the last layer.
    """

    def __init__(self, labels: int, width: int = 64, keep: float = 0.8) -> None:
        super().__init__()
        self.stem = nn.Sequential(
            _convolution(5, width, 7),
            _convolution(width, width, 5, stride=2),
            _Residual(width),
            _convolution(width, width, 3, stride=2),
            _Residual(width),
        )
        self.gru = nn.GRU(width, width, batch_first=True, bidirectional=True)
        self.score = nn.Linear(2 * width, 1)
        self.head = nn.Sequential(
            nn.Linear(6 * width, 2 * width), nn.ReLU(), nn.Dropout(1 - keep), nn.Linear(2 * width, labels)
        )

    def forward(self, windows: Tensor) -> Tensor:
        """Return logits [batch, labels] of windows [batch, 2 (I, Q), time]."""
        states, _ = self.gru(self.stem(lag_features(windows)).transpose(1, 2))
        weight = torch.softmax(self.score(states), dim=1)
        pooled = ((states * weight).sum(dim=1), states.amax(dim=1), states.mean(dim=1))
        return self.head(torch.cat(pooled, dim=1))
