# SPDX-License-Identifier: GPL-3.0-or-later
"""The signal-to-matrix operator S2M of the SigNet paper (Chen et al., section II-A)."""

import torch
from torch import Tensor, nn

from ...errors import ParameterError


class SignalToMatrix(nn.Module):
    """Turn each channel of a sequence into M = S F S^T: how its slices relate to each other (eqs. 4 to 8).

    Row h of S is the slice of `filter_size` samples that starts at sample h * `stride`; F is learnt, one square matrix
    a channel, and starts from a standard Gaussian (algorithm 1).

    Parameters
    ----------
    channels : int
        Channels of the sequence.
    filter_size : int
        k, samples of a slice and size of F, at least 1.
    stride : int
        h, samples from one slice to the next, at least 1.

    Raises
    ------
    ParameterError
        If `filter_size` or `stride` is below 1.
    """

    def __init__(self, channels: int, filter_size: int = 3, stride: int = 1) -> None:
        super().__init__()
        if filter_size < 1 or stride < 1:
            raise ParameterError(
                f"The 'filter_size' and 'stride' of S2M must be at least 1. Got {filter_size}, {stride} instead."
            )
        self.stride = stride
        self.filters = nn.Parameter(torch.randn(channels, filter_size, filter_size))

    def forward(self, sequence: Tensor) -> Tensor:
        """Return [batch, channels, rows, rows] of a sequence [batch, channels, time], rows = (time - k) // stride + 1."""
        size = self.filters.shape[-1]
        last = sequence.shape[-1] - size + 1
        # Shifted copies side by side: k nodes in ONNX, where unfold would become one for each row.
        slices = torch.stack([sequence[..., shift : shift + last : self.stride] for shift in range(size)], dim=-1)
        return slices @ self.filters @ slices.transpose(-1, -2)
