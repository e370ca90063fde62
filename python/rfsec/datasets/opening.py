# SPDX-License-Identifier: GPL-3.0-or-later
"""Opens labelled windows of every known kind of file; its first bytes say which it is.

Example
-------
>>> from pathlib import Path
>>> from rfsec.datasets.opening import open_windows
>>> windows, labels = open_windows(Path("RML2016.10a_dict.pkl"), windows_per_cell=100)  # doctest: +SKIP
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from ..errors import DatasetError, ParameterError
from ..whole_file import is_pipe_or_device
from .cells import rank_in_cell
from .labelled_windows import LabelledWindows
from .npz import read_npz
from .rml2016a_pickle import read_pickle
from .rml2018a_hdf5 import read_hdf5

_READERS = {b"PK": read_npz, b"\x89HDF": read_hdf5}
_ROWS = 4096  # windows checked at once


def open_windows(path: Path, windows_per_cell: int | None = None) -> tuple[LabelledWindows, tuple[str, ...]]:
    """Read labelled windows from an .npz, the published RadioML 2016.10a pickle or the RadioML 2018.01A HDF5.

    Parameters
    ----------
    path : Path
    windows_per_cell : int or None
        Of each label at each SNR, the first that the file holds, at least 1; None is all. RadioML 2018.01A, 21 GB, is
        read no further than that.

    Returns
    -------
    LabelledWindows
        With finite samples.
    tuple of str
        Name of each label index.

    Raises
    ------
    DatasetError
        If the file is missing, cut short or of another kind, or an array has a wrong shape, type or value.
    ParameterError
        If `windows_per_cell` is below 1.
    """
    if windows_per_cell is not None and windows_per_cell < 1:
        raise ParameterError(f"The 'windows_per_cell' of a data set must be at least 1. Got {windows_per_cell} instead.")
    windows, labels = _reader(path)(path, windows_per_cell)
    for row in range(0, len(windows), _ROWS):
        finite = np.isfinite(windows.x[row : row + _ROWS]).all(axis=1)
        if not finite.all():
            at = row + int(np.argmin(finite))
            place = rank_in_cell(windows.label, windows.snr_db)[at]  # the same in the file, whatever order the reader gives
            raise DatasetError(
                f"The samples of '{path}' must be finite. Window {place} (from 0) of {labels[windows.label[at]]} at {windows.snr_db[at]} dB "
                "holds NaN or infinity. Leave such windows out."
            )
    return windows, labels


def is_large(path: Path) -> bool:
    """Whether a file is of the kind whose windows need not fit into memory, RadioML 2018.01A; DatasetError where it cannot be read."""
    return _reader(path) is read_hdf5


def _reader(path: Path) -> Callable[[Path, int | None], tuple[LabelledWindows, tuple[str, ...]]]:
    if is_pipe_or_device(path):
        raise DatasetError(f"The data set '{path}' cannot be read: it is a pipe or device. Name a file.")
    try:
        with path.open("rb") as file:
            start = file.read(8)
    except IsADirectoryError:
        raise DatasetError(f"The data set '{path}' is a folder. Name one of the .npz files in it.") from None
    except OSError as error:
        raise DatasetError(f"The data set '{path}' cannot be read: {error.strerror}. Check the path.") from None
    return next((reader for magic, reader in _READERS.items() if start.startswith(magic)), read_pickle)
