# SPDX-License-Identifier: GPL-3.0-or-later
"""The networks of the joint modulation and emitter paper (Li et al., section 3): experts, gates, and a head for each task."""

import torch
from torch import Tensor, nn

from .time_convolution import TimeConvolution

_LAYERS, _WIDTH, _STEPS = 9, 64, 11
_ATTENTION_HEADS, _FORWARD, _DROPOUT = 4, 128, 0.1


class CnnExpert(nn.Module):
    """A nine-layer CNN (fig. 3): convolutions of kernel 3, each halving the time, pooled to a sequence of 11 steps of 64.

    The paper gives neither widths nor kernels. 64 filters of 3 are what this family of networks has on 6,000 samples
    (nine halvings of 6,000 leave 11 steps, which the adaptive pooling keeps for other lengths).
    """

    def __init__(self) -> None:
        super().__init__()
        layers, inputs = [], 2
        for _ in range(_LAYERS):
            # Pooled before it is rectified: half to rectify.
            layers += [TimeConvolution(inputs, _WIDTH), nn.BatchNorm2d(_WIDTH), nn.MaxPool2d((1, 2)), nn.ReLU()]
            inputs = _WIDTH
        self.layers, self.pool = nn.Sequential(*layers), nn.AdaptiveAvgPool2d((1, _STEPS))
        # Images of height 1 with the channels innermost train two and a half times as fast as Conv1d on a CPU.
        self.to(memory_format=torch.channels_last)

    def forward(self, windows: Tensor) -> Tensor:
        """Return [batch, 11, 64] of windows [batch, 2 (I, Q), time]."""
        images = windows.unsqueeze(2).contiguous(memory_format=torch.channels_last)
        return self.pool(self.layers(images)).squeeze(2).transpose(1, 2)


class _Head(nn.Module):
    """A Transformer encoder of one layer over the expert's steps, where wanted (fig. 4), and a dense layer on all of them."""

    def __init__(self, labels: int, transformer: bool) -> None:
        super().__init__()
        layer = nn.TransformerEncoderLayer(_WIDTH, _ATTENTION_HEADS, _FORWARD, _DROPOUT, batch_first=True)
        self.encoder = layer if transformer else nn.Identity()
        self.dense = nn.Linear(_STEPS * _WIDTH, labels)

    def forward(self, steps: Tensor) -> Tensor:
        return self.dense(self.encoder(steps).flatten(1))


class JointCnn(nn.Module):
    """The paper's model and what it is compared with, by their parts.

    ========================  =======  ==========  ===============
    row                       experts  heads       transformer
    ========================  =======  ==========  ===============
    CNN                       1        one         no
    CNN-Transformer           1        one         yes
    SB-CNN-Transformer        1        both        yes
    MMOE-CNN-Transformer      3        both        yes
    MMOE-CNN                  3        both        no
    MMOE-CNN-Transformer-A/R  3        one         yes
    ========================  =======  ==========  ===============

    Parameters
    ----------
    labels : tuple of int
        Labels of each head.
    experts : int
        One is shared by all heads (the Shared-Bottom model); of more each head has a gate, which weighs them by a dense
        layer on the window (eqs. 3 and 4).
    transformer : bool
        Whether the heads have Transformer encoders.
    window : int
        Samples of a window, which the gates are made for.
    """

    def __init__(self, labels: tuple[int, ...], experts: int = 3, transformer: bool = True, window: int = 6000) -> None:
        super().__init__()
        self.experts = nn.ModuleList(CnnExpert() for _ in range(experts))
        self.gates = nn.ModuleList(nn.Linear(2 * window, experts) for _ in labels if experts > 1)
        self.heads = nn.ModuleList(_Head(count, transformer) for count in labels)

    def forward(self, windows: Tensor) -> tuple[Tensor, ...]:
        """Return logits [batch, labels] of each head for windows [batch, 2 (I, Q), time]."""
        steps = torch.stack([expert(windows) for expert in self.experts], dim=1)
        if not len(self.gates):
            return tuple(head(steps[:, 0]) for head in self.heads)
        shares = [torch.softmax(gate(windows.flatten(1)), dim=1) for gate in self.gates]
        return tuple(
            head((share[:, :, None, None] * steps).sum(1)) for head, share in zip(self.heads, shares, strict=True)
        )
