# SPDX-License-Identifier: GPL-3.0-or-later
"""The small default: convolutions, a bidirectional GRU and three poolings, on features made inside the network."""

import torch
from torch import Tensor, nn

from .lag_convolutions import Residual, convolution, lag_features


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
            convolution(5, width, 7),
            convolution(width, width, 5, stride=2),
            Residual(width),
            convolution(width, width, 3, stride=2),
            Residual(width),
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
