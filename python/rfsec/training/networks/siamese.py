# SPDX-License-Identifier: GPL-3.0-or-later
"""The siamese paper's network (Morge-Rollet et al., "Siamese Network on I/Q Signal for RF Fingerprinting", 2020, table 1)."""

import torch
from torch import Tensor, nn

_FILTERS, _DENSE = 50, 256


class SiameseNetwork(nn.Module):
    """Two convolutions without padding over I and Q, a dense layer, and the embedding, all with ReLUs.

    With the weighted L1 norm of its logistic loss (128 weights and a bias) it has 1,553,531 parameters at 128 samples.

    Parameters
    ----------
    length : int
        Samples of a window, at least 13.
    size : int
        Values of an embedding, the paper's D.
    """

    def __init__(self, length: int = 128, size: int = 128) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(1, _FILTERS, (1, 7)),
            nn.ReLU(),
            nn.Conv2d(_FILTERS, _FILTERS, (2, 7)),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(_FILTERS * (length - 12), _DENSE),
            nn.ReLU(),
            nn.Dropout(0.5),
        )
        self.last = nn.Linear(_DENSE, size)

    def forward(self, windows: Tensor) -> Tensor:
        """Return embeddings [batch, size] of windows [batch, 2 (I, Q), time]."""
        return torch.relu(self.last(self.body(windows.unsqueeze(1))))
