# SPDX-License-Identifier: GPL-3.0-or-later
"""The siamese network with complex convolutions (Trabelsi et al., "Deep Complex Networks", ICLR 2018, section 3.2)."""

import torch
from torch import Tensor, nn

_FILTERS, _DENSE = 25, 256  # complex filters: as many real values as the paper's 50


class ComplexConvolution(nn.Module):
    """A convolution over time with complex weights and without padding: a rotated input gives the output, rotated.

    Parameters
    ----------
    inputs, outputs, width : int
        Complex channels, and samples of a filter.
    """

    def __init__(self, inputs: int, outputs: int, width: int) -> None:
        super().__init__()
        self.real = nn.Conv1d(inputs, outputs, width, bias=False)
        self.imag = nn.Conv1d(inputs, outputs, width, bias=False)

    def forward(self, real: Tensor, imag: Tensor) -> tuple[Tensor, Tensor]:
        """Return both parts [batch, outputs, time - width + 1] of both parts [batch, inputs, time]."""
        return self.real(real) - self.imag(imag), self.real(imag) + self.imag(real)


class ComplexSiameseNetwork(nn.Module):
    """Two complex convolutions of 7 samples with a ReLU on each part, a dense layer, and the embedding, as the paper's has them.

    Parameters
    ----------
    length : int
        Samples of a window, at least 13.
    size : int
        Values of an embedding.
    """

    def __init__(self, length: int = 128, size: int = 128) -> None:
        super().__init__()
        self.first, self.second = ComplexConvolution(1, _FILTERS, 7), ComplexConvolution(_FILTERS, _FILTERS, 7)
        self.body = nn.Sequential(nn.Flatten(), nn.Linear(2 * _FILTERS * (length - 12), _DENSE), nn.ReLU(), nn.Dropout(0.5))
        self.last = nn.Linear(_DENSE, size)

    def forward(self, windows: Tensor) -> Tensor:
        """Return embeddings [batch, size] of windows [batch, 2 (I, Q), time]."""
        parts = windows[:, :1], windows[:, 1:]
        for layer in (self.first, self.second):
            parts = tuple(map(torch.relu, layer(*parts)))
        return torch.relu(self.last(self.body(torch.cat(parts, dim=1))))
