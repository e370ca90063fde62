# SPDX-License-Identifier: GPL-3.0-or-later
"""Traced channels on disk: made once, checked each time, made again where they are not what they say they are."""

import hashlib
import logging
import os
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import numpy as np

from ..errors import DatasetError, OutputError
from ..npz_file import read_arrays
from .files import write_arrays, written_aside

Arrays = dict[str, np.ndarray]
_LOG = logging.getLogger(__name__)


def cache_folder() -> Path:
    """The folder for what can be made again: ``rfsec`` in $XDG_CACHE_HOME, or in ~/.cache."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "rfsec"


def kept(name: str, make: Callable[[], Arrays]) -> Arrays:
    """Return the arrays of a name from disk, or make and keep them.

    A file that is damaged, or that another version of the tracer wrote, is made again. Where nothing can be written, the
    arrays are returned all the same.
    """
    path = cache_folder() / f"{name}-{_tracer()[:16]}.npz"
    arrays = _read(path)
    if arrays is None:
        arrays = make()
        try:
            with written_aside(path, "cache", "Set XDG_CACHE_HOME to a folder that can be written to") as aside:
                write_arrays(aside, arrays | {"sha256": np.array(_digest(arrays))})
        except OutputError as error:
            _LOG.warning("%s", error)
    return arrays


def _read(path: Path) -> Arrays | None:
    try:
        arrays = read_arrays(path, "The cache", "It is made anew")
    except DatasetError:
        return None
    stated = str(arrays.pop("sha256", ""))
    return arrays if stated == _digest(arrays) else None


def _digest(arrays: Arrays) -> str:
    digest = hashlib.sha256()
    for key in sorted(arrays):
        digest.update(f"{key} {arrays[key].dtype} {arrays[key].shape} ".encode() + np.ascontiguousarray(arrays[key]).tobytes())
    return digest.hexdigest()


@lru_cache(maxsize=1)
def _tracer() -> str:
    """The SHA-256 of the tracer's own sources."""
    digest = hashlib.sha256()
    for source in sorted(Path(__file__).parent.glob("room*.py")):
        digest.update(source.read_bytes())
    return digest.hexdigest()
