# SPDX-License-Identifier: GPL-3.0-or-later
"""Where decision records go line by line: a file or pipe of JSON lines, and a ZMQ PUB socket."""

import os
import stat
import sys
import time

import zmq

from ..errors import OutputError
from ..records import DecisionRecord

FLUSH_EVERY_S = 0.25
FLUSH_BYTES = 1 << 16
LINGER_MS = 1000


class JsonLines:
    """Writes one JSON line per record to a file, or to standard output for "-".

    The first flush replaces a file of that name: a command that fails before it has begun leaves earlier results, and no
    new file. Whatever happens, the file ends with a whole line. Raises OutputError where it can't be opened or written;
    after that it takes no more.
    """

    def __init__(self, path: str):
        self._path, self._name = path, "standard output" if path == "-" else path
        self._begun, self._closed = path == "-", False
        there = self._begun or os.path.exists(path)
        try:
            self._file = os.fdopen(os.dup(sys.stdout.fileno()), "wb", 0) if path == "-" else open(path, "ab", buffering=0)
            if not there:
                self._file.close()
                os.unlink(os.path.realpath(path))
        except OSError as error:
            raise OutputError(f"{self._name}: JSON lines can't be written here: {error.strerror}.") from None
        self._lines: list[bytes] = []
        self._bytes = 0
        self._flushed_at = time.monotonic()
        self._failed = ""

    def write(self, record: DecisionRecord) -> None:
        if self._failed or self._closed:
            raise OutputError(self._failed or f"{self._name}: it was closed when its flowgraph ended; make a new sink.")
        line = record.to_json().encode() + b"\n"
        self._lines.append(line)
        self._bytes += len(line)
        if self._bytes >= FLUSH_BYTES or time.monotonic() - self._flushed_at >= FLUSH_EVERY_S:
            self.flush()

    def flush(self) -> None:
        """Hand everything to the system; the first time, replace a file of that name."""
        block, self._lines, self._bytes = b"".join(self._lines), [], 0
        self._flushed_at = time.monotonic()
        done = 0
        try:
            if not self._begun:
                self._begin()
            while done < len(block):
                done += self._file.write(block[done:])
        except OSError as error:
            whole = block[:done].rfind(b"\n") + 1
            self._cut(done - whole)
            lost = block[whole:].count(b"\n")
            self._failed = f"{self._name}: {error.strerror}; {lost} decisions and all later ones are lost, those before are written."
            raise OutputError(self._failed, lost) from None

    def _begin(self) -> None:
        self._begun = True
        if self._file.closed:  # it was not there
            self._file = open(self._path, "wb", buffering=0)
        elif stat.S_ISREG(os.fstat(self._file.fileno()).st_mode):  # no pipe or device
            self._file.truncate(0)

    def _cut(self, size: int) -> None:
        """Take back the last bytes of what was written; they may stand behind what others wrote."""
        try:
            if size:
                self._file.seek(self._file.truncate(self._file.tell() - size))
        except OSError:  # a pipe keeps what it got
            pass

    def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        try:
            if not self._failed:
                self.flush()
        finally:
            self._file.close()


class ZmqPublisher:
    """Publishes one JSON record a message from a bound PUB socket; who is slow or absent misses them.

    Raises OutputError where the endpoint can't be bound.
    """

    def __init__(self, endpoint: str):
        self._context = zmq.Context()
        self._socket = self._context.socket(zmq.PUB)
        self._socket.setsockopt(zmq.LINGER, LINGER_MS)
        try:
            self._socket.bind(endpoint)
        except (zmq.ZMQError, UnicodeEncodeError) as error:
            self._context.destroy(linger=0)
            raise OutputError(f"{endpoint}: a ZMQ PUB socket can't be bound here: {getattr(error, 'strerror', 'it is no text')}; "
                              "choose a free endpoint such as tcp://127.0.0.1:5555.") from None

    def write(self, record: DecisionRecord) -> None:
        try:
            self._socket.send(record.to_json().encode(), zmq.NOBLOCK)
        except zmq.ZMQError as error:
            raise OutputError(f"ZMQ publication failed: {error.strerror}.") from None

    def close(self) -> None:
        self._context.destroy(linger=LINGER_MS)
