# SPDX-License-Identifier: GPL-3.0-or-later
"""A file of numbered decisions that knows its own end: whoever appends to it after a crash neither loses nor doubles one."""

import fcntl
import json
import os
import stat
from contextlib import suppress
from pathlib import Path

from ..errors import OutputError
from ..keygen.secret_file import sync_folder

_LONGEST_LINE = 1 << 16
#: Bytes of a record: with what names its decision it is a line that the next start can read.
LONGEST_RECORD = _LONGEST_LINE - 128


class DecisionLog:
    """JSON lines: the keys of a decision record after ``sensor`` and ``sequence``, which name the decision for good.

    Parameters
    ----------
    path : str or Path
        Made where it is missing. A last line of decisions that was cut short by a crash is removed.

    Attributes
    ----------
    sensor : str or None
        Identity of the spool that the last line is from; None where the file is empty.
    sequence : int
        Number of the last line, 0 where the file is empty.

    Raises
    ------
    OutputError
        The file holds other lines or is no regular one, another process appends to it, or it can't be written.
    """

    def __init__(self, path: str | Path) -> None:
        self._path = Path(path)
        self._descriptor = -1
        try:
            self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
            if not stat.S_ISREG(os.fstat(self._descriptor).st_mode):  # a device can't be asked where it ends
                raise OutputError(f"{path}: this is a pipe or device; decisions need a regular file. Name another.")
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._cut_to_whole_lines()
            sync_folder(self._path.parent)
        except BlockingIOError:
            self.close()
            raise OutputError(f"{path}: another process appends decisions to this file. Give each process a file of its own.") from None
        except OSError as error:
            self.close()
            raise OutputError(f"{path}: decisions can't be written here: {error.strerror}.") from None
        except OutputError:
            self.close()
            raise

    def __enter__(self) -> "DecisionLog":
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def append(self, sensor: str, decisions: list[tuple[int, str]]) -> None:
        """Append decisions of `sensor` (32 hexadecimal digits), each its number and its record as JSON.

        All are on the disk when this returns, or none is in the file. A record has at most `LONGEST_RECORD` bytes. Where it raises
        OutputError, the file is to be opened anew: a disk that fails may keep a part of them.
        """
        block = b"".join(f'{{"sensor":"{sensor}","sequence":{number},{record[1:]}\n'.encode() for number, record in decisions)
        try:
            self._write(block, os.fstat(self._descriptor).st_size)
        except OSError as error:
            raise OutputError(f"{self._path}: decisions can't be written here: {error.strerror}.") from None
        self.sensor, self.sequence = sensor, decisions[-1][0]

    def _write(self, block: bytes, end: int) -> None:
        """Write a block to the disk, behind the `end` of the file; where that fails, cut it off again."""
        try:
            done = 0
            while done < len(block):
                done += os.write(self._descriptor, block[done:])
            os.fdatasync(self._descriptor)
        except OSError:
            with suppress(OSError):
                os.ftruncate(self._descriptor, end)
            raise

    def _cut_to_whole_lines(self) -> None:
        """Remove a partial last line, and read the last whole one."""
        size = os.fstat(self._descriptor).st_size
        tail = os.pread(self._descriptor, 2 * _LONGEST_LINE, max(0, size - 2 * _LONGEST_LINE))
        whole = tail.rfind(b"\n") + 1
        if len(tail) - whole > _LONGEST_LINE or not _may_begin_a_line(tail[whole:]):
            raise OutputError(f"{self._path}: this is no file of decisions. Name another.")
        if not whole:
            last = None
        else:
            last = tail[tail.rfind(b"\n", 0, whole - 1) + 1:whole]
        self.sensor, self.sequence = self._name_of(last) if last else (None, 0)
        if whole < len(tail):
            os.ftruncate(self._descriptor, size - (len(tail) - whole))

    def _name_of(self, line: bytes) -> tuple[str, int]:
        try:
            found = json.loads(line)
            sensor, sequence = found["sensor"], found["sequence"]
            if not isinstance(sensor, str) or not isinstance(sequence, int) or sequence < 1:
                raise ValueError
        except (ValueError, KeyError, TypeError, RecursionError):
            raise OutputError(f"{self._path}: this is no file of decisions. Name another.") from None
        return sensor, sequence


def _may_begin_a_line(part: bytes) -> bool:
    """Whether `part` is, as far as it goes, a line that :meth:`DecisionLog.append` writes."""
    head, sensor, rest = part[:11], part[11:43], part[43:56]
    return b'{"sensor":"'.startswith(head) and set(sensor) <= set(b"0123456789abcdef") and b'","sequence":'.startswith(rest)
