# SPDX-License-Identifier: GPL-3.0-or-later
"""Channels that DeepMIMO's generators wrote, in two bands.

A. Alkhateeb, "DeepMIMO: A Generic Deep Learning Dataset for Millimeter Wave and Massive MIMO Applications", ITA, 2019;
https://deepmimo.net. MATLAB's generator gives a cell for each base station with a cell for each user; Python's gives arrays.
"""

from pathlib import Path
from typing import Any

import numpy as np

from ..errors import DatasetError
from ..npz_file import read_arrays
from .mat_file import read_mat
from .room import RoomChannels

_NEAR_M = 1e-3  # what the two bands' positions of a user may differ by
_WAY_OUT = "Name a .mat or .npz file of DeepMIMO's generator"
_PLACES = ("location", "rx_pos")  # versions 2 and 3, version 4


def load_deepmimo(band1: Path, band2: Path) -> RoomChannels:
    """Return the channels of the users of two files, one of each band, generated with one antenna at both ends.

    Parameters
    ----------
    band1, band2 : Path
        Either a .mat file: the variable DeepMIMO_dataset of MATLAB's generator, with one base station; or the variables
        `channel` and `location` of Python's. Or an .npz file with these two arrays (version 4: `channel` and `rx_pos`).
        `channel` is complex [users, 1, 1, L], L subcarriers; `location` is [users, 3], m.

    Returns
    -------
    RoomChannels
        Without the users that no path reaches: those whose channel is 0 in either band.

    Raises
    ------
    DatasetError
        A file is none of these, holds numbers that are not finite or of another shape, or the two hold other users.
    """
    (places, one), (others, other) = _read(Path(band1)), _read(Path(band2))
    if one.shape != other.shape or np.abs(places - others).max() > _NEAR_M:
        raise DatasetError(f"The files '{band1}' and '{band2}' must hold the same users and subcarriers. Generate both with the same rows of users.")
    reached = one.any(axis=1) & other.any(axis=1)
    if not reached.any():
        raise DatasetError(f"No path reaches any user in both '{band1}' and '{band2}'. Choose other users or another base station.")
    return RoomChannels(places[reached], one[reached], other[reached])


def _read(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """The positions, float64 [n, 3], and channels, complex64 [n, L], of one file."""
    mat = path.suffix.lower() == ".mat"
    places, channel = _of_mat(path) if mat else _flat(path, read_arrays(path, "The channels", _WAY_OUT, ("channel", *_PLACES)))
    if channel.ndim < 2 or not np.iscomplexobj(channel) or channel.shape[1:-1] not in ((), (1,), (1, 1)) or channel.shape[-1] < 2:
        raise DatasetError(
            f"The channels of '{path}' must be complex, of one antenna at both ends and at least 2 subcarriers: [users, 1, 1, L]. "
            f"They are {channel.dtype} {channel.shape}."
        )
    channel = channel.reshape(len(channel), channel.shape[-1])
    if not len(channel) or places.shape != (len(channel), 3) or places.dtype.kind not in "fiu":
        raise DatasetError(f"The users' locations in '{path}' must be numbers, [{len(channel)}, 3], of at least 1 user. They are {places.dtype} {places.shape}.")
    with np.errstate(over="ignore"):  # what is too large becomes infinite
        places, channel = places.astype(np.float64), channel.astype(np.complex64)
    if not (np.isfinite(places).all() and np.isfinite(channel).all()):
        raise DatasetError(f"The channels and locations of '{path}' must be finite. Leave out the users whose are not.")
    return places, channel


def _of_mat(path: Path) -> tuple[np.ndarray, np.ndarray]:
    content = read_mat(path, frozenset(("DeepMIMO_dataset", "user", "loc", "channel", *_PLACES)))
    if "DeepMIMO_dataset" not in content:
        return _flat(path, content)
    stations = content["DeepMIMO_dataset"]
    try:
        if isinstance(stations, list) and len(stations) != 1:
            raise DatasetError(f"The file '{path}' must hold one base station. It holds {len(stations)}: generate with one active_BS.")
        users = [user for [user] in stations[0][0]["user"]]
        return np.array([user["loc"].ravel() for user in users]), np.array([user["channel"] for user in users])
    except (TypeError, KeyError, IndexError, AttributeError, ValueError):
        raise DatasetError(f"The DeepMIMO_dataset in '{path}' must be a cell with users, each with a channel and a loc, all alike.") from None


def _flat(path: Path, content: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    names = [name for name in _PLACES if name in content]
    if "channel" not in content or not names:
        raise DatasetError(f"The file '{path}' must hold channel and location, or MATLAB's DeepMIMO_dataset. Save these of the generator's output.")
    return np.asarray(content[names[0]]), np.asarray(content["channel"])
