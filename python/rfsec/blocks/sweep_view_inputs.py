# SPDX-License-Identifier: GPL-3.0-or-later
"""The two parts of a Sweep View that GNU Radio runs: one takes spectra, one takes decisions.

They are two, for a block with a stream input is over when its stream is, and the last decisions come after that.
"""

import numpy as np
import pmt
from gnuradio import gr

from ..records import DecisionRecord
from .decision_sink import DECISIONS
from .sample_clock import vector_of
from .sweep_view_scene import Scene
from .swept_items import read_items


class ViewedSpectra(gr.sync_block):
    """Gives a scene the newest spectrum of a stream; items without tags that make sense are counted."""

    def __init__(self, scene: Scene, bins: int):
        gr.sync_block.__init__(self, "Sweep View", [vector_of(np.float32, bins)], [])
        self._scene, self._bins = scene, bins
        self.invalid = 0

    def work(self, input_items, output_items):
        items = input_items[0].reshape(-1, self._bins)
        for item in read_items(self, self.nitems_read(0), items):
            if item is not None:
                self._scene.see(item)
                continue
            self.invalid += 1
            if self.invalid == 1:
                self.logger.warn("An item without the tags of an Averaged Spectrum can't be shown.")
        return len(items)


class ViewedEmissions(gr.basic_block):
    """Gives a scene the decisions about emissions; what is none is refused with one line in the log, and counted."""

    def __init__(self, scene: Scene):
        gr.basic_block.__init__(self, "Sweep View", [], [])
        self._scene = scene
        self.refused = 0
        self.message_port_register_in(DECISIONS)
        self.set_msg_handler(DECISIONS, self._handle)

    def _handle(self, message) -> None:
        try:
            record = DecisionRecord.from_pmt(message)
            if not record.is_burst or record.freq_hz is None:
                raise ValueError("A Sweep View shows decisions about emissions, which have a band; this one has none.")
        except ValueError as error:
            self.refused += 1
            self.logger.warn(str(error))
            return
        self._scene.decide(record)

    def stop(self):
        # GNU Radio may end a message-only block with messages left in its queue.
        while (message := self.gateway.delete_head_nowait(DECISIONS)) is not None and not pmt.is_null(message):
            self._handle(message)
        return True
