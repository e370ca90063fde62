# SPDX-License-Identifier: GPL-3.0-or-later
"""Our encoder: dense layers on what is measured of a burst, to an embedding of unit length."""

from torch import Tensor, nn


class _Dense(nn.Module):
    """Two dense layers added to what came in."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Linear(width, width), nn.BatchNorm1d(width), nn.ReLU(), nn.Linear(width, width), nn.BatchNorm1d(width)
        )
        self.after = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        return self.after(x + self.body(x))


class MeasuredNetwork(nn.Module):
    """Values brought to unit spread, a dense layer, residual dense layers, and the embedding.

    Parameters
    ----------
    values : int
        Values of a burst.
    size : int
        Values of an embedding.
    width, blocks : int
        Of the hidden layers.
    """

    def __init__(self, values: int, size: int = 64, width: int = 256, blocks: int = 2) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Flatten(),
            nn.BatchNorm1d(values, affine=False, momentum=0.02),
            nn.Hardtanh(-8, 8),  # one wild value must not outshout all others
            nn.Linear(values, width),
            nn.BatchNorm1d(width),
            nn.ReLU(),
            *(_Dense(width) for _ in range(blocks)),
        )
        self.last = nn.Linear(width, size)

    def forward(self, values: Tensor) -> Tensor:
        """Return embeddings [batch, size] of unit length, of values [batch, 1, values]."""
        return nn.functional.normalize(self.last(self.body(values)), dim=1)
