# SPDX-License-Identifier: GPL-3.0-or-later
"""Channels at the positions of a grid that a split left out, from those around them that it did not.

A step of the grid is a small part of a wavelength, so over a few steps a channel is smooth in where it is: a polynomial in x and y,
fitted to what is known nearby, gives what lies between. In `disjoint-100` the error is -55 dB of the channel (median; -33 dB on average,
most of it at the edges of shadows). That the random split can be filled in so is a property of the split, not of a radio: its positions lie
closer than any channel needs.
"""

import numpy as np

from ..datasets.room import RoomChannels
from ..datasets.room_scene import STEP_M

_REACH = 3  # steps
_DEGREE = 4
_AT_ONCE = 2048  # positions: bounds the memory


def filled(channels: RoomChannels) -> RoomChannels:
    """Return channels with those of missing positions behind them, where enough positions are known around one.

    Parameters
    ----------
    channels : RoomChannels
        At positions on a grid of `STEP_M`.
    """
    x, y = np.rint(channels.positions[:, :2].T / STEP_M).astype(np.int64)
    known = np.full((np.ptp(x) + 1 + 2 * _REACH, np.ptp(y) + 1 + 2 * _REACH), -1)
    known[x - x.min() + _REACH, y - y.min() + _REACH] = np.arange(len(x))
    around = np.lib.stride_tricks.sliding_window_view(known, (2 * _REACH + 1,) * 2)
    around = around[known[_REACH:-_REACH, _REACH:-_REACH] < 0].reshape(-1, (2 * _REACH + 1) ** 2)
    terms = _terms()
    around = around[np.count_nonzero(around >= 0, axis=1) >= 2 * terms.shape[1]]
    made = [_at_centres(channels, numbers, terms) for numbers in np.array_split(around, len(around) // _AT_ONCE + 1)]
    arrays = ((channels.positions, channels.band1, channels.band2), *made)
    return RoomChannels(*(np.concatenate(parts) for parts in zip(*arrays)))


def _terms() -> np.ndarray:
    """Values of the polynomial's terms at each step around a position, the constant first, float64 [steps, terms]."""
    step = np.linspace(-1, 1, 2 * _REACH + 1)
    powers = [(i, degree - i) for degree in range(_DEGREE + 1) for i in range(degree + 1)]
    return np.stack([np.multiply.outer(step**i, step**j).ravel() for i, j in powers], axis=1)


def _at_centres(channels: RoomChannels, around: np.ndarray, terms: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return positions and both bands at the centres of windows whose positions' numbers are `around`, -1 where none is known."""
    known = (around >= 0).astype(float)
    normal = np.einsum("nk,ki,kj->nij", known, terms, terms, optimize=True)
    constant = np.broadcast_to(np.eye(terms.shape[1])[:, :1], (len(around), terms.shape[1], 1))
    weights = np.linalg.solve(normal, constant)[..., 0] @ terms.T * known
    safe = np.sum(weights**2, axis=1) <= 1  # else it would make more of an error than the error is
    around, weights = around[safe], weights[safe]
    return tuple(np.einsum("nk,nkl->nl", weights.astype(values.real.dtype), values[around]) for values in (channels.positions, channels.band1, channels.band2))
