# SPDX-License-Identifier: GPL-3.0-or-later
"""A radio in software that answers tune commands as gr-uhd's source does, and hears the scene of swept_scene."""

import numpy as np
import pmt
from flowgraphs import rx_time
from gnuradio import gr
from swept_scene import RATE_HZ, heard

DELAY, CHUNK = 5000, 4096


class SoftwareRadio(gr.sync_block):
    """Takes tune commands on its port ``command`` and tags its samples as a USRP Source does.

    Samples of the old frequency still come for a while. A frequency that it is tuned to already is not tuned again, and gives
    no tag unless the command has a key ``tag``. The first `deaf` commands are lost; `wrong` times it comes elsewhere. It samples at
    `rate_hz`.
    """

    def __init__(self, deaf: int = 0, wrong: int = 0, rate_hz: float = RATE_HZ):
        gr.sync_block.__init__(self, "Software Radio", [], [np.complex64])
        self.message_port_register_in(pmt.intern("command"))
        self.set_msg_handler(pmt.intern("command"), self._command)
        self._freq_hz, self._asked_hz, self._next = 2.45e9, None, None
        self._deaf, self._wrong, self._sent, self._tag_now = deaf, wrong, 0, True
        self.tuned, self._rate_hz = [], rate_hz

    def get_samp_rate(self):
        return self._rate_hz

    def _command(self, message):
        if self._deaf:
            self._deaf -= 1
            return
        asked_hz = pmt.to_double(pmt.dict_ref(message, pmt.intern("freq"), pmt.PMT_NIL))
        if asked_hz != self._asked_hz or pmt.dict_has_key(message, pmt.intern("tag")):
            self._asked_hz, self._next = asked_hz, (self._sent + DELAY, asked_hz)

    def work(self, input_items, output_items):
        count = min(len(output_items[0]), CHUNK)
        if self._next is not None:
            place, freq_hz = self._next
            if self._sent >= place:
                self._next, self._freq_hz, self._tag_now = None, freq_hz, True
                if self._wrong:
                    self._wrong -= 1
                    self._freq_hz = 900e6
                self.tuned.append(self._freq_hz)
            else:
                count = min(count, place - self._sent)
        if self._tag_now:
            self._tag_now = False
            for key, value in (("rx_freq", pmt.from_double(self._freq_hz)), ("rx_rate", pmt.from_double(self._rate_hz)),
                               ("rx_time", rx_time(round(self._sent * 1e9 / self._rate_hz)))):
                self.add_item_tag(0, self._sent, pmt.intern(key), value)
        output_items[0][:count] = heard(self._freq_hz, count, self._sent % 1000)
        self._sent += count
        return count
