# SPDX-License-Identifier: GPL-3.0-or-later
"""USRP radios: found before a flowgraph is built on them, opened with a clock in UTC."""

import logging
import os
import time

from gnuradio import uhd

from ..errors import ParameterError, RadioError

logger = logging.getLogger(__name__)
# UHD greets on standard error when it is first used; a program without a radio should say one line only.
os.environ.setdefault("UHD_LOG_CONSOLE_LEVEL", "warning")


def find_usrp(args: str = "") -> None:
    """Check that a USRP answers to the UHD device address ``args``, e.g. ``type=b200`` or ``addr=192.168.10.2``.

    Raises RadioError where none does.
    """
    try:
        found = uhd.find(args)
    except RuntimeError as error:
        raise RadioError(f"USRP '{args}': UHD failed: {' '.join(str(error).split())}") from None
    if not len(found):
        raise RadioError(f"USRP '{args}': no such radio answers; uhd_find_devices lists those that do.")


def open_usrp(args: str, *, freq_hz: float, rate_hz: float, gain_db: float):
    """A gr-uhd source of one channel, tuned, its clock set to UTC, so that ``rx_time`` is absolute time.

    Raises ParameterError for a frequency or rate that is not positive, RadioError where the radio is missing or
    refuses the settings.
    """
    for name, value in (("freq", freq_hz), ("rate", rate_hz)):
        if not 0 < value < float("inf"):
            raise ParameterError(f"The {name} of a USRP must be above 0 Hz. Got {value} instead.")
    find_usrp(args)
    try:
        source = uhd.usrp_source(args, uhd.stream_args(cpu_format="fc32", otw_format="sc16", channels=[0]))
        source.set_samp_rate(rate_hz)
        source.set_center_freq(freq_hz)
        source.set_gain(gain_db)
        source.set_time_now(uhd.time_spec(time.time()))
        actual = source.get_samp_rate()
    except RuntimeError as error:
        raise RadioError(f"USRP '{args}': {' '.join(str(error).split())}") from None
    if abs(actual - rate_hz) > 1e-3 * rate_hz:
        logger.warning("USRP '%s' runs at %.0f Hz instead of %.0f Hz: its clock can't be divided so.", args, actual, rate_hz)
    return source
