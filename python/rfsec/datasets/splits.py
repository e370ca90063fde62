# SPDX-License-Identifier: GPL-3.0-or-later
"""Parts of one file: training, validation and test, disjoint and equally shared by every label and SNR, and fewer of each."""

import numpy as np

from ..errors import ParameterError
from .cells import rank_in_cell
from .labelled_windows import LabelledWindows
from .seeding import Purpose, seed_sequence

FEWEST = 5  # windows of each label at each SNR of which 6:2:2 gives each part one


def split(
    data: LabelledWindows, seed: int, shares: tuple[float, ...] = (0.6, 0.2, 0.2)
) -> tuple[LabelledWindows, ...]:
    """Split windows at random, cell by cell; equal seeds give equal parts.

    Both modulation papers split their data 6:2:2 (SigNet, section III-A).

    Parameters
    ----------
    data : LabelledWindows
    seed : int
        At least 0.
    shares : tuple of float
        Of each part, at least 0, in all 1. A cell's windows are shared to the nearest window.

    Returns
    -------
    tuple of LabelledWindows
        One for each share, in the order of `data`; every window is in exactly one.

    Raises
    ------
    ParameterError
        If the shares are not a whole, or one of the parts would be empty.
    """
    if min(shares, default=-1.0) < 0 or not np.isclose(sum(shares), 1.0):
        raise ParameterError(f"The 'shares' of a split must be at least 0 and add up to 1. Got {shares} instead.")
    shuffled = np.random.default_rng(seed_sequence(Purpose.SPLIT, seed)).permutation(len(data))
    label, snr_db = data.label[shuffled], data.snr_db[shuffled]
    ahead, behind = rank_in_cell(label, snr_db), rank_in_cell(label[::-1], snr_db[::-1])[::-1]
    size = ahead + behind + 1
    bounds = [np.round(size * bound) for bound in np.cumsum((0.0, *shares))]
    rows = [np.sort(shuffled[(low <= ahead) & (ahead < high)]) for low, high in zip(bounds, bounds[1:])]
    if not all(map(len, rows)):
        raise ParameterError(
            f"A split into {len(shares)} parts needs more windows of each label at each SNR. "
            f"Got {size.max(initial=0)} at most, which leaves one part empty."
        )
    return tuple(data[part] for part in rows)


def thin(data: LabelledWindows, windows_per_cell: int, seed: int) -> LabelledWindows:
    """Return at most `windows_per_cell` windows of each label at each SNR, chosen at random by `seed`, in the order of `data`."""
    order = np.random.default_rng(seed_sequence(Purpose.TRAINING, seed)).permutation(len(data))
    rank = rank_in_cell(data.label[order], data.snr_db[order])
    return data[np.sort(order[rank < windows_per_cell])]
