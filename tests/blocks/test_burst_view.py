# SPDX-License-Identifier: GPL-3.0-or-later
"""The burst view on a screen that is not there: what is painted, and where."""

import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pmt
import pytest
from flowgraphs import ChunkedSource, complex_noise, run
from gnuradio import gr, rfsec
from gnuradio.rfsec.errors import ParameterError
from gnuradio.rfsec.records import DecisionRecord

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
from PyQt5.QtCore import QEvent, QPoint  # noqa: E402
from PyQt5.QtGui import QHelpEvent  # noqa: E402
from PyQt5.QtWidgets import QApplication, QToolTip  # noqa: E402

RATE_HZ, COUNT = 100e3, 100_000  # a second
START, LENGTH, OFFSET_HZ = 40_000, 20_000, 25e3
RECORD = DecisionRecord(START, LENGTH, None, 433e6, RATE_HZ, 20.0, "modulation", "QPSK", 0.9, "accepted", "m",
                        OFFSET_HZ, 10e3, 4800.0)
CLOCK = [(0, "rx_rate", pmt.from_double(RATE_HZ)), (0, "rx_freq", pmt.from_double(433e6))]
GREEN = (0x5D, 0xFF, 0xA0)


@pytest.fixture(scope="module")
def application():
    return QApplication.instance() or QApplication(["tests"])


class Band(ChunkedSource):
    """Noise with a tone in it, and messages when it ends."""

    def __init__(self, messages=(), tags=CLOCK, sizes=(3000, 17, 9999)):
        samples = 0.01 * complex_noise(COUNT)
        samples[START:START + LENGTH] += np.exp(2j * np.pi * OFFSET_HZ / RATE_HZ * np.arange(LENGTH))
        ChunkedSource.__init__(self, samples, sizes, tags)
        self._messages = messages
        self.message_port_register_out(pmt.intern("out"))

    def work(self, input_items, output_items):
        count = ChunkedSource.work(self, input_items, output_items)
        if count < 0:
            for message in self._messages:
                self.message_port_pub(pmt.intern("out"), message)
        return count


def shown(view, **source):
    """The widget of a view after a run."""
    top, band = gr.top_block(), Band(**source)
    top.connect(band, view)
    top.msg_connect(band, "out", view, "decisions")
    widget = view.qwidget()
    widget.resize(800, 500)
    run(top)
    return widget


def pixels(widget) -> np.ndarray:
    """What the widget paints, uint8 [height, width, 3]."""
    image = widget.grab().toImage().convertToFormat(4)  # RGB32
    data = np.frombuffer(image.bits().asstring(image.sizeInBytes()), np.uint8).reshape(image.height(), -1, 4)
    return data[:, :image.width(), 2::-1]


def box_of(painted: np.ndarray, colour) -> tuple[int, int, int, int]:
    """Left, right, top and bottom of the longest lines in a colour."""
    hits = (np.abs(painted.astype(int) - colour) < 40).all(axis=2)
    columns, rows = np.flatnonzero(hits.sum(axis=0) > 40), np.flatnonzero(hits.sum(axis=1) > 40)
    return columns[0], columns[-1], rows[0], rows[-1]


def test_a_burst_is_painted_with_its_box_around_it(application):
    painted = pixels(shown(rfsec.burst_view(), messages=[RECORD.to_pmt()]))
    left, right, top, bottom = box_of(painted, GREEN)
    middle = (left + right) / 2
    inside, around = painted[top + 20:bottom - 20, :], painted[bottom + 20:, :]
    brightness = inside.sum(axis=2).mean(axis=0)
    assert abs(np.argmax(brightness[80:780]) + 80 - middle) < 10  # the tone is in the middle of its box
    assert inside[:, int(middle)].mean() > 150 > 60 > around[:60, int(middle)].mean()
    # The newest sample is on top, the one of a second ago at the bottom: the burst ends 0.4 s ago and lasts 0.2 s.
    span = painted.shape[0] - 26 - 44
    assert abs(top - (26 + 0.4 * span)) < 5 and abs(bottom - top - 0.2 * span) < 5


def test_the_mouse_tells_about_a_box(application):
    widget = shown(rfsec.burst_view(), messages=[RECORD.to_pmt()])
    left, right, top, bottom = box_of(pixels(widget), GREEN)
    place = QPoint((left + right) // 2, (top + bottom) // 2)
    widget.event(QHelpEvent(QEvent.ToolTip, place, place))
    text = QToolTip.text()
    assert all(part in text for part in ("QPSK", "433.025000 MHz", "10.000 kHz", "20.0 dB", "4,800"))


def test_a_label_with_tags_is_told_as_it_is(application):
    widget = shown(rfsec.burst_view(), messages=[replace(RECORD, label="<b>door</b>").to_pmt()])
    left, right, top, bottom = box_of(pixels(widget), GREEN)
    place = QPoint((left + right) // 2, (top + bottom) // 2)
    widget.event(QHelpEvent(QEvent.ToolTip, place, place))
    assert "&lt;b&gt;door&lt;/b&gt;" in QToolTip.text()


def test_a_burst_that_has_passed_is_forgotten(application):
    old = DecisionRecord(0, 100, None, None, RATE_HZ, 20.0, "modulation", "OOK", 0.9, "accepted", "m", 0.0, 10e3)
    view = rfsec.burst_view(span=0.5)
    widget = shown(view, messages=[old.to_pmt()])
    painted = pixels(widget)
    assert not (np.abs(painted.astype(int) - GREEN) < 40).all(axis=2).any()
    tone = painted[:, 62 + int((800 - 62 - 12) * (0.5 + OFFSET_HZ / RATE_HZ))].mean(axis=1)
    assert tone[26:26 + 60].mean() < 60 < 150 < tone[-44 - 60:-44 - 20].mean()  # it ended 0.4 s ago, at the lower edge


def test_a_run_does_not_show_the_bursts_of_the_one_before(application):
    view, band, top = rfsec.burst_view(), Band(messages=[RECORD.to_pmt()]), gr.top_block()
    top.connect(band, view)
    top.msg_connect(band, "out", view, "decisions")
    view.qwidget().resize(800, 500)
    for messages in ([RECORD.to_pmt()], []):
        band._sent, band._messages, band._tags = 0, messages, list(CLOCK)
        run(top)
        assert (np.abs(pixels(view.qwidget()).astype(int) - GREEN) < 40).all(axis=2).any() == bool(messages)


def test_what_is_no_decision_about_a_burst_is_refused_and_counted(application):
    window = DecisionRecord(0, 128, None, None, 1e6, None, "modulation", "QPSK", 0.75, "accepted", "m")
    view = rfsec.burst_view()
    painted = pixels(shown(view, messages=[pmt.intern("x"), pmt.PMT_NIL, window.to_pmt(), RECORD.to_pmt()]))
    assert view.refused == 3
    box_of(painted, GREEN)


def test_what_waits_when_the_flowgraph_ends_is_shown_whatever_is_before_it(application):
    view = rfsec.burst_view()
    for message in (pmt.PMT_NIL, RECORD.to_pmt()):
        view._decisions.to_basic_block()._post(pmt.intern("decisions"), message)
    view._decisions.stop()
    view._scene.begin(0, RATE_HZ)
    assert view.refused == 1 and view._scene.snapshot().records == [RECORD]


def test_a_stream_that_does_not_tell_its_rate_is_named(application):
    view = rfsec.burst_view()
    plain = pixels(shown(rfsec.burst_view(sample_rate=RATE_HZ), tags=()))
    asked = pixels(shown(view, tags=()))
    assert "sample_rate" in view.problem and not np.array_equal(plain, asked)


@pytest.mark.parametrize("rate", [1e-3, 1.0, 1e15, 1e300])
def test_a_rate_that_makes_no_sense_does_no_harm(application, rate):
    pixels(shown(rfsec.burst_view(), tags=[(500, "rx_rate", pmt.from_double(rate)), *CLOCK]))


@pytest.mark.parametrize("frequency", [-1e22, 1e300, 1.7e308])
def test_a_frequency_that_makes_no_sense_does_no_harm(application, frequency):
    pixels(shown(rfsec.burst_view(), tags=[CLOCK[0], (0, "rx_freq", pmt.from_double(frequency))], messages=[replace(RECORD, freq_hz=frequency).to_pmt()]))


@pytest.mark.parametrize("parameters, name", [({"sample_rate": -1}, "sample_rate"), ({"span": 0}, "span"), ({"span": 1e9}, "span")])
def test_a_parameter_outside_its_range_is_refused(parameters, name):
    with pytest.raises(ParameterError, match=name):
        rfsec.burst_view(**parameters)


def test_a_flowgraph_without_a_screen_needs_no_qt():
    program = ("import sys\nsys.modules['PyQt5'] = None\nfrom gnuradio import blocks, gr, rfsec\n"
               "top, source, view = gr.top_block(), blocks.vector_source_c([1] * 5000), rfsec.burst_view(1e6)\n"
               "top.connect(source, view)\ntop.run()\n")
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
