# SPDX-License-Identifier: GPL-3.0-or-later
"""SigNet (Chen et al., "SigNet: A Novel Deep Learning Framework for Radio Signal Classification", sections II-A, II-B)."""

from torch import Tensor, nn

from .resnet import ResNet
from .signal_to_matrix import SignalToMatrix


class SigNet(nn.Module):
    """S2M on I and on Q, and a residual network on the two matrices as one image of two channels (fig. 1).

    Parameters
    ----------
    labels : int
        Number of classes.
    depth : int
        Of the residual network: 18, 34, 50 or 101 (table IV).
    filter_size : int
        Samples of an S2M slice (table III: 3, 5, 7, 9).
    stride : int
        Samples from one slice to the next (section II-C: more than 1 where the signal is long).

    Raises
    ------
    ParameterError
        If one of these is not allowed.
    """

    def __init__(self, labels: int, depth: int = 50, filter_size: int = 3, stride: int = 1) -> None:
        super().__init__()
        self.matrix = SignalToMatrix(2, filter_size, stride)
        self.resnet = ResNet(labels, depth, 2)

    def forward(self, windows: Tensor) -> Tensor:
        """Return logits [batch, labels] of windows [batch, 2 (I, Q), time]."""
        return self.resnet(self.matrix(windows))
