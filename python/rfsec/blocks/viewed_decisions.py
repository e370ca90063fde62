# SPDX-License-Identifier: GPL-3.0-or-later
"""The part of a view that takes decisions.

It is a block of its own, for a block with a stream input is over when its stream is, and the last decisions come after that.
"""

from collections.abc import Callable

from gnuradio import gr

from ..records import DecisionRecord
from .decision_sink import DECISIONS


class ViewedDecisions(gr.basic_block):
    """Hands decisions to a scene; what it can't show is refused with one line in the log, and counted.

    `view` is the block's name, `show` takes a record, `shown` says whether one can be shown, and `refusal` why another is not.
    """

    def __init__(self, view: str, show: Callable[[DecisionRecord], None], shown: Callable[[DecisionRecord], bool], refusal: str):
        gr.basic_block.__init__(self, view, [], [])
        self._show, self._shown, self._refusal = show, shown, refusal
        self.refused = 0
        self.message_port_register_in(DECISIONS)
        self.set_msg_handler(DECISIONS, self._handle)

    def _handle(self, message) -> None:
        try:
            record = DecisionRecord.from_pmt(message)
            if not self._shown(record):
                raise ValueError(self._refusal)
        except ValueError as error:
            self.refused += 1
            self.logger.warn(str(error))
            return
        self._show(record)

    def stop(self):
        # GNU Radio may end a message-only block with messages left in its queue.
        while self.gateway.nmsgs(DECISIONS):
            self._handle(self.gateway.delete_head_nowait(DECISIONS))
        return True
