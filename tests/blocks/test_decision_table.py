# SPDX-License-Identifier: GPL-3.0-or-later
"""The decision table on a screen that is not there: what stands in it, and what is refused."""

import os

import pmt
import pytest
from gnuradio import rfsec
from gnuradio.rfsec.blocks.decision_table_rows import COLUMNS
from gnuradio.rfsec.blocks.fingerprint_replies import REPLIES, Reply
from gnuradio.rfsec.records import DecisionRecord

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
from PyQt5.QtCore import Qt  # noqa: E402
from PyQt5.QtWidgets import QApplication, QLabel, QTableView  # noqa: E402

KNOWN = DecisionRecord(4000, 500, 10**18 + 25_000_000, 868e6, 1e6, 21.04, "emitter", "door", 0.91234, "accepted", "rffi-fsk",
                       -7e3, 5e4)
STRANGER = DecisionRecord(9000, 500, None, None, 1e6, None, "emitter", None, 0.4, "unknown", "rffi-fsk")


@pytest.fixture(scope="module")
def application():
    return QApplication.instance() or QApplication(["tests"])


def shown(table, decisions=(), replies=()):
    """The widget of a table after a flowgraph's thread gave it these messages."""
    widget = table.qwidget()
    for port, messages in (("decisions", decisions), ("replies", replies)):
        for message in messages:
            table.gateway.insert_tail(pmt.intern(port), message)
    table.stop()
    widget._look()
    return widget


def cells(widget):
    model = widget.findChild(QTableView).model()
    return [[model.data(model.index(row, column)) for column in range(model.columnCount())] for row in range(model.rowCount())]


def labels(widget):
    return [label.text() for label in widget.findChildren(QLabel)]


def test_the_newest_decision_is_on_top_in_the_colour_of_its_verdict(application):
    widget = shown(rfsec.decision_table(), [KNOWN.to_pmt(), STRANGER.to_pmt()])
    assert cells(widget) == [
        ["0.009000 s", "", "0.400", "unknown", "", "", "emitter", "rffi-fsk"],
        ["01:46:40.025", "door", "0.912", "accepted", "867.993000 MHz", "21.0 dB", "emitter", "rffi-fsk"]]
    model = widget.findChild(QTableView).model()
    assert [model.headerData(column, Qt.Horizontal) for column in range(len(COLUMNS))] == list(COLUMNS)
    red, green = (model.data(model.index(row, 0), Qt.ForegroundRole) for row in (0, 1))
    assert red.red() > red.green() and green.green() > green.red()
    assert labels(widget)[0] == "1 accepted, 1 unknown"
    image = widget.grab().toImage()
    assert len({image.pixel(x, y) for x in range(0, image.width(), 3) for y in range(0, image.height(), 3)}) > 3


def test_old_rows_go_and_are_still_counted(application):
    widget = shown(rfsec.decision_table(rows=3), [KNOWN.to_pmt()] * 5 + [STRANGER.to_pmt()])
    assert [row[3] for row in cells(widget)] == ["unknown", "accepted", "accepted"]
    assert labels(widget)[0] == "5 accepted, 1 unknown"


def test_the_last_reply_stands_below(application):
    replies = [Reply("enrol", "door", True, "Enrolled door from 3 bursts."), Reply("enrol", "door", False, "door exists")]
    assert labels(shown(rfsec.decision_table(), replies=[one.to_pmt() for one in replies]))[-1] == "door exists"


def test_a_reply_about_a_name_with_tags_is_shown_as_it_is(application):
    widget = shown(rfsec.decision_table(), replies=[Reply("enrol", "<b>door</b>", True, "Enrolled <b>door</b> from 1 burst.").to_pmt()])
    assert {label.textFormat() for label in widget.findChildren(QLabel) if "door" in label.text()} == {Qt.PlainText}


def test_what_is_no_decision_and_no_reply_is_refused_and_counted(application):
    table = rfsec.decision_table()
    hostile = [pmt.PMT_NIL, pmt.intern("x"), pmt.from_long(3), pmt.make_dict(), pmt.make_u8vector(3, 1)]
    widget = shown(table, [*hostile, KNOWN.to_pmt()], [*hostile, KNOWN.to_pmt()])
    assert table.refused == 2 * len(hostile) + 1 and len(cells(widget)) == 1


def test_a_reply_survives_its_message():
    for reply in (Reply("revoke", None, False, "no name"), Reply("enrol", "ä b", True, "done")):
        assert Reply.from_pmt(reply.to_pmt()) == reply
    assert REPLIES == pmt.intern("replies")


@pytest.mark.parametrize("rows", [0, 10_001, 1.5, "many"])
def test_bad_parameters_raise_when_the_block_is_made(rows):
    with pytest.raises(rfsec.ParameterError, match="'rows' parameter of Decision Table must be a whole number, 1 to 10000"):
        rfsec.decision_table(rows)
