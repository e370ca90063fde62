# SPDX-License-Identifier: GPL-3.0-or-later
"""The arrays of an .npz file, whoever wrote it."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from .errors import DatasetError
from .whole_file import is_pipe_or_device


def read_arrays(path: str | Path, what: str, way_out: str, names: Iterable[str] | None = None) -> dict[str, np.ndarray]:
    """Return those of the arrays `names` that a file has; all of them for None. Nothing in the file is unpickled.

    `what` is in words what the file should hold, and `way_out` what to do where it can't be read.

    Raises
    ------
    DatasetError
        If the file can't be read, whatever is wrong with it.
    """
    try:
        if is_pipe_or_device(path):
            raise ValueError("it is a pipe or device")
        with open(path, "rb") as raw:
            if raw.read(2) != b"PK":
                raise ValueError("it is no .npz file")
            raw.seek(0)
            with np.load(raw, allow_pickle=False) as arrays:
                return {name: np.asarray(arrays[name]) for name in (arrays.files if names is None else names) if name in arrays}
    # A damaged or hostile file raises what zipfile, its decompressors and Python's own parser of a header raise: no list is complete.
    except Exception as error:
        reason = getattr(error, "strerror", None) or " ".join(str(error).split())[:200] or type(error).__name__
        raise DatasetError(f"{what} '{path}' cannot be read: {reason}. {way_out}.") from None
