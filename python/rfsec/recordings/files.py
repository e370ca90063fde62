# SPDX-License-Identifier: GPL-3.0-or-later
"""A regular file whose bytes are memory-mapped one window at a time."""

import mmap
import os
import stat
from pathlib import Path

import numpy as np

from ..errors import RecordingError


def quoted(path: str | os.PathLike) -> str:
    """Return `path` in quotes with control characters escaped, so that an error message stays on one line."""
    return repr(os.fspath(path))


class MappedFile:
    """Read-only bytes of one regular file.

    Each :meth:`view` maps only its own window. One map over the whole file would count every page ever touched as
    resident memory, and reading it after somebody cut the file short would kill the process with SIGBUS.

    Raises
    ------
    RecordingError
        The file is missing, a directory or a device, unreadable, or empty.
    """

    def __init__(self, path: str | os.PathLike):
        self.path = Path(path)
        self._descriptor = -1
        try:
            mode = os.stat(self.path).st_mode
            if stat.S_ISDIR(mode):
                raise RecordingError(f"The recording {quoted(path)} is a directory; name one file in it.")
            # Looked at before opening: opening a named pipe would wait for its writer.
            if not stat.S_ISREG(mode):
                raise RecordingError(f"The recording {quoted(path)} is a pipe or device; a regular file is needed.")
            self._descriptor = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            raise RecordingError(f"The recording {quoted(path)} does not exist; check the path.") from None
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise RecordingError(f"The recording {quoted(path)} cannot be opened: {reason}.") from None
        self.size = os.fstat(self._descriptor).st_size
        if self.size == 0:
            self.close()
            raise RecordingError(f"The recording {quoted(path)} is empty (0 bytes); record it again.")

    def view(self, offset: int, count: int) -> np.ndarray:
        """Return bytes ``[offset, offset + count)`` as uint8 [count] over a fresh map, unmapped with the array.

        Raises
        ------
        RecordingError
            The file has become shorter since it was opened, or is closed.
        """
        if self._descriptor < 0:
            raise RecordingError(f"The recording {quoted(self.path)} is closed; open it again.")
        if count == 0:
            return np.empty(0, np.uint8)
        if os.fstat(self._descriptor).st_size < offset + count:
            raise RecordingError(
                f"The recording {quoted(self.path)} was cut short while it was read; it must not change while open."
            )
        lead = offset % mmap.ALLOCATIONGRANULARITY
        window = mmap.mmap(self._descriptor, lead + count, access=mmap.ACCESS_READ, offset=offset - lead)
        return np.frombuffer(window, np.uint8, count, lead)

    def head(self, offset: int, count: int) -> bytes:
        """Return up to `count` bytes from `offset`, fewer at the end of the file."""
        return self.view(offset, max(0, min(count, self.size - offset))).tobytes()

    def close(self) -> None:
        """Close the file; a second call does nothing."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def __enter__(self) -> "MappedFile":
        return self

    def __exit__(self, *_exception) -> None:
        self.close()
