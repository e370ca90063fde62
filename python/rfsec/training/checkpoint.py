# SPDX-License-Identifier: GPL-3.0-or-later
"""Checkpoints that a kill cannot spoil: written aside, then renamed over the old one."""

import hashlib
import io
import os
import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from ..errors import DatasetError, OutputError
from ..whole_file import written_whole

LONGEST_UNSAVED_S = 60.0  # a checkpoint follows every epoch or validation, and this where they are further apart
_NO_FILE = (IsADirectoryError, PermissionError)
_UNREADABLE = (OSError, RuntimeError, EOFError, KeyError, TypeError, ValueError, pickle.UnpicklingError)


def save_checkpoint(path: Path, identity: dict[str, Any], state: dict[str, Any]) -> None:
    """Replace the checkpoint at `path`; a reader sees the old one or the new one, never a part.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    content = io.BytesIO()  # torch.save into a file that cannot grow raises errors of its own kinds
    torch.save({"identity": identity, "state": state}, content)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with written_whole(path) as aside, aside.open("wb") as file:
            file.write(content.getbuffer())
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise OutputError(f"The checkpoint '{path}' cannot be written: {error.strerror}. Choose another folder.") from None


def load_checkpoint(path: Path, identity: dict[str, Any]) -> dict[str, Any] | None:
    """Return the state saved for the run `identity`, or None where there is no checkpoint yet.

    Raises
    ------
    DatasetError
        If the file cannot be read, is no checkpoint, is cut short, or belongs to another run; the message names the difference.
    """
    try:
        if not path.exists():
            return None
        found, state = _read(path)
    except _NO_FILE as error:
        raise DatasetError(f"The checkpoint '{path}' cannot be read: {error.strerror}. Name another with --checkpoint.") from None
    except _UNREADABLE:
        raise DatasetError(
            f"The file '{path}' is not a readable checkpoint. Delete it, or name another with --checkpoint."
        ) from None
    for key in {**found, **identity}:
        # What an older version did not write down it did not vary either.
        wanted = identity.get(key)
        if found.get(key, wanted) != wanted:
            raise DatasetError(
                f"The checkpoint '{path}' is of another run: its '{key}' is {found.get(key)!r}, not {wanted!r}. "
                "Delete it, or name another with --checkpoint."
            )
    return state


@contextmanager
def restoring(path: Path) -> Iterator[None]:
    """A block that puts a loaded state into its places; DatasetError where it does not fit them."""
    try:
        yield
    except (RuntimeError, KeyError, TypeError, ValueError, AttributeError, IndexError):
        raise DatasetError(
            f"The checkpoint '{path}' is of another network of that name. Delete it, or name another with --checkpoint."
        ) from None


@dataclass(frozen=True)
class Parent:
    """A run that another starts from: its best weights, the windows that those saw, and its file's SHA-256, in hexadecimal."""

    weights: dict[str, torch.Tensor]
    windows_seen: int
    sha256: str


def load_parent(path: Path) -> Parent:
    """Return the run that a checkpoint keeps, for another run to start from; the file is read once.

    Raises
    ------
    DatasetError
        If the file is missing, no checkpoint, or cut short.
    """
    try:
        content = path.read_bytes()
        state = _read(io.BytesIO(content))[1]
        return Parent(state["best_weights"], int(state["windows_seen"]), hashlib.sha256(content).hexdigest())
    except (*_NO_FILE, FileNotFoundError) as error:
        raise DatasetError(f"The parent '{path}' cannot be read: {error.strerror}. Name a file that rfsec train wrote.") from None
    except _UNREADABLE:
        raise DatasetError(f"The parent '{path}' is not a readable checkpoint. Name one that rfsec train wrote.") from None


def _read(file: Path | io.BytesIO) -> tuple[dict[str, Any], dict[str, Any]]:
    saved = torch.load(file, map_location="cpu", weights_only=True)
    identity, state = saved["identity"], saved["state"]
    if not isinstance(identity, dict) or not isinstance(state, dict):
        raise TypeError("no run's")
    return identity, state
