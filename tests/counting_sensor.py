# SPDX-License-Identifier: GPL-3.0-or-later
"""A sensor whose source counts sweeps and whose decisions say which sweep they are of; runs as a process of its own.

    counting_sensor.py CONFIG.yaml SWEEPS
"""

import json
import signal
import sys

import numpy as np
from gnuradio.rfsec.dsp.swept_spectrum import SweptSpectrum
from gnuradio.rfsec.errors import ModelError, RadioError, RfsecError
from gnuradio.rfsec.records import DecisionRecord
from gnuradio.rfsec.sensor.config_file import ConfigFile
from gnuradio.rfsec.sensor.sensor import Sensor
from gnuradio.rfsec.sensor.sweep import Sweep

SAMPLES = 1_000_000  # of a sweep


def decisions_of(sweep: int) -> int:
    """How many decisions a sweep gives, 0 to 4."""
    return sweep * 7 % 5


class CountingSource:
    """Gives `count` sweeps from `position` on; a `count` below 0 is that of a radio which is not there."""

    skipped = overflows = 0
    fill = 0.0

    def __init__(self, position: str, count: int) -> None:
        if count < 0:
            raise RadioError("USRP 'type=none': no such radio answers.")
        self._at, self._count, self.samples = int(position or 0), count, 0

    @property
    def ended(self) -> bool:
        return self._at >= self._count

    def next(self, wait_s: float) -> Sweep | None:
        if self.ended:
            return None
        self._at += 1
        self.samples += SAMPLES
        spectrum = SweptSpectrum(1e9, 10e3, np.zeros(8, np.float32))
        return Sweep(spectrum, (self._at - 1) * SAMPLES, SAMPLES, 2.4e6, str(self._at))

    def close(self) -> None:
        pass


class CountingDecider:
    def decide(self, sweep: Sweep) -> list[DecisionRecord]:
        number = int(sweep.position)
        if number % 100 == 99:
            raise ModelError("this sweep is too much for the model.")
        return [DecisionRecord(sweep.sample_start, one, None, 1e9, 2.4e6, 3.0, "technology", "gsm", 0.5, "accepted", "counting")
                for one in range(decisions_of(number))]


def expected(sweeps: int) -> list[tuple[int, int]]:
    """What the decisions of so many sweeps say: the first sample and the place within the sweep."""
    return [((number - 1) * SAMPLES, one) for number in range(1, sweeps + 1) if number % 100 != 99 for one in range(decisions_of(number))]


def main(config: str, sweeps: str) -> None:
    sensor = Sensor(ConfigFile(config), open_source=lambda file, position: CountingSource(position, int(sweeps)),
                    make_decider=lambda file: CountingDecider(), emit=lambda line: print(line, flush=True))
    for number, action in ((signal.SIGHUP, sensor.reload), (signal.SIGTERM, sensor.stop)):
        signal.signal(number, lambda _number, _frame, action=action: action())
    sensor.run()


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except RfsecError as error:
        print(json.dumps({"failed": str(error)}))
        sys.exit(1)
