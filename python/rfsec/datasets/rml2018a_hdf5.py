# SPDX-License-Identifier: GPL-3.0-or-later
"""The published RadioML 2018.01A file: HDF5 with X [n, 1024, 2], Y [n, 24] (one label is 1), and Z [n, 1] (SNR, dB).

The classes.txt beside the published file names the columns of Y in a wrong order. The order here is that of
classes-fixed.txt, which came later and is the order of the paper: O'Shea, Roy and Clancy, "Over-the-Air Deep Learning
Based Radio Signal Classification", IEEE JSTSP 12(1), 2018.
"""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from ..errors import DatasetError
from .cells import rank_in_cell
from .labelled_windows import LabelledWindows

LABELS = ("OOK", "4ASK", "8ASK", "BPSK", "QPSK", "8PSK", "16PSK", "32PSK", "16APSK", "32APSK", "64APSK", "128APSK",
          "16QAM", "32QAM", "64QAM", "128QAM", "256QAM", "AM-SSB-WC", "AM-SSB-SC", "AM-DSB-WC", "AM-DSB-SC", "FM",
          "GMSK", "OQPSK")  # fmt: skip
WINDOW = 1024
_ROWS = 1024  # rows read at once


def read_hdf5(path: Path, windows_per_cell: int | None) -> tuple[LabelledWindows, tuple[str, ...]]:
    """Read RadioML 2018.01A, of which only the wanted windows need to fit into memory.

    Parameters
    ----------
    path : Path
    windows_per_cell : int or None
        Of each label at each SNR, the first that the file holds; None is all (21 GB of the published file).

    Returns
    -------
    LabelledWindows, tuple of str
        Ordered by label, then SNR.

    Raises
    ------
    DatasetError
        If the file holds anything else, or h5py is not installed.
    """
    try:
        import h5py
    except ModuleNotFoundError:
        raise DatasetError(f"Reading '{path}' needs h5py, which is not installed. Run script/bootstrap --dev.") from None
    try:
        with h5py.File(path, "r") as file:
            label = _labels(path, _array(path, file, "Y", (len(LABELS),)))
            snr_db = _snrs(path, file, len(label))
            wanted = np.flatnonzero(rank_in_cell(label, snr_db) < (windows_per_cell or len(label)))
            wanted = wanted[np.lexsort((snr_db[wanted], label[wanted]))]
            x = _read_rows(_array(path, file, "X", (WINDOW, 2), len(label)), wanted)
    except MemoryError:
        raise DatasetError(f"The windows of '{path}' do not fit into memory. Take fewer windows per cell.") from None
    except (OSError, RuntimeError, ValueError, TypeError) as error:
        reason = " ".join(str(error).split())[:200]
        raise DatasetError(f"The data set '{path}' cannot be read as HDF5: {reason}. Download it again.") from None
    return LabelledWindows(x, label[wanted], snr_db[wanted]), LABELS


def _array(path: Path, file, name: str, shape: tuple[int, ...], rows: int | None = None):
    """One array of the file, its shape checked; nothing is read."""
    array = file.get(name)
    got = None if array is None else getattr(array, "shape", "a group")
    if got is None or got[1:] != shape or got[0] < 1 or rows not in (None, got[0]) or array.dtype.kind not in "fiu":
        text = ", ".join(map(str, (rows or "n", *shape)))
        raise DatasetError(
            f"The array '{name}' of '{path}' must be numbers [{text}], as in RadioML 2018.01A. "
            f"Got {'none' if got is None else got} instead. Download it again."
        )
    return array


def _labels(path: Path, one_hot) -> npt.NDArray[np.int16]:
    label = np.empty(len(one_hot), np.int16)
    for start in range(0, len(label), _ROWS * 64):
        block = one_hot[start : start + _ROWS * 64]
        if not (np.isin(block, (0, 1)).all() and (block.sum(axis=1) == 1).all()):
            raise DatasetError(f"Each row of 'Y' of '{path}' must hold one 1 and 23 zeros. One does not. Download it again.")
        label[start : start + len(block)] = block.argmax(axis=1)
    return label


def _snrs(path: Path, file, rows: int) -> npt.NDArray[np.int16]:
    one_column = getattr(file.get("Z"), "ndim", 1) == 1
    snr_db = _array(path, file, "Z", () if one_column else (1,), rows)[:].reshape(-1)
    if not ((snr_db >= -1000) & (snr_db <= 1000)).all() or (snr_db != np.round(snr_db)).any():
        raise DatasetError(f"The SNRs 'Z' of '{path}' must be whole numbers of dB. Some are not. Download it again.")
    return snr_db.astype(np.int16)


def _read_rows(windows, wanted: npt.NDArray[np.intp]) -> npt.NDArray[np.complex64]:
    """Read rows `wanted`, in that order, from start to end of the file and without the parts between them."""
    x = np.empty((len(wanted), WINDOW), np.complex64)
    places = np.argsort(wanted)  # where the next row of the file goes
    rows = wanted[places]
    for start in range(0, len(windows), _ROWS):
        low, high = np.searchsorted(rows, (start, start + _ROWS))
        if low < high:
            block = windows[rows[low] : rows[high - 1] + 1][rows[low:high] - rows[low]]
            with np.errstate(over="ignore"):  # what float32 cannot hold becomes infinite, and is refused as such
                x.real[places[low:high]], x.imag[places[low:high]] = block[..., 0], block[..., 1]
    return x
