# SPDX-License-Identifier: GPL-3.0-or-later
"""An LSTM layer whose hidden state has 16 levels and whose gates are piecewise linear: to train, and to export.

Gates, in PyTorch's order i, f, g, o, come with their slope inside: i, f, o = clip(z, 0, 1), g = clip(z, -1, 1); then
c = f c + i g and h = round(8 o clip(c, -1, 1)) / 8, from -1 to 7/8.
"""

import torch
from torch import Tensor


@torch.jit.script
def four_bit_states(driven: Tensor, levels: Tensor, scale: Tensor) -> Tensor:
    """Return the hidden states [batch, time, cells] of a layer, in a form that exports to an ONNX loop.

    Parameters
    ----------
    driven : Tensor [batch, time, 4 cells]
        What input and bias give to the gates.
    levels : Tensor [4 cells, cells]
        Recurrent weights -1, 0, +1.
    scale : Tensor [4 cells]
        Of each row of `levels`.
    """
    cell = torch.zeros_like(driven[:, 0, : levels.shape[1]])
    hidden = cell
    states: list[Tensor] = []
    for step in range(driven.shape[1]):
        gates = driven[:, step] + torch.mm(hidden, levels.t()) * scale
        enter, forget, candidate, leave = gates.chunk(4, 1)
        cell = forget.clamp(0.0, 1.0) * cell + enter.clamp(0.0, 1.0) * candidate.clamp(-1.0, 1.0)
        hidden = torch.round(leave.clamp(0.0, 1.0) * cell.clamp(-1.0, 1.0) * 8.0).clamp(-8.0, 7.0) * 0.125
        states.append(hidden)
    return torch.stack(states, 1)


@torch.jit.script
def _forward(driven: Tensor, levels: Tensor, scale: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Return gates [time, batch, 4 cells], cell states and hidden states [time, batch, cells]; `driven` is time first."""
    time, batch, cells = driven.shape[0], driven.shape[1], levels.shape[1]
    gates = torch.empty_like(driven)
    cell_states, states = driven.new_empty(time, batch, cells), driven.new_empty(time, batch, cells)
    cell, hidden, turned = driven.new_zeros(batch, cells), driven.new_zeros(batch, cells), levels.t().contiguous()
    for step in range(time):
        now = gates[step]
        torch.mm(hidden, turned, out=now)
        now.mul_(scale).add_(driven[step])
        enter, forget, candidate, leave = now.chunk(4, 1)
        now[:, : 2 * cells].clamp_(0.0, 1.0)
        candidate.clamp_(-1.0, 1.0)
        leave.clamp_(0.0, 1.0)
        cell = forget * cell + enter * candidate
        hidden = (leave * cell.clamp(-1.0, 1.0)).mul_(8.0).round_().clamp_(-8.0, 7.0).mul_(0.125)
        cell_states[step] = cell
        states[step] = hidden
    return gates, cell_states, states


@torch.jit.script
def _backward(gradient: Tensor, gates: Tensor, cell_states: Tensor, levels: Tensor, scale: Tensor) -> Tensor:
    """Return the gradient of the gates' input [time, batch, 4 cells], by back-propagation through time."""
    cells = levels.shape[1]
    result = torch.empty_like(gates)
    hidden, cell = torch.zeros_like(cell_states[0]), torch.zeros_like(cell_states[0])
    weights, floor = levels * scale[:, None], torch.zeros_like(scale)
    floor[2 * cells : 3 * cells] = -1.0
    for back in range(gates.shape[0]):
        step = gates.shape[0] - 1 - back
        hidden = hidden + gradient[step]
        enter, forget, candidate, leave = gates[step].chunk(4, 1)
        seen = cell_states[step].clamp(-1.0, 1.0)
        cell = cell + hidden * leave * (seen == cell_states[step])
        now = result[step]
        torch.mul(cell, candidate, out=now[:, :cells])
        if step > 0:
            torch.mul(cell, cell_states[step - 1], out=now[:, cells : 2 * cells])
        else:
            now[:, cells : 2 * cells] = 0
        torch.mul(cell, enter, out=now[:, 2 * cells : 3 * cells])
        torch.mul(hidden, seen, out=now[:, 3 * cells :])
        # Where a gate is cut off, its input has no gradient.
        now.mul_((gates[step] < 1.0) & (gates[step] > floor))
        cell = cell * forget
        hidden = torch.mm(now, weights)
    return result


class FourBitRecurrence(torch.autograd.Function):
    """The same layer to train: time comes first, and the recurrent weights' gradient is one product at the end.

    The rounding of the hidden state is straight through. Takes `driven` [time, batch, 4 cells], `levels` and `scale` as
    `four_bit_states`; gives the hidden states [time, batch, cells].
    """

    @staticmethod
    def forward(context, driven: Tensor, levels: Tensor, scale: Tensor) -> Tensor:
        """Run the layer over all steps."""
        gates, cell_states, states = _forward(driven, levels, scale)
        context.save_for_backward(gates, cell_states, states, levels, scale)
        return states

    @staticmethod
    def backward(context, gradient: Tensor) -> tuple[Tensor, Tensor, None]:
        """Return the gradients of `driven` and `levels`."""
        gates, cell_states, states, levels, scale = context.saved_tensors
        driven = _backward(gradient, gates, cell_states, levels, scale)
        before = states[:-1].flatten(0, 1)
        return driven, scale[:, None] * (driven[1:].flatten(0, 1).t() @ before), None
