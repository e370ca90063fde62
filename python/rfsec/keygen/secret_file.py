# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that hold secrets: whole or not there, never in place of another, and read by their owner only."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import KeyAgreementError, OutputError

OWNER_ONLY = 0o600


def write_new(path: Path, data: bytes, mode: int = OWNER_ONLY) -> None:
    """Write `data` to a new file, on the disk when this returns. Raises OutputError where the file exists or can't be written."""
    with _one_line(path):
        _write(path, data, mode)


def check_new(path: Path) -> None:
    """Raises OutputError where `write_new` would: one byte is written beside `path` in the same way, and removed."""
    with _one_line(path):
        if os.path.lexists(path):
            raise FileExistsError
        trial = _beside(path)
        try:
            _write(trial, b"0", OWNER_ONLY)
        finally:
            trial.unlink(missing_ok=True)


def _write(path: Path, data: bytes, mode: int) -> None:
    whole = _beside(path)
    try:
        with os.fdopen(os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.link(whole, path)  # unlike a rename, this never replaces a file
    finally:
        whole.unlink(missing_ok=True)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """A new file's name is on the disk too when this returns."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name}.{os.urandom(8).hex()}")


@contextmanager
def _one_line(path: Path) -> Iterator[None]:
    if not path.name:
        raise OutputError(f"{path}: this names no file. Choose another name.")
    try:
        yield
    except FileExistsError:
        raise OutputError(f"{path}: this file exists, and a secret is never replaced. Choose another name, or remove it.") from None
    except OSError as error:
        raise OutputError(f"{path}: this file can't be written: {error.strerror}. Choose another folder.") from None


def refuse_open_secret(path: Path, descriptor: int) -> None:
    """Raises KeyAgreementError where others than the owner may read or write the open file `descriptor`."""
    if stat.S_IMODE(os.fstat(descriptor).st_mode) & ~OWNER_ONLY & 0o777:
        raise KeyAgreementError(f"{path}: others may read this secret. Run: chmod 600 {path}")
