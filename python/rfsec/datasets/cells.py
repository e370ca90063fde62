# SPDX-License-Identifier: GPL-3.0-or-later
"""Cells: the windows of one label at one SNR."""

from collections.abc import Sequence
from contextlib import suppress

import numpy as np
import numpy.typing as npt

from ..errors import ParameterError
from .labelled_windows import LabelledWindows

_MOST_WINDOWS_PER_CELL = 10**7  # no memory holds as many


def cell_snrs(name: str, snrs_db: Sequence[int], windows_per_cell: int) -> npt.NDArray[np.int16]:
    """Return the SNRs of one label's windows, dB: `windows_per_cell` of each, in the order given.

    Raises
    ------
    ParameterError
        If there is no SNR or no window; `name` is the data set's, for the message.
    """
    if windows_per_cell < 1 or not snrs_db:
        raise ParameterError(
            f"{name} needs at least one SNR and at least 1 window per cell. "
            f"Got {len(snrs_db)} SNRs and {windows_per_cell} windows instead."
        )
    return np.repeat(np.asarray(snrs_db, np.int16), windows_per_cell)


def room_for(name: str, cells: int, windows_per_cell: int, window: int) -> npt.NDArray[np.complex64]:
    """Return an array for the samples of a whole set, [cells * windows_per_cell, window], not yet filled.

    Raises
    ------
    ParameterError
        If it does not fit into memory; `name` is the data set's, for the message.
    """
    if windows_per_cell <= _MOST_WINDOWS_PER_CELL:
        with suppress(MemoryError):
            return np.empty((cells * max(windows_per_cell, 0), window), np.complex64)
    raise ParameterError(f"{windows_per_cell} windows per cell of {name} do not fit into memory. Give fewer.")


def label_major(x: npt.NDArray[np.complex64], labels: int, snr_db: npt.NDArray[np.int16]) -> LabelledWindows:
    """Return the windows of `labels` labels, each of which has the SNRs `snr_db`, with both columns filled in."""
    return LabelledWindows(x, np.repeat(np.arange(labels, dtype=np.int16), len(snr_db)), np.tile(snr_db, labels))


def rank_in_cell(label: npt.NDArray[np.integer], snr_db: npt.NDArray[np.integer]) -> npt.NDArray[np.intp]:
    """Return, for each window, how many windows of its cell stand before it.

    Parameters
    ----------
    label, snr_db : ndarray of int, shape (n,)
    """
    order = np.lexsort((snr_db, label))  # stable: within a cell the order stays
    first = np.ones(len(order), bool)
    first[1:] = (np.diff(label[order]) != 0) | (np.diff(snr_db[order]) != 0)
    starts = np.flatnonzero(first)
    rank = np.empty(len(order), np.intp)
    rank[order] = np.arange(len(order)) - starts[np.cumsum(first) - 1]
    return rank
