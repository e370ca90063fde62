# SPDX-License-Identifier: GPL-3.0-or-later
"""``rfsec sensor``: a spectrum sensor that runs until it is told to stop."""

import signal
from pathlib import Path
from typing import Annotated

import typer


def sensor(
    config: Annotated[Path, typer.Argument(metavar="CONFIG.yaml", help="The configuration; examples/sensor.yaml explains one.")],
) -> None:
    """Sweep bands, find emissions, say what they are, and keep the decisions until their subscribers have them.

    Writes a health record to standard output every 10 s. SIGHUP reads the configuration again, SIGTERM ends.
    """
    from ..sensor.config_file import ConfigFile
    from ..sensor.decide import SweepDecider
    from ..sensor.sensor import Sensor

    one = Sensor(ConfigFile(config), open_source=_open_source, make_decider=SweepDecider, emit=typer.echo)
    for number, action in ((signal.SIGHUP, one.reload), (signal.SIGTERM, one.stop), (signal.SIGINT, one.stop)):
        signal.signal(number, lambda _number, _frame, action=action: action())
    one.run()


def _open_source(file, position: str):
    if file.config.source.replay is not None:
        from ..sensor.replay import ReplaySource

        return ReplaySource(file, position)
    from ..blocks.sweep_flowgraph import SweepFlowgraph
    from ..blocks.usrp import open_usrp
    from ..sensor.decide import wants_steps
    from ..sensor.grids import RATE_HZ, grids_of

    first_hz, source = grids_of(file, RATE_HZ)[0].centre_hz(0), file.config.source
    radio = open_usrp(source.usrp.args, freq_hz=first_hz, rate_hz=RATE_HZ, gain_db=source.usrp.gain_db)
    grids = grids_of(file, radio.get_samp_rate())  # some radios' clocks can't be divided to the rate that they are asked for
    flowgraph = SweepFlowgraph(radio, grids, is_radio=True, dwell_s=source.dwell_s, keep_steps=wants_steps(file))
    flowgraph.begin()
    return flowgraph
