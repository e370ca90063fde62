# SPDX-License-Identifier: GPL-3.0-or-later
"""Residual networks of He et al. 2016 (doi:10.1109/CVPR.2016.90, table 1), stage by stage, over one or two axes."""

import torch
from torch import Tensor, nn

from ...errors import ParameterError

_CONVOLUTION = {1: nn.Conv1d, 2: nn.Conv2d}
_NORM = {1: nn.BatchNorm1d, 2: nn.BatchNorm2d}
_POOL = {1: nn.MaxPool1d, 2: nn.MaxPool2d}
_BLOCKS = {18: (2, 2, 2, 2), 34: (3, 4, 6, 3), 50: (3, 4, 6, 3), 101: (3, 4, 23, 3)}
_FIRST_BOTTLENECK_DEPTH = 50
_LAST_STAGE = 5


def _convolution(axes: int, inputs: int, outputs: int, kernel: int, stride: int = 1) -> nn.Sequential:
    layer = _CONVOLUTION[axes](inputs, outputs, kernel, stride, padding=kernel // 2, bias=False)
    nn.init.kaiming_normal_(layer.weight, mode="fan_out", nonlinearity="relu")
    return nn.Sequential(layer, _NORM[axes](outputs))


class _Block(nn.Module):
    """Two convolutions of kernel 3, or a bottleneck of kernels 1, 3, 1 whose kernel 3 takes the stride."""

    def __init__(self, axes: int, inputs: int, outputs: int, stride: int, bottleneck: bool) -> None:
        super().__init__()
        if bottleneck:
            width = outputs // 4
            self.body = nn.Sequential(
                _convolution(axes, inputs, width, 1),
                nn.ReLU(),
                _convolution(axes, width, width, 3, stride),
                nn.ReLU(),
                _convolution(axes, width, outputs, 1),
            )
        else:
            self.body = nn.Sequential(
                _convolution(axes, inputs, outputs, 3, stride), nn.ReLU(), _convolution(axes, outputs, outputs, 3)
            )
        same = inputs == outputs and stride == 1
        self.shortcut = nn.Identity() if same else _convolution(axes, inputs, outputs, 1, stride)

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(self.body(x) + self.shortcut(x))


def stage_channels(depth: int, number: int) -> int:
    """Return the channels that stage `number` (1, the stem, to 5) gives; ParameterError for a depth not in table 1."""
    if depth not in _BLOCKS:
        raise ParameterError(f"The 'depth' of a ResNet must be one of {', '.join(map(str, _BLOCKS))}. Got {depth} instead.")
    if number == 1:
        return 64
    return (256 if depth >= _FIRST_BOTTLENECK_DEPTH else 64) * 2 ** (number - 2)


def make_stage(depth: int, number: int, inputs: int, axes: int = 2) -> nn.Sequential:
    """Return one stage of a residual network.

    Parameters
    ----------
    depth : int
        18, 34, 50 or 101.
    number : int
        1 is the stem (kernel 7 by stride 2, pooling of 3 by 2), 2 to 5 are the stages of residual blocks.
    inputs : int
        Channels that come in.
    axes : int
        1 or 2: convolutions over time, or over an image.

    Raises
    ------
    ParameterError
        If `depth` is not one of those.
    """
    outputs = stage_channels(depth, number)
    if number == 1:
        return nn.Sequential(_convolution(axes, inputs, outputs, 7, 2), nn.ReLU(), _POOL[axes](3, 2, padding=1))
    blocks = []
    for block in range(_BLOCKS[depth][number - 2]):
        stride = 2 if block == 0 and number > 2 else 1
        blocks.append(_Block(axes, inputs, outputs, stride, depth >= _FIRST_BOTTLENECK_DEPTH))
        inputs = outputs
    return nn.Sequential(*blocks)


class ResNet(nn.Module):
    """Stages `first` to 5 of a residual network over images, the mean over the image, and a dense layer.

    Parameters
    ----------
    labels : int
        Number of classes.
    depth : int
        18, 34, 50 or 101.
    channels : int
        Channels of the images.
    first : int
        The first stage; 1 is the whole network.
    """

    def __init__(self, labels: int, depth: int, channels: int, first: int = 1) -> None:
        super().__init__()
        stages = []
        for number in range(first, _LAST_STAGE + 1):
            stages.append(make_stage(depth, number, channels))
            channels = stage_channels(depth, number)
        self.stages = nn.Sequential(*stages)
        self.pool = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())
        self.dense = nn.Linear(channels, labels)
        # bfloat16 training takes about a quarter less time with the channels innermost.
        self.to(memory_format=torch.channels_last)

    def forward(self, images: Tensor) -> Tensor:
        """Return logits [batch, labels] of images [batch, channels, height, width]."""
        return self.dense(self.pool(self.stages(images)))
