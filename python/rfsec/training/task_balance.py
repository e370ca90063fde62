# SPDX-License-Identifier: GPL-3.0-or-later
"""How the losses of several tasks become one (Li et al., section 4.4): fixed weights, learnt uncertainty, dynamic average."""

import torch
from torch import Tensor, nn

from ..errors import ParameterError

_TEMPERATURE = 2.0  # Liu et al. 2019, section 3.3
_LEAST_LOSS = 1e-6


class FixedWeights(nn.Module):
    """Weights that stay (eq. 6); the paper's grid search tries steps of 0.1.

    Parameters
    ----------
    tasks : int
    first : float or None
        Share of the first task, in (0, 1); the others divide the rest. None weighs all alike ("uniform").
    """

    def __init__(self, tasks: int, first: float | None = None) -> None:
        super().__init__()
        if first is not None and not 0 < first < 1:
            raise ParameterError(f"The 'first' weight of two tasks must be in (0, 1). Got {first} instead.")
        weights = torch.ones(tasks)
        if first is not None:
            weights = torch.full((tasks,), (1 - first) / max(1, tasks - 1))
            weights[0] = first
            weights *= tasks  # a step is as long as with equal weights
        self.register_buffer("weights", weights)

    def forward(self, losses: Tensor) -> Tensor:
        """Return the loss to minimise of the tasks' losses, shape (tasks,)."""
        return self.weights @ losses

    def end_epoch(self, losses: Tensor) -> None:
        """Take note of the mean losses of an epoch, shape (tasks,)."""


class UncertaintyWeights(nn.Module):
    """A learnt variance s for each task: sum of exp(-log s) L + log s / 2 (Kendall et al. 2018, eq. 10, for classification)."""

    def __init__(self, tasks: int) -> None:
        super().__init__()
        self.log_variance = nn.Parameter(torch.zeros(tasks))

    def forward(self, losses: Tensor) -> Tensor:
        """Return the loss to minimise of the tasks' losses, shape (tasks,)."""
        return (torch.exp(-self.log_variance) * losses + self.log_variance / 2).sum()

    def end_epoch(self, losses: Tensor) -> None:
        """Do nothing: the variances are learnt step by step."""


class DynamicWeightAverage(nn.Module):
    """Weights by how slowly each task's loss fell over the last two epochs (Liu et al. 2019, eq. 7), temperature 2."""

    def __init__(self, tasks: int) -> None:
        super().__init__()
        self.register_buffer("weights", torch.ones(tasks))
        self.register_buffer("last", torch.full((tasks,), torch.nan))

    def forward(self, losses: Tensor) -> Tensor:
        """Return the loss to minimise of the tasks' losses, shape (tasks,)."""
        return self.weights @ losses

    def end_epoch(self, losses: Tensor) -> None:
        """Choose the weights of the next epoch by the mean losses of this one, shape (tasks,), and of the one before."""
        if not self.last.isnan().any():
            falls = losses / self.last.clamp(min=_LEAST_LOSS)  # a task that is solved has a loss of 0
            self.weights = len(losses) * torch.softmax(falls / _TEMPERATURE, dim=0)
        self.last = losses.clone()
