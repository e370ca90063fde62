# SPDX-License-Identifier: GPL-3.0-or-later
"""Pairs of channels that someone measured: what Alice and Bob saw at the same moments, in a file of NumPy's."""

from pathlib import Path

import numpy as np

from ..errors import DatasetError
from ..npz_file import read_arrays
from .files import write_arrays, written_aside
from .room import RoomChannels

_FEWEST = 100
_MOST_CARRIERS = 4096  # of a mapper's card
_BANDS = ("band1", "band2")
_WEAKEST, _STRONGEST = 1e-12, 1e12  # root mean square of a row, whose square float32 holds


def load_pairs(path: Path) -> RoomChannels:
    """Return the pairs of an .npz file with the arrays `band1` and `band2`, complex [n, L]; positions are not known.

    Raises
    ------
    DatasetError
        The file is no .npz file, lacks an array, or an array is not what it should be: complex, finite, as many rows and
        carriers as the other, at least 100 rows of 2 to 4096 carriers, each of a root mean square of 1e-12 to 1e12.
    """
    found = read_arrays(path, "The pairs", "Save them with numpy.savez(FILE, band1=..., band2=...)", _BANDS)
    missing = [name for name in _BANDS if name not in found]
    if missing:
        raise DatasetError(f"The file '{path}' has no array '{missing[0]}'. Pairs of channels need band1 and band2, complex [n, L].")
    one, other = bands = [found[name] for name in _BANDS]
    alike = one.ndim == 2 and one.shape == other.shape and all(map(np.iscomplexobj, bands))
    if not alike or len(one) < _FEWEST or not 2 <= one.shape[1] <= _MOST_CARRIERS:
        raise DatasetError(
            f"The arrays band1 and band2 of '{path}' must be complex, of one shape [n, L] with n at least {_FEWEST} and L 2 to "
            f"{_MOST_CARRIERS}. They are {one.dtype} {one.shape} and {other.dtype} {other.shape}."
        )
    if not all(np.isfinite(band).all() for band in bands):
        raise DatasetError(f"The channels of '{path}' must be finite. Leave out the rows that are not.")
    for name, band in zip(_BANDS, bands):
        with np.errstate(over="ignore", under="ignore"):  # what is too large becomes infinite
            size = np.sqrt(np.mean(np.abs(band).astype(np.float64) ** 2, axis=1))
        outside = np.flatnonzero((size < _WEAKEST) | (size > _STRONGEST))
        if outside.size:
            raise DatasetError(f"Each row of {name} in '{path}' must have a root mean square of {_WEAKEST:g} to {_STRONGEST:g}. "
                               f"Row {outside[0]} has {size[outside[0]]:g}: leave such rows out, or scale all of them.")
    return RoomChannels(np.full((len(one), 3), np.nan), *(band.astype(np.complex64) for band in bands))


def save_pairs(path: Path, channels: RoomChannels) -> None:
    """Write pairs of channels, and where they are, to an .npz file that `load_pairs` reads: complete or not at all.

    Raises
    ------
    OutputError
        If the file cannot be written; what was there before stays.
    """
    with written_aside(path) as aside:
        write_arrays(aside, {"positions": channels.positions, "band1": channels.band1, "band2": channels.band2})
