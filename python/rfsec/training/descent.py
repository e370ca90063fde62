# SPDX-License-Identifier: GPL-3.0-or-later
"""One step of an optimiser down the slope of a loss, as the loops take it."""

from collections.abc import Iterable

import torch
from torch import nn

_LARGEST_GRADIENT = 1.0


def descend(loss: torch.Tensor, rate: float, optimiser: torch.optim.Optimizer, clipped: Iterable[nn.Parameter]) -> None:
    """Take a step at the learning rate `rate`; the gradient of the parameters `clipped` has a norm of at most 1."""
    for group in optimiser.param_groups:
        group["lr"] = rate
    optimiser.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(clipped, _LARGEST_GRADIENT)
    optimiser.step()
