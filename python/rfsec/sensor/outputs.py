# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a sensor's decisions go from its spool: a file of JSON lines, and subscribers."""

import time
from contextlib import suppress

from ..errors import OutputError, ParameterError, RfsecError
from ..keygen.identity import Peer, read_identity, read_peer
from .config import Zmq
from .config_file import ConfigFile
from .decision_log import DecisionLog
from .protocol import BATCH
from .publisher import Publisher, consumer_name
from .spool import Spool

JSONL = "jsonl"  # the file's name among the consumers
_WRITE_EVERY_S = 1.0  # a disk that is asked to keep every line by itself is asked too often


class Outputs:
    """The spool of one configuration and its consumers.

    Attributes
    ----------
    spool : Spool
    publisher : Publisher or None

    Raises
    ------
    ParameterError
        A key's file is wrong; with its line.
    OutputError
        The spool or the file of JSON lines can't be opened, or the endpoint can't be bound.
    """

    def __init__(self, file: ConfigFile) -> None:
        output = file.config.output
        self._file, self.publisher, self._log = file, None, None
        clients = _clients(file)
        with file.naming("spool", "path"):
            self.spool = Spool(file.config.spool.path, file.config.spool.max_bytes, _consumers(file, clients))
        try:
            if output.zmq is not None:
                with file.naming("output", "zmq", "identity"):
                    identity = read_identity(output.zmq.identity)
                with file.naming("output", "zmq", "endpoint"):
                    self.publisher = Publisher(output.zmq.endpoint, identity, clients)
            self._open_log(file)
        except BaseException:
            self.close()
            raise
        self._write_at = 0.0

    def close(self) -> None:
        """Close all of it."""
        for one in (self.publisher, self._log, self.spool):
            if one is not None:
                one.close()

    @property
    def delivered(self) -> bool:
        """Whether every consumer has everything."""
        return self.spool.waiting == 0

    def change(self, file: ConfigFile) -> None:
        """Take the clients of another configuration, and open its file of JSON lines, anew too where it has the same name.

        Raises ParameterError where something else of its outputs differs; nothing is changed then.
        """
        for where, old, new in (("spool", self._file.config.spool, file.config.spool),
                                ("output", _fixed(self._file.config.output.zmq), _fixed(file.config.output.zmq))):
            if old != new:
                raise ParameterError(f"{file.at(where)}: the spool, and the endpoint and identity of zmq, change only when the sensor "
                                     "starts. Restart it.")
        clients = _clients(file)
        try:
            self._open_log(file)
            self.spool.set_consumers(_consumers(file, clients))  # last: what only one who goes had lacked can't be brought back
        except (ParameterError, OutputError):
            with suppress(ParameterError):  # then `deliver` tries it again, and says so
                self._open_log(self._file)
            raise
        if self.publisher is not None:
            self.publisher.set_clients(clients)
        self._file = file

    def deliver(self, *, now: bool) -> dict[str, RfsecError | None]:
        """Answer subscribers, and write the JSON lines if it is time or `now`: what failed, or that it works, by name."""
        found: dict[str, RfsecError | None] = {}
        try:
            if self.publisher is not None:
                self.publisher.serve(self.spool)
        except OutputError as error:
            found["spool"] = error
        if self._file.config.output.jsonl is not None and (now or time.monotonic() >= self._write_at):
            self._write_at = time.monotonic() + _WRITE_EVERY_S
            try:
                if self._log is None:
                    self._open_log(self._file)
                self._write()
                found[JSONL] = None
            except (ParameterError, OutputError) as error:
                self._close_log()
                found[JSONL] = error
        return found

    def wait(self, wait_s: float) -> None:
        """Pass up to `wait_s` seconds, less where a subscriber asks."""
        if self.publisher is None:
            time.sleep(wait_s)
        else:
            self.publisher.wait(wait_s)

    def tell(self, health: dict) -> None:
        """Send a health record to the subscribers."""
        if self.publisher is not None:
            self.publisher.tell(self.spool, health)

    def _open_log(self, file: ConfigFile) -> None:
        """Open its file of JSON lines, if it has one, in place of the present one."""
        self._close_log()
        if file.config.output.jsonl is not None:
            with file.naming("output", "jsonl"):
                self._log = DecisionLog(file.config.output.jsonl)

    def _close_log(self) -> None:
        old, self._log = self._log, None
        if old is not None:
            old.close()

    def _write(self) -> None:
        if self._log.sensor == self.spool.identity and self._log.sequence <= self.spool.last:
            self.spool.acknowledge(JSONL, self._log.sequence)  # written, but the process was killed before it could say so
        while decisions := self.spool.after(self.spool.acknowledged(JSONL), BATCH):
            self._log.append(self.spool.identity, decisions)
            self.spool.acknowledge(JSONL, self._log.sequence)


def _clients(file: ConfigFile) -> list[Peer]:
    peers = []
    for number, path in enumerate(file.config.output.zmq.clients if file.config.output.zmq else []):
        with file.naming("output", "zmq", "clients", number):
            peers.append(read_peer(path))
    return peers


def _consumers(file: ConfigFile, clients: list[Peer]) -> list[str]:
    return [*([JSONL] if file.config.output.jsonl is not None else []), *map(consumer_name, clients)]


def _fixed(zmq: Zmq | None) -> tuple | None:
    return None if zmq is None else (zmq.endpoint, zmq.identity)
