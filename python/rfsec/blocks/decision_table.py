# SPDX-License-Identifier: GPL-3.0-or-later
"""Decision Table: the latest decisions in a Qt window, the newest on top."""

import pmt
from gnuradio import gr

from ..records import DecisionRecord
from .decision_sink import DECISIONS
from .decision_table_rows import Rows
from .fingerprint_replies import REPLIES, Reply
from .parameters import check_whole


class decision_table(gr.basic_block):
    """
    Show decisions as a table that grows at its top: when, who or what, how sure, and the verdict.

    What is no decision, or no reply, is refused with one line in the log, and counted in ``refused``.

    Args:
        rows: decisions that are kept, 1 to 10000

    Ports:
        decisions (message): decisions of any classifier, or of a Fingerprint Authenticator
        replies (message): of a Fingerprint Authenticator; the last one stands below the table (optional)

    Tags:
        none

    Example:
        table = rfsec.decision_table()
        tb.msg_connect(authenticator, "decisions", table, "decisions")
        layout.addWidget(table.qwidget())
    """

    def __init__(self, rows: int = 200):
        check_whole("Decision Table", "rows", rows, 10_000)
        gr.basic_block.__init__(self, "Decision Table", [], [])
        self._rows, self._widget = Rows(rows), None
        self.refused = 0
        for port, take in ((DECISIONS, self._decide), (REPLIES, self._reply)):
            self.message_port_register_in(port)
            self.set_msg_handler(port, take)

    def qwidget(self):
        """The QWidget that shows it; call it in Qt's thread, after a QApplication was made."""
        if self._widget is None:
            from .decision_table_widget import TableWidget  # without a screen the block is made and runs without Qt

            self._widget = TableWidget(self._rows)
        return self._widget

    def _decide(self, message) -> None:
        self._take(message, DecisionRecord.from_pmt, self._rows.decide)

    def _reply(self, message) -> None:
        self._take(message, Reply.from_pmt, self._rows.reply)

    def _take(self, message, read, show) -> None:
        try:
            show(read(message))
        except ValueError as error:
            self.refused += 1
            self.logger.warn(str(error))

    def stop(self):
        # GNU Radio may end a message-only block with messages left in its queue.
        for port, take in ((DECISIONS, self._decide), (REPLIES, self._reply)):
            while self.gateway.nmsgs(port):
                take(self.gateway.delete_head_nowait(port))
        return True
