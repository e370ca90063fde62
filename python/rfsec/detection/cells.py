# SPDX-License-Identifier: GPL-3.0-or-later
"""Which cells of a spectrogram hold more than noise, at a set rate of false alarms."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy import stats

from .cell_groups import groups_of
from .noise_floor import in_passband
from .spectrogram import BINS, HOP

# Sums over 3 frames x 3 bins find what is strong, sums over 16 x 8 what is weak and wide. Neighbours under a Hann window
# are not independent: so many independent values are in a sum (Welch 1967).
_SMALL_SHAPE = 5.5
_TILE = (16, 8)
_TILE_SHAPE = 60.0
_GROW = 2.5  # of the floor: cells beside a certain one that belong to it
_LOUDEST = 6.0  # of the floor: what a cell counts in a tile, which one frame of splatter shall not fill
_OFTEN, _RARELY = 0.2, 0.1  # of the frames of a group: its emissions, and the splatter between them
_STEADY = 64  # frames
_FLAT_DB = 1.0
_DYNAMIC_RANGE = 1e-4  # below the strongest bin of a frame: sidelobes, images, spurs


@dataclass
class Component:
    """Cells that touch each other.

    Attributes
    ----------
    first, last : int
        Frames, `last` is beyond the end.
    low, high : int
        Bins, `high` is beyond the end.
    """

    first: int
    last: int
    low: int
    high: int


@lru_cache(maxsize=16)
def thresholds(false_alarms_per_s: float, sample_rate_hz: float) -> tuple[float, float]:
    """How far above the floor a small and a tile sum must be, as a ratio, for that many false alarms a second in all."""
    cells = sample_rate_hz / HOP * BINS
    small = false_alarms_per_s / 2 / (cells / _SMALL_SHAPE)
    tile = false_alarms_per_s / 2 / (cells / (_TILE[0] * _TILE[1]))
    return (stats.gamma.isf(min(0.5, small), _SMALL_SHAPE) / _SMALL_SHAPE,
            stats.gamma.isf(min(0.5, tile), _TILE_SHAPE) / _TILE_SHAPE)


def find_components(power: np.ndarray, floor: np.ndarray, limits: tuple[float, float]) -> list[Component]:
    """Return the groups of cells above the floor, each with at least one that noise hardly reaches.

    Parameters
    ----------
    power : float32 [frames, BINS]
    floor : float [BINS]
    limits : (float, float)
        From `thresholds`.
    """
    strongest = power.max(axis=1) * np.float32(_DYNAMIC_RANGE)
    least = np.maximum(floor, np.finfo(np.float32).tiny).astype(np.float32)  # a floor below that would become 0
    ratio = power / np.maximum(least, strongest[:, None])
    _take_gain_off(ratio, in_passband(floor))
    columns = _columns(np.minimum(ratio, np.float32(_LOUDEST)))
    small = _means_of_nine(ratio)
    certain = small > limits[0]
    tiles = columns.reshape(len(columns), BINS // _TILE[1], _TILE[1]).sum(axis=2) > limits[1] * _TILE[1]
    if not certain.any() and not tiles.any():
        return []
    wide = np.zeros(ratio.shape, bool)
    frames = tiles.shape[0] * _TILE[0]
    wide[:frames].reshape(-1, _TILE[0], BINS // _TILE[1], _TILE[1])[:] = tiles[:, None, :, None]
    return [part for cells, box in groups_of((small > _GROW) | wide, certain | wide) for part in _parts(cells, box)]


def _parts(cells: np.ndarray, box: tuple[slice, slice]) -> list[Component]:
    """A group of cells, bool [frames, bins], divided in frequency where only splatter of its first and last frames links it."""
    share = cells.mean(axis=0)
    often = np.flatnonzero(share >= _OFTEN * share.max())
    valleys = [left + 1 + int(np.argmin(share[left + 1 : right])) for left, right in zip(often[:-1], often[1:]) if right - left > 1]
    edges = [0, *(valley for valley in valleys if share[valley] < _RARELY * share.max())]
    parts = []
    for low, high in zip(edges, [*edges[1:], cells.shape[1]]):
        frames = np.flatnonzero(cells[:, low:high].any(axis=1))
        parts.append(Component(box[0].start + int(frames[0]), box[0].start + int(frames[-1]) + 1, box[1].start + low, box[1].start + high))
    return parts


def _columns(ratio: np.ndarray) -> np.ndarray:
    """Means over the frames of a tile: [tiles in time, BINS]."""
    whole = len(ratio) // _TILE[0]
    return ratio[: whole * _TILE[0]].reshape(whole, _TILE[0], BINS).sum(axis=1) * np.float32(1 / _TILE[0])


def _take_gain_off(ratio: np.ndarray, passband: np.ndarray) -> None:
    """Divide by what is equal over all the passband for a while: not an emission, but the receiver's gain."""
    columns, tiles = _columns(ratio)[:, passband], _STEADY // _TILE[0]
    whole = len(columns) // tiles
    bins = columns.shape[1]
    steady = columns[: whole * tiles].reshape(whole, tiles, bins).mean(axis=1)
    levels = np.sort(10 * np.log10(np.maximum(steady, np.float32(1e-9))), axis=1)
    spread = (levels[:, bins * 84 // 100] - levels[:, bins * 16 // 100]) / 2
    gain = levels[:, bins // 2]
    for index in np.flatnonzero((spread < _FLAT_DB) & (gain > _FLAT_DB)):
        ratio[index * _STEADY : (index + 1) * _STEADY] /= np.float32(10 ** (gain[index] / 10))


def _means_of_nine(ratio: np.ndarray) -> np.ndarray:
    """Means over 3 x 3 cells; at the border over fewer values, counted as 9."""
    rows = ratio.copy()
    rows[1:] += ratio[:-1]
    rows[:-1] += ratio[1:]
    means = rows.copy()
    means[:, 1:] += rows[:, :-1]
    means[:, :-1] += rows[:, 1:]
    means *= np.float32(1 / 9)
    return means
