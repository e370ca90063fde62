# SPDX-License-Identifier: GPL-3.0-or-later
"""``rfsec collect``: the other end of a sensor, which appends its decisions to a file."""

import json
import logging
from pathlib import Path
from typing import Annotated

import typer

from .live import gathered_signals

_TURN_S = 1.0
logger = logging.getLogger(__name__)


def collect(
    endpoint: Annotated[str, typer.Argument(metavar="tcp://ADDRESS:PORT", help="Where the sensor is.")],
    identity: Annotated[Path, typer.Option(help="This end's identity, from rfsec keygen identity; the sensor's configuration names its .pub file.")],
    peer: Annotated[Path, typer.Option(help="The sensor's .pub file.")],
    out: Annotated[Path, typer.Option(help="JSON lines to append to, each decision once; a file that exists is gone on with.")],
) -> None:
    """Collect the decisions of a sensor until SIGTERM or SIGINT. Writes the sensor's health records to standard output."""
    from ..keygen.identity import read_identity, read_peer
    from ..sensor.decision_log import DecisionLog
    from ..sensor.subscriber import Subscriber

    own, sensor = read_identity(identity), read_peer(peer)
    refused = False
    with DecisionLog(out) as log, Subscriber(endpoint, own, sensor, log) as subscriber, gathered_signals() as received_signals:
        while not received_signals:
            received = subscriber.receive(_TURN_S)
            if received is None:
                continue
            if received.missed:
                logger.warning("rfsec: %d decisions before number %d were dropped by the sensor, because its spool was full.", received.missed,
                               log.sequence - received.decisions + 1)
            if received.health is not None:
                refused = _refused(json.dumps(received.health), refused)


def _refused(line: str, before: bool) -> bool:
    """Whether standard output does not take a line. The decisions go on; what keeps it from that is said once."""
    try:
        typer.echo(line)
    except BrokenPipeError:
        raise
    except OSError as error:
        if not before:
            logger.warning("rfsec: standard output: health records can't be written: %s.", error.strerror)
        return True
    return False
