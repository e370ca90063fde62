# SPDX-License-Identifier: GPL-3.0-or-later
"""The sensor itself: one loop that takes sweeps, decides, stores, delivers, and says how it is."""

import json
import logging
import time
from collections.abc import Callable
from typing import Protocol

from ..errors import ModelError, OutputError, RfsecError
from ..records import DecisionRecord
from .config_file import ConfigFile
from .health import Counts, Health
from .outputs import Outputs
from .radio import ENDED, Radio
from .sweep import Sweep, SweepSource
from .systemd import Systemd

HEALTH_S = 10.0
_TURN_S = 0.1  # the longest wait for a sweep or a subscriber: what else there is to do waits no longer
logger = logging.getLogger(__name__)


class Decider(Protocol):
    """Decides about sweeps with the models of one configuration."""

    def decide(self, sweep: Sweep) -> list[DecisionRecord]:
        """Raises ModelError where a model fails."""


class Sensor:
    """Runs one configuration until it is stopped, or its recording has ended and everything is delivered.

    A decision and the source's position after it are stored in one transaction, and a source that can begins there when
    the sensor starts again: a replayed sweep is decided and stored once, whenever the process dies.

    Parameters
    ----------
    file : ConfigFile
    open_source : callable
        Takes a ConfigFile and a position, and returns a SweepSource that is open.
    make_decider : callable
        Takes a ConfigFile and returns a Decider.
    emit : callable
        Takes each health record, a JSON line. One that raises OSError is left out; BrokenPipeError ends the sensor.

    Raises
    ------
    ParameterError
        A file, key or model of the configuration is wrong; with its line.
    OutputError
        The spool can't be opened, or the endpoint can't be bound.
    """

    def __init__(self, file: ConfigFile, *, open_source: Callable[[ConfigFile, str], SweepSource],
                 make_decider: Callable[[ConfigFile], Decider], emit: Callable[[str], None]) -> None:
        self._open_source, self._make_decider, self._emit = open_source, make_decider, emit
        self._file, self._decider = file, make_decider(file)
        self._outputs = Outputs(file)
        self._radio = Radio(lambda position: open_source(self._file, position), self._outputs.spool.position)
        self._counts, self._health, self._systemd = Counts(), Health(), Systemd()
        self._stopping = self._reloading = False  # plain flags: a signal handler must not take a lock that the loop may hold

    def stop(self) -> None:
        """End after the present sweep; may be called from a signal handler."""
        self._stopping = True

    def reload(self) -> None:
        """Read the configuration again after the present sweep; may be called from a signal handler."""
        self._reloading = True

    def run(self) -> None:
        """Go round until ``stop``, or the end of a recording. Raises RecordingError where the recording fails."""
        try:
            self._systemd.ready("looking for the source")
            self._say()
            while not self._stopping and not (self._radio.state == ENDED and self._outputs.delivered):
                self._turn()
            self._systemd.stopping()
            self._deliver(now=True)
            self._say()
        finally:
            self._radio.close()
            self._outputs.close()

    def _turn(self) -> None:
        if self._reloading:
            self._reloading = False
            self._take_new_configuration()
        state = self._radio.state
        sweep = self._radio.next(_TURN_S)
        if sweep is not None:
            self._take(sweep)
        self._deliver(now=self._radio.state == ENDED)
        if not self._radio.running:
            self._outputs.wait(_TURN_S)
        if self._radio.state != state or time.monotonic() >= self._say_at:
            self._say()
        self._systemd.alive(f"{self._radio.state}, {self._counts.sweeps} sweeps, {self._counts.decisions} decisions")

    def _take(self, sweep: Sweep) -> None:
        try:
            records = self._decider.decide(sweep)
        except ModelError as error:
            self._counts.undecided += 1
            self._fault("model", error)
            records = []
        else:
            self._counts.errors.pop("model", None)
        self._counts.sweeps += 1
        if not records:
            return
        try:
            self._outputs.spool.append([record.to_json() for record in records], sweep.position)
            self._counts.decisions += len(records)
            self._counts.errors.pop("spool", None)
        except OutputError as error:
            self._counts.lost += len(records)
            self._fault("spool", error)

    def _deliver(self, *, now: bool) -> None:
        for name, error in self._outputs.deliver(now=now).items():
            if error is None:
                self._counts.errors.pop(name, None)
            else:
                self._fault(name, error)

    def _say(self) -> None:
        self._say_at = time.monotonic() + HEALTH_S
        record = self._health.record(self._counts, self._radio, self._outputs.spool, self._outputs.publisher)
        try:
            self._emit(json.dumps(record))
            self._counts.errors.pop("health", None)
        except BrokenPipeError:
            raise
        except OSError as error:  # a full disk must not end what it has no part in
            self._fault("health", OutputError(f"Standard output: health records can't be written: {error.strerror}."))
        self._outputs.tell(record)

    def _take_new_configuration(self) -> None:
        """Change to the file as it is now; a wrong one is said, and changes nothing."""
        try:
            file = ConfigFile(self._file.path)
            decider = self._make_decider(file)
            if file.config.source.replay is not None:  # a radio may be missing, a recording may not
                self._open_source(file, "").close()
            self._outputs.change(file)
        except RfsecError as error:
            self._fault("configuration", error)
        else:
            self._file, self._decider = file, decider
            self._radio.restart(self._outputs.spool.position)
            self._counts.reloads += 1
            self._counts.errors.pop("configuration", None)
        self._say()

    def _fault(self, about: str, error: RfsecError) -> None:
        if self._counts.errors.get(about) != str(error):
            logger.warning("%s", error)
        self._counts.errors[about] = str(error)
