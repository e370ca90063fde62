# SPDX-License-Identifier: GPL-3.0-or-later
"""One step of an optimiser down the slope of a loss, as the loops take it."""

from collections.abc import Iterable

import torch
from torch import nn

from ..errors import DatasetError

LARGEST_GRADIENT = 1.0


def descend(loss: torch.Tensor, rate: float, optimiser: torch.optim.Optimizer, clipped: Iterable[nn.Parameter]) -> None:
    """Take a step at the learning rate `rate`; the gradient of the parameters `clipped` has a norm of at most 1.

    Raises DatasetError where the gradient is no finite number: such a step would leave no weight that is one.
    """
    for group in optimiser.param_groups:
        group["lr"] = rate
    optimiser.zero_grad()
    loss.backward()
    try:
        nn.utils.clip_grad_norm_(clipped, LARGEST_GRADIENT, error_if_nonfinite=True)
    except RuntimeError:
        raise DatasetError(
            "The training has diverged: its gradient is not finite. Take windows that differ more from each other, such as longer ones."
        ) from None
    optimiser.step()
