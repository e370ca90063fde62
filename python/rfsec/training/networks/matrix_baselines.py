# SPDX-License-Identifier: GPL-3.0-or-later
"""The fixed signal-to-matrix baselines of the SigNet paper (Chen et al., section III-B), each with a residual network."""

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn

from ...errors import ParameterError
from .resnet import ResNet

MARKOV_BINS = 8
GRID = 64  # cells a side of the constellation's plane
GRID_REACH = 2.5  # of that plane, in each direction from 0


def _one_hot(values: Tensor, edges: Tensor) -> Tensor:
    """Return 1 at the bin of each value and else 0: [..., bins], bins = edges + 1; a value on an edge is below it."""
    above = (values.unsqueeze(-1) > edges).to(values.dtype)
    end = torch.ones_like(above[..., :1])
    return torch.cat((end, above), dim=-1) - torch.cat((above, torch.zeros_like(end)), dim=-1)


def reshape(windows: Tensor) -> Tensor:
    """Return I, then Q, row by row in one square image: [batch, 2, time] -> [batch, 1, side, side], side = sqrt(2 time)."""
    length = int(windows.shape[-1])
    side = math.isqrt(2 * length)
    if side * side != 2 * length:
        raise ParameterError(
            f"The 'window' to reshape must have half a square number of samples, such as 128. Got {length} instead."
        )
    return windows.reshape(-1, 1, side, side)


def gramian_field(windows: Tensor) -> Tensor:
    """Return the Gramian angular summation field of each row: [batch, 2, time] -> [batch, 2, time, time].

    cos(a_i + a_j) = x_i x_j - sqrt(1 - x_i^2) sqrt(1 - x_j^2), where x = cos a is the row scaled to span -1 to 1
    (Wang & Oates, "Imaging Time-Series to Improve Classification and Imputation", arXiv:1506.00327, section 2.1).
    A row of equal samples becomes x = 0.
    """
    low, high = windows.amin(-1, keepdim=True), windows.amax(-1, keepdim=True)
    half = (high - low) / 2
    x = ((windows - (high + low) / 2) / torch.where(half == 0, torch.ones_like(half), half)).clamp(-1, 1)
    sine = torch.sqrt(1 - x * x)
    return x.unsqueeze(-1) * x.unsqueeze(-2) - sine.unsqueeze(-1) * sine.unsqueeze(-2)


def markov_field(windows: Tensor) -> Tensor:
    """Return the Markov transition field of each row: [batch, 2, time] -> [batch, 2, time, time].

    Element i, j is how often a sample in the bin of sample i is followed by one in the bin of sample j, of all that are
    followed; 8 bins between the row's quantiles (Wang & Oates, arXiv:1506.00327, section 2.2).
    """
    ordered, last = torch.sort(windows, dim=-1).values, int(windows.shape[-1]) - 1
    edges = []
    for number in range(1, MARKOV_BINS):
        place = number * last / MARKOV_BINS
        below, above = ordered[..., math.floor(place)], ordered[..., math.ceil(place)]
        edges.append(below + (above - below) * (place - math.floor(place)))
    bins = _one_hot(windows, torch.stack(edges, dim=-1).unsqueeze(-2))
    counts = bins[..., :-1, :].transpose(-1, -2) @ bins[..., 1:, :]
    return bins @ (counts / counts.sum(-1, keepdim=True).clamp(min=1)) @ bins.transpose(-1, -2)


def constellation(windows: Tensor) -> Tensor:
    """Return how many samples lie in each cell of the I/Q plane: [batch, 2, time] -> [batch, 1, 64, 64].

    The plane reaches from -2.5 to 2.5, made for windows of unit mean power; samples beyond it count in its border cells.
    The paper names neither size nor reach; Peng et al. 2019 (doi:10.1109/TNNLS.2018.2850703) count likewise.
    """
    edges = torch.arange(1, GRID, device=windows.device, dtype=windows.dtype) * (2 * GRID_REACH / GRID) - GRID_REACH
    cells = _one_hot(windows, edges)
    return (cells[:, 0].transpose(-1, -2) @ cells[:, 1]).unsqueeze(1)


METHODS: dict[str, tuple[Callable[[Tensor], Tensor], int]] = {  # and the channels of the image
    "reshape": (reshape, 1),
    "gaf": (gramian_field, 2),
    "mtf": (markov_field, 2),
    "constellation": (constellation, 1),
}


class MatrixResNet(nn.Module):
    """A fixed signal-to-matrix method inside the graph, and a residual network on its image.

    Parameters
    ----------
    labels : int
        Number of classes.
    method : str
        reshape, gaf, mtf or constellation.
    depth : int
        Of the residual network: 18, 34, 50 or 101.

    Raises
    ------
    ParameterError
        If one of these is not allowed.
    """

    def __init__(self, labels: int, method: str, depth: int = 50) -> None:
        super().__init__()
        if method not in METHODS:
            allowed = ", ".join(METHODS)
            raise ParameterError(f"The 'method' of a matrix baseline must be one of {allowed}. Got {method!r} instead.")
        self.method = method
        self.resnet = ResNet(labels, depth, METHODS[method][1])

    def forward(self, windows: Tensor) -> Tensor:
        """Return logits [batch, labels] of windows [batch, 2 (I, Q), time]."""
        return self.resnet(METHODS[self.method][0](windows))
