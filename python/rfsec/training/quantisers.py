# SPDX-License-Identifier: GPL-3.0-or-later
"""Weights of one or two bits and activations of four in the forward pass, with gradients that see through them.

The straight-through estimator: Bengio et al., arXiv:1308.3432.
"""

import torch
from torch import Tensor

_THRESHOLD = 0.7  # of a row's mean magnitude: Li et al., "Ternary Weight Networks", arXiv:1605.04711, eq. 6
_SMALLEST_SCALE = 1e-8


class _TernaryLevels(torch.autograd.Function):
    @staticmethod
    def forward(context, weight: Tensor) -> tuple[Tensor, Tensor]:
        size = weight.abs()
        kept = size > _THRESHOLD * size.mean(1, keepdim=True)
        scale = ((size * kept).sum(1) / kept.sum(1).clamp_min(1)).clamp_min(_SMALLEST_SCALE)
        context.save_for_backward(scale)
        context.mark_non_differentiable(scale)
        return torch.sign(weight) * kept, scale

    @staticmethod
    def backward(context, gradient: Tensor, _: Tensor) -> Tensor:
        (scale,) = context.saved_tensors
        return gradient / scale[:, None]


def ternary_levels(weight: Tensor) -> tuple[Tensor, Tensor]:
    """Return the levels -1, 0, +1 and the scale [rows] of each row of a weight matrix [rows, columns].

    The threshold of a row is 0.7 of its mean magnitude, its scale the mean magnitude of what exceeds that (Li et al.,
    arXiv:1605.04711, eq. 5 and 6, for each row). The gradient of levels times scale is the weight's own.
    """
    return _TernaryLevels.apply(weight)


def ternary(weight: Tensor) -> Tensor:
    """Return a weight matrix [rows, columns] with three values in each row: -scale, 0 and +scale."""
    levels, scale = ternary_levels(weight)
    return levels * scale[:, None]


class _Sign(torch.autograd.Function):
    @staticmethod
    def forward(context, x: Tensor) -> Tensor:
        context.save_for_backward(x)
        return torch.where(x >= 0, 1.0, -1.0).to(x.dtype)

    @staticmethod
    def backward(context, gradient: Tensor) -> Tensor:
        (x,) = context.saved_tensors
        return gradient * (x.abs() <= 1)


def sign(x: Tensor) -> Tensor:
    """Return +1 where x >= 0, else -1; the gradient passes where |x| <= 1 (Courbariaux et al., arXiv:1602.02830, eq. 1, 4)."""
    return _Sign.apply(x)

