# SPDX-License-Identifier: GPL-3.0-or-later
"""Parts of our own networks: features that do not turn with the carrier's phase, convolutions, residual blocks."""

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


def convolution(inputs: int, outputs: int, kernel: int, stride: int = 1) -> nn.Sequential:
    """Return a convolution over time, batch normalisation and a ReLU; the time axis shrinks by `stride`."""
    return nn.Sequential(
        nn.Conv1d(inputs, outputs, kernel, stride, padding=kernel // 2, bias=False),
        nn.BatchNorm1d(outputs),
        nn.ReLU(),
    )


class Residual(nn.Module):
    """Two convolutions of 3 samples, `dilation` apart, added to what came in: [batch, channels, time] -> the same."""

    def __init__(self, channels: int, dilation: int = 1) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Sequential(
                nn.Conv1d(channels, channels, 3, padding=dilation, dilation=dilation, bias=False),
                nn.BatchNorm1d(channels),
                nn.ReLU(),
            ),
            nn.Conv1d(channels, channels, 3, padding=dilation, dilation=dilation, bias=False),
            nn.BatchNorm1d(channels),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Return what the block makes of `x`."""
        return torch.relu(x + self.body(x))
