# SPDX-License-Identifier: GPL-3.0-or-later
"""Sweep Controller: tunes a radio to what a sweep wants next."""

import math
import threading

import pmt
from gnuradio import gr

from .parameters import check_real
from .sweep_intake import FREQ, TUNE

COMMAND = pmt.intern("command")
LONGEST_PAUSE_S = 60.0
_TAG = pmt.intern("tag")


class sweep_controller(gr.basic_block):
    """
    Send a radio the tune commands that an Averaged Spectrum asks for, and again where they have no effect.

    A command is what gr-uhd takes: a dict with ``freq``, and ``tag``, for which the radio tags its next samples even if it was tuned
    there before. When no samples of that frequency come within the timeout it is sent again, and then after pauses that double up to 60 s.

    Args:
        timeout_s: seconds until a command is sent again, 0.001 to 60 s; above the time that the radio takes to tune

    Ports:
        tune (message): of an Averaged Spectrum: a dict whose freq is wanted, in Hz, or nil
        command (message): to the command port of a UHD: USRP Source

    Tags:
        none

    Example:
        controller = rfsec.sweep_controller()
        tb.msg_connect(spectrum, "tune", controller, "tune")
        tb.msg_connect(controller, "command", usrp, "command")
    """

    def __init__(self, timeout_s: float = 1.0):
        check_real("Sweep Controller", "timeout_s", timeout_s, 0.001, LONGEST_PAUSE_S, "s")
        gr.basic_block.__init__(self, "Sweep Controller", [], [])
        self._timeout_s = timeout_s
        self.commands = self.retries = self.refused = 0
        self.in_vain = 0  # commands since the last one that had an effect
        self._change = threading.Condition()
        self._wanted_hz: float | None = None
        self._running = False
        self.message_port_register_in(TUNE)
        self.message_port_register_out(COMMAND)
        self.set_msg_handler(TUNE, self._handle)

    def start(self):
        self._wanted_hz, self._running, self.in_vain = None, True, 0
        self._thread = threading.Thread(target=self._repeat, name="sweep controller", daemon=True)
        self._thread.start()
        return True

    def stop(self):
        with self._change:
            self._running = False
            self._change.notify()
        self._thread.join()
        return True

    @property
    def wanted_hz(self) -> float | None:
        """What the radio shall be tuned to; None where nothing is to be done."""
        return self._wanted_hz

    @property
    def pause_s(self) -> float:
        """Seconds until the present command is sent again."""
        return min(self._timeout_s * 2.0 ** min(max(self.in_vain - 1, 0), 32), LONGEST_PAUSE_S)

    def _handle(self, message) -> None:
        try:
            wanted_hz = _wanted(message)
        except ValueError as error:
            self.refused += 1
            self.logger.warn(str(error))
            return
        with self._change:
            self._wanted_hz, self.in_vain = wanted_hz, 0
            if wanted_hz is not None:
                self._send()
            self._change.notify()

    def _repeat(self) -> None:
        """Send commands again; ends with the flowgraph."""
        with self._change:
            while self._running:
                if self._change.wait(None if self._wanted_hz is None else self.pause_s) or self._wanted_hz is None:
                    continue
                if self.in_vain == 1:
                    self.logger.warn(f"The radio sends nothing of {self._wanted_hz / 1e6:.6f} MHz; tuning it again.")
                self.retries += 1
                self._send()

    def _send(self) -> None:
        self.commands += 1
        self.in_vain += 1
        command = pmt.dict_add(pmt.make_dict(), FREQ, pmt.from_double(self._wanted_hz))
        self.message_port_pub(COMMAND, pmt.dict_add(command, _TAG, pmt.PMT_T))


def _wanted(message) -> float | None:
    """The frequency in a message. Raises ValueError, naming the rule, where it holds none."""
    try:
        value = pmt.dict_ref(message, FREQ, pmt.PMT_F)
        freq_hz = None if pmt.is_null(value) else pmt.to_double(value)
    except Exception:  # PMT raises its own wrong_type, which Python sees under several names
        raise ValueError("A message on 'tune' must be a dict whose 'freq' is a frequency in Hz, or nil.") from None
    if freq_hz is not None and not 0 <= freq_hz < math.inf:
        raise ValueError(f"The 'freq' of a message on 'tune' must be 0 Hz or more. Got {freq_hz} instead.")
    return freq_hz
