# SPDX-License-Identifier: GPL-3.0-or-later
"""Labelled windows from an .npz, ours or anyone's."""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from ..errors import DatasetError
from ..npz_file import read_arrays
from .cells import rank_in_cell
from .labelled_windows import LabelledWindows

_MOST_NAMES = 2**15  # an int16 counts them
_WAY_OUT = "Save it with numpy.savez(FILE, x=..., label=..., snr_db=...), or make it with rfsec dataset make"


def read_npz(path: Path, windows_per_cell: int | None) -> tuple[LabelledWindows, tuple[str, ...]]:
    """Read windows with their labels and SNRs.

    The arrays are ``x``, complex [n, length]; ``label``, n names, or n indices into the names ``labels``; and
    ``snr_db``, n numbers, rounded to whole dB. Where there is a ``sha256``, as in files of ours, it must be right.

    Parameters
    ----------
    path : Path
    windows_per_cell : int or None
        Of each label at each SNR, the first that the file holds; None is all.

    Returns
    -------
    LabelledWindows, tuple of str
        In the order of the file; names in the order of ``labels``, or of the alphabet.

    Raises
    ------
    DatasetError
        If the file is cut short, or an array is missing or is not as above.
    """
    found = read_arrays(path, "The data set", _WAY_OUT, ("x", "label", "snr_db", "labels", "sha256"))
    x = _samples(path, found.get("x"))
    label, labels = _labels(path, found.get("label"), found.get("labels"), len(x))
    windows = LabelledWindows(x, label, _snrs(path, found.get("snr_db"), len(x)))
    if "sha256" in found and windows.sha256() != str(found["sha256"]):
        raise DatasetError(f"The data set '{path}' is damaged: its SHA-256 differs. {_WAY_OUT}.")
    if windows_per_cell is not None:
        windows = windows[rank_in_cell(windows.label, windows.snr_db) < windows_per_cell]
    return windows, labels


def _refuse(path: Path, name: str, rule: str, got: npt.NDArray | None) -> DatasetError:
    text = "none" if got is None else f"{got.dtype} {list(got.shape)}"
    return DatasetError(f"The array '{name}' of '{path}' must be {rule}. Got {text} instead. {_WAY_OUT}.")


def _samples(path: Path, x: npt.NDArray | None) -> npt.NDArray[np.complex64]:
    if x is None or x.dtype.kind != "c" or x.ndim != 2 or 0 in x.shape:
        raise _refuse(path, "x", "complex samples [windows, samples]", x)
    with np.errstate(over="ignore"):  # what float32 cannot hold becomes infinite, and is refused as such
        return x.astype(np.complex64, copy=False)


def _labels(
    path: Path, label: npt.NDArray | None, names: npt.NDArray | None, count: int
) -> tuple[npt.NDArray[np.int16], tuple[str, ...]]:
    if label is None or label.shape != (count,) or label.dtype.kind not in "USiu":
        raise _refuse(path, "label", f"{count} names, one for each window", label)
    if names is not None and names.size > _MOST_NAMES:
        raise _refuse(path, "labels", f"at most {_MOST_NAMES:,} names", names)
    if label.dtype.kind in "US":
        unique, index = np.unique(label, return_inverse=True)
        names = unique if names is None or names.dtype.kind not in "US" or names.ndim != 1 else names
        order = {name: i for i, name in enumerate(dict.fromkeys(map(_text, names)))}  # one that is repeated counts once
        if len(order) > _MOST_NAMES:
            raise _refuse(path, "label", f"at most {_MOST_NAMES:,} different names", label)
        places = [order.get(_text(name), -1) for name in unique]
        if -1 in places:
            raise _refuse(path, "labels", f"names that include {_text(unique[places.index(-1)])!r}", names)
        return np.asarray(places, np.int16)[index], tuple(order)
    if names is None or names.dtype.kind not in "US" or names.ndim != 1:
        raise _refuse(path, "labels", "the names that the numbers in 'label' stand for", names)
    if label.min() < 0 or label.max() >= len(names):
        raise DatasetError(
            f"The array 'label' of '{path}' must be from 0 to {len(names) - 1}, as it has {len(names)} 'labels'. "
            f"Got {label.min()} to {label.max()} instead. {_WAY_OUT}."
        )
    return label.astype(np.int16), tuple(map(_text, names))


def _text(name: str | bytes) -> str:
    return name.decode("utf-8", "replace") if isinstance(name, bytes) else str(name)


def _snrs(path: Path, snr_db: npt.NDArray | None, count: int) -> npt.NDArray[np.int16]:
    if snr_db is None or snr_db.shape != (count,) or snr_db.dtype.kind not in "fiu" or not ((snr_db >= -1000) & (snr_db <= 1000)).all():
        raise _refuse(path, "snr_db", f"{count} numbers of dB within +-1000, one for each window", snr_db)
    return np.round(snr_db).astype(np.int16)
