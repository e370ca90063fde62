# SPDX-License-Identifier: GPL-3.0-or-later
"""Files and folders of labelled windows, each complete or not there at all."""

import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from ..errors import OutputError
from ..whole_file import written_whole
from .labelled_windows import LabelledWindows


def check_name(path: Path, what: str = "data set", way_out: str = "Choose another --out") -> None:
    """Raises OutputError where a path, such as ".", has no name that a file could have; `what` and `way_out` as of `written_aside`."""
    if not path.name:
        raise OutputError(f"The {what} '{path}' cannot be written: it has no name. {way_out}.")


@contextmanager
def written_aside(path: Path, what: str = "data set", way_out: str = "Choose another --out") -> Iterator[Path]:
    """Give a path to write a file or folder to. It becomes `path` when the block ends well; otherwise it is removed.

    `what` is the name of such a thing in an error, and `way_out` what to do about it.

    Raises
    ------
    OutputError
        If it cannot be written; what was there before stays.
    """
    check_name(path, what, way_out)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with written_whole(path) as aside:
            yield aside
    except OSError as error:
        reason = error.strerror or error
        raise OutputError(f"The {what} '{path}' cannot be written: {reason}. {way_out}.") from None


def write_windows(path: Path, windows: LabelledWindows, labels: tuple[str, ...], recipe: str) -> None:
    """Write windows to an .npz with the arrays x, label, snr_db, labels, recipe and sha256; anything NumPy reads.

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
    OSError
        If the file cannot be written; half of it may be there. `save_windows` takes care of both.
    """
    arrays = {
        "x": windows.x,
        "label": windows.label,
        "snr_db": windows.snr_db,
        "labels": np.array(labels),
        "recipe": np.array(recipe),
        "sha256": np.array(windows.sha256()),
    }
    write_arrays(path, arrays)


def write_arrays(path: Path, arrays: dict[str, np.ndarray]) -> None:
    """Write arrays to an .npz file; OSError as above."""
    with path.open("wb") as file:
        # As numpy.savez, which leaves its archive open, and complains of that once more, when the disk is full.
        with zipfile.ZipFile(file, "w") as archive:
            for name, array in arrays.items():
                with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                    np.lib.format.write_array(member, array, allow_pickle=False)
        file.flush()
        os.fsync(file.fileno())  # some file systems say only now that they are full


def save_windows(path: Path, windows: LabelledWindows, labels: tuple[str, ...], recipe: str) -> None:
    """Write windows as `write_windows` does, but complete or not at all.

    Raises
    ------
    OutputError
        If the file cannot be written; what was there before stays.
    """
    with written_aside(path) as aside:
        write_windows(aside, windows, labels, recipe)
