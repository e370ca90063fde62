# SPDX-License-Identifier: GPL-3.0-or-later
"""Labelled windows as one .npz file, complete or not there at all."""

import zipfile
from contextlib import suppress
from pathlib import Path

import numpy as np

from ..errors import DatasetError, OutputError
from .labelled_windows import LabelledWindows


def save_windows(path: Path, windows: LabelledWindows, labels: tuple[str, ...], recipe: str) -> None:
    """Write windows to an .npz with the arrays x, label, snr_db, labels, recipe and sha256.

    Parameters
    ----------
    path : Path
    windows : LabelledWindows
    labels : tuple of str
        Name of each label index.
    recipe : str
        How to generate the same windows.

    Raises
    ------
    OutputError
        If the file cannot be written; what was there before stays.
    """
    aside = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with aside.open("wb") as file:
            np.savez(
                file,
                x=windows.x,
                label=windows.label,
                snr_db=windows.snr_db,
                labels=np.array(labels),
                recipe=np.array(recipe),
                sha256=np.array(windows.sha256()),
            )
        aside.replace(path)
    except OSError as error:
        with suppress(OSError):
            aside.unlink()
        raise OutputError(f"The data set '{path}' cannot be written: {error.strerror}. Choose another --out.") from None


def load_windows(path: Path) -> tuple[LabelledWindows, tuple[str, ...]]:
    """Read what `save_windows` wrote: the windows and their labels' names.

    Raises
    ------
    DatasetError
        If the file is missing, cut short, or its samples are not those of its SHA-256.
    """
    try:
        with np.load(path, allow_pickle=False) as arrays:
            windows = LabelledWindows(arrays["x"], arrays["label"], arrays["snr_db"])
            labels, digest = tuple(arrays["labels"].tolist()), str(arrays["sha256"])
    except (OSError, EOFError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise DatasetError(f"The data set '{path}' cannot be read: {error}. Make it again with rfsec dataset make.") from None
    if windows.sha256() != digest:
        raise DatasetError(f"The data set '{path}' is damaged: its SHA-256 differs. Make it again with rfsec dataset make.")
    return windows, labels
