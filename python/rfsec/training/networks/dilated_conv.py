# SPDX-License-Identifier: GPL-3.0-or-later
"""The default: convolutions only, ever further apart, so that int8 makes all of it fast."""

import torch
from torch import Tensor, nn

from .lag_convolutions import Residual, convolution, lag_features

_DILATIONS = (2, 4, 8, 16)  # of the blocks at half the sample rate: the last sees the whole window


class DilatedConv(nn.Module):
    """Five features, a stem that halves the time axis, four dilated residual blocks, attention + max + mean pooling.

    With 11 labels it has 185,740 parameters at a width of 64, and 47,820 at 32. It takes windows of any length.

    Parameters
    ----------
    labels : int
        Number of classes.
    width : int
        Channels of every convolution.
    keep : float
        Dropout keep probability before the last layer.
    """

    def __init__(self, labels: int, width: int = 64, keep: float = 0.8) -> None:
        super().__init__()
        self.body = nn.Sequential(
            convolution(5, width, 7),
            convolution(width, width, 5, stride=2),
            Residual(width),
            convolution(width, width, 3),
            *(Residual(width, dilation) for dilation in _DILATIONS),
        )
        self.score = nn.Conv1d(width, 1, 1)
        self.head = nn.Sequential(
            nn.Linear(3 * width, 2 * width), nn.ReLU(), nn.Dropout(1 - keep), nn.Linear(2 * width, labels)
        )

    def forward(self, windows: Tensor) -> Tensor:
        """Return logits [batch, labels] of windows [batch, 2 (I, Q), time]."""
        states = self.body(lag_features(windows))
        weight = torch.softmax(self.score(states), dim=2)
        pooled = ((states * weight).sum(dim=2), states.amax(dim=2), states.mean(dim=2))
        return self.head(torch.cat(pooled, dim=1))
