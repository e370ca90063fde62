# SPDX-License-Identifier: GPL-3.0-or-later
"""Groups of touching cells of a spectrogram."""

import numpy as np
from scipy import ndimage

from .spectrogram import BINS

_SQUARE = 4  # cells on a side
_TOUCHING = np.ones((3, 3))


def groups_of(cells: np.ndarray, certain: np.ndarray) -> list[tuple[np.ndarray, tuple[slice, slice]]]:
    """Return the groups of touching cells of which at least one is certain, ordered by their first cells.

    Squares of cells are grouped first: noise has small groups everywhere, which then need not be looked at.

    Parameters
    ----------
    cells, certain : bool [frames, BINS]
        Of `certain` only what is in `cells` counts.

    Returns
    -------
    list of (bool [frames, bins], (slice, slice))
        The cells of each group in its box, and where that is.
    """
    squares, _ = ndimage.label(_in_squares(cells), _TOUCHING)
    kept = np.unique(squares[_in_squares(certain & cells)])
    boxes = ndimage.find_objects(squares)
    found = []
    for one in kept:
        box = tuple(slice(_SQUARE * side.start, min(_SQUARE * side.stop, size)) for side, size in zip(boxes[one - 1], cells.shape))
        here = np.repeat(np.repeat(squares[boxes[one - 1]] == one, _SQUARE, axis=0), _SQUARE, axis=1)
        inside = cells[box]
        inside = inside & here[: inside.shape[0], : inside.shape[1]]
        groups, _ = ndimage.label(inside, _TOUCHING)
        parts = ndimage.find_objects(groups)
        for index in np.unique(groups[certain[box] & inside]):
            part = parts[index - 1]
            whole = tuple(slice(side.start + own.start, side.start + own.stop) for side, own in zip(box, part))
            found.append((groups[part] == index, whole))
    return sorted(found, key=lambda one: (one[1][0].start, one[1][1].start + int(np.argmax(one[0][0]))))


def _in_squares(cells: np.ndarray) -> np.ndarray:
    """Whether any cell of each square is set: bool [frames / side, BINS / side], rounded up."""
    padded = np.zeros((-(-len(cells) // _SQUARE), _SQUARE, BINS // _SQUARE), np.uint32)
    padded.reshape(-1, BINS // _SQUARE)[: len(cells)] = cells.view(np.uint32)  # four cells a word
    return padded.any(axis=1)
