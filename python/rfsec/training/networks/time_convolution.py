# SPDX-License-Identifier: GPL-3.0-or-later
"""A convolution along time over images of height 1, whose weights' gradient is three matrix products on a CPU."""

import torch
from torch import Tensor, nn
from torch.autograd.function import FunctionCtx, once_differentiable


def _steps(images: Tensor) -> Tensor:
    """Return images [batch, channels, 1, time] as [batch, time, channels], without a copy where the channels are innermost."""
    return images.squeeze(2).transpose(1, 2).contiguous()


def _products(after: Tensor, before: Tensor) -> Tensor:
    """Return the sum over all steps of after[b, t] before[b, t - 1]', [channels of after, channels of before].

    One product runs over the whole batch; what it adds across the windows' seams is taken off.
    """
    seams = after[1:, 0].t() @ before[:-1, -1]
    return after.flatten(0, 1)[1:].t() @ before.flatten(0, 1)[:-1] - seams


class _Convolve(torch.autograd.Function):
    @staticmethod
    def forward(ctx: FunctionCtx, images: Tensor, weight: Tensor) -> Tensor:
        ctx.save_for_backward(images, weight)
        return nn.functional.conv2d(images, weight, padding=(0, 1))

    @staticmethod
    @once_differentiable
    def backward(ctx: FunctionCtx, gradient: Tensor) -> tuple[Tensor, Tensor]:
        images, weight = ctx.saved_tensors
        x, y = _steps(images), _steps(gradient)
        taps = [_products(y, x), y.flatten(0, 1).t() @ x.flatten(0, 1), _products(x, y).t()]
        of_images = nn.grad.conv2d_input(images.shape, weight, gradient, padding=(0, 1))
        return of_images, torch.stack(taps, dim=-1).unsqueeze(2)


class TimeConvolution(nn.Conv2d):
    """A convolution of kernel (1, 3) without bias that keeps the length.

    With float32 on a CPU PyTorch takes more than half of a training step for the gradients of such weights; as matrix
    products they take 2.5 times less. The first layer's few channels, bfloat16 and GPUs are left to PyTorch.

    Parameters
    ----------
    inputs, outputs : int
        Channels, at least 1.
    """

    _FEWEST = 16  # channels that make a matrix product pay

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__(inputs, outputs, (1, 3), padding=(0, 1), bias=False)

    def forward(self, images: Tensor) -> Tensor:
        """Return [batch, outputs, 1, time] of images [batch, inputs, 1, time]."""
        plain = not self.training or self.in_channels < self._FEWEST or images.device.type != "cpu" or torch.is_autocast_enabled("cpu")
        return super().forward(images) if plain else _Convolve.apply(images, self.weight)
