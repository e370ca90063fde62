# SPDX-License-Identifier: GPL-3.0-or-later
"""The residual network on I/Q samples of O'Shea et al. 2018 (doi:10.1109/JSTSP.2018.2797022)."""

import torch
from torch import Tensor, nn

from ...errors import ParameterError

_STACKS = 6
_CHANNELS = 32


def _convolution(inputs: int) -> nn.Sequential:
    return nn.Sequential(nn.Conv1d(inputs, _CHANNELS, 3, padding=1, bias=False), nn.BatchNorm1d(_CHANNELS))


class _Unit(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(_convolution(_CHANNELS), nn.ReLU(), _convolution(_CHANNELS))

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(x + self.body(x))


class ResNet1d(nn.Module):
    """Six residual stacks, each a linear convolution, two residual units and a max pooling by 2; two dense layers.

    Sizes are those of table I of the SigNet paper (Chen et al.): all five convolutions of a stack have kernel 3 (O'Shea's
    first has 1), one hidden dense layer (O'Shea has two). 32 channels and a batch normalisation after each convolution,
    which that table does not name, fit its counts: 0.10 M parameters at 128 samples, 0.13 M at 512.

    Parameters
    ----------
    labels : int
        Number of classes.
    window : int
        Samples of a window, at least 64; the dense layer is made for it.

    Raises
    ------
    ParameterError
        If `window` is too short.
    """

    def __init__(self, labels: int, window: int = 128) -> None:
        super().__init__()
        shrink = 2**_STACKS
        if window < shrink:
            raise ParameterError(f"The 'window' of a 1D-ResNet must be at least {shrink} samples. Got {window} instead.")
        stacks = (
            nn.Sequential(_convolution(_CHANNELS if number else 2), _Unit(), _Unit(), nn.MaxPool1d(2))
            for number in range(_STACKS)
        )
        self.stacks = nn.Sequential(*stacks)
        self.hidden = nn.Sequential(
            nn.Flatten(), nn.Linear(_CHANNELS * (window // shrink), 128), nn.ReLU(), nn.Dropout(0.3)
        )
        self.dense = nn.Linear(128, labels)

    def forward(self, windows: Tensor) -> Tensor:
        """Return logits [batch, labels] of windows [batch, 2 (I, Q), window]."""
        return self.dense(self.hidden(self.stacks(windows)))
