# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands between tarfile and an archive that may hold anything."""

import tarfile
from typing import BinaryIO

# tarfile reads an extended header whole, at whatever size it claims.
_LARGEST_READ = 1 << 20


class BoundedReads:
    """The three methods of a stream that tarfile calls. A single read of more than 1 MiB raises tarfile.ReadError."""

    def __init__(self, stream: BinaryIO):
        self._stream = stream
        self.seek, self.tell = stream.seek, stream.tell

    def read(self, count: int) -> bytes:
        """Return the next bytes, at most `count`."""
        if count > _LARGEST_READ:
            raise tarfile.ReadError(f"a header claims {count} bytes")
        return self._stream.read(count)
