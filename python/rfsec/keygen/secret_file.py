# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that hold secrets: whole or not there, never in place of another, and read by their owner only."""

import os
import stat
from pathlib import Path

from ..errors import KeyAgreementError, OutputError

OWNER_ONLY = 0o600


def write_new(path: Path, data: bytes, mode: int = OWNER_ONLY) -> None:
    """Write `data` to a new file, on the disk when this returns. Raises OutputError where the file exists or can't be written."""
    whole = path.with_name(f".{path.name}.{os.urandom(8).hex()}")
    try:
        try:
            with os.fdopen(os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.link(whole, path)  # unlike a rename, this never replaces a file
        finally:
            whole.unlink(missing_ok=True)
    except FileExistsError:
        raise OutputError(f"{path}: this file exists, and a secret is never replaced. Choose another name, or remove it.") from None
    except OSError as error:
        raise OutputError(f"{path}: this file can't be written: {error.strerror}. Choose another folder.") from None


def refuse_open_secret(path: Path, descriptor: int) -> None:
    """Raises KeyAgreementError where others than the owner may read or write the open file `descriptor`."""
    if stat.S_IMODE(os.fstat(descriptor).st_mode) & ~OWNER_ONLY & 0o777:
        raise KeyAgreementError(f"{path}: others may read this secret. Run: chmod 600 {path}")
