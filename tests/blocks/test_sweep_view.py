# SPDX-License-Identifier: GPL-3.0-or-later
"""The sweep view on a screen that is not there: what is painted, and where."""

import os
import subprocess
import sys

import numpy as np
import pmt
import pytest
from flowgraphs import ChunkedSource, run, rx_time
from gnuradio import gr, rfsec
from gnuradio.rfsec.errors import ParameterError
from gnuradio.rfsec.records import DecisionRecord

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
from PyQt5.QtCore import QEvent, QPoint  # noqa: E402
from PyQt5.QtGui import QHelpEvent  # noqa: E402
from PyQt5.QtWidgets import QApplication, QToolTip  # noqa: E402

BINS, FIRST_HZ, BIN_HZ, RATE_HZ = 1024, 99.005e6, 10e3, 2.4e6
MIDDLE_HZ = FIRST_HZ + (BINS - 1) / 2 * BIN_HZ
FROM, TO = 300, 340  # bins of the emission
BAND = ((FROM + TO - 1) / 2 * BIN_HZ + FIRST_HZ - MIDDLE_HZ, (TO - FROM) * BIN_HZ)
SWEEP = 5000  # samples
WIDTH, HEIGHT, LEFT, RIGHT, BOTTOM = 1000, 480, 58, 14, 44
BLUE = (0x56, 0xB4, 0xE9)


def record(sweep=2, verdict="accepted", label="WFM", band=BAND):
    return DecisionRecord(sweep * SWEEP, 4000, None, MIDDLE_HZ, RATE_HZ, 20.0, "technology", label, 0.9, verdict, "m", *band)


@pytest.fixture(scope="module")
def application():
    return QApplication.instance() or QApplication(["tests"])


class Sweeps(ChunkedSource):
    """Three sweeps with an emission, and messages when they end."""

    def __init__(self, messages=(), count=3, spoil=lambda items: None, without=()):
        items = np.full((count, BINS), -90, np.float32)
        items += np.random.default_rng(1).normal(0, 1, items.shape).astype(np.float32)
        items[:, FROM:TO] = -50
        spoil(items)
        values = {"rx_freq": lambda item: pmt.from_double(FIRST_HZ), "bin_hz": lambda item: pmt.from_double(BIN_HZ),
                  "rx_time": lambda item: rx_time(1_769_860_800_000_000_000 + item), "window_start": lambda item: pmt.from_uint64(item * SWEEP),
                  "sample_count": lambda item: pmt.from_uint64(4000), "sample_rate_hz": lambda item: pmt.from_double(RATE_HZ)}
        tags = [(item, key, value(item)) for item in range(count) for key, value in values.items() if key not in without]
        ChunkedSource.__init__(self, items, (1, 2), tags)
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
    top, sweeps = gr.top_block(), Sweeps(**source)
    top.connect(sweeps, view)
    top.msg_connect(sweeps, "out", view, "decisions")
    widget = view.qwidget()
    widget.resize(WIDTH, HEIGHT)
    run(top)
    return widget


def pixels(widget) -> np.ndarray:
    """What the widget paints, int [height, width, 3]."""
    image = widget.grab().toImage().convertToFormat(4)  # RGB32
    data = np.frombuffer(image.bits().asstring(image.sizeInBytes()), np.uint8).reshape(image.height(), -1, 4)
    return data[:, :image.width(), 2::-1].astype(int)


def columns_of(painted, colour) -> np.ndarray:
    """The columns that have long lines in a colour."""
    return np.flatnonzero((np.abs(painted - colour) < 40).all(axis=2).sum(axis=0) > 100)


def column_of(bin_edge) -> float:
    return LEFT + bin_edge / BINS * (WIDTH - LEFT - RIGHT)


def test_an_emission_is_painted_with_its_stripe_over_it(application):
    painted = pixels(shown(rfsec.sweep_view(BINS), messages=[record().to_pmt()]))
    columns = columns_of(painted, BLUE)
    assert abs(columns[0] - column_of(FROM)) < 2 and abs(columns[-1] - column_of(TO)) < 2
    bright = (painted > 190).all(axis=2)[60:]  # the line of the spectrum, below the words
    heights = np.array([rows.argmax() if rows.any() else -1 for rows in bright.T])
    inside = heights[int(column_of(FROM)) + 3 : int(column_of(TO)) - 3]
    outside = heights[int(column_of(TO)) + 5 : int(column_of(BINS)) - 5]
    assert (inside >= 0).all() and inside.max() + 100 < np.median(outside[outside >= 0])


def test_an_emission_that_was_not_accepted_is_dashed_and_without_colour(application):
    sure = pixels(shown(rfsec.sweep_view(BINS), messages=[record().to_pmt()]))
    unsure = pixels(shown(rfsec.sweep_view(BINS), messages=[record(verdict="unknown").to_pmt()]))
    assert columns_of(sure, BLUE).size and not columns_of(unsure, BLUE).size and not np.array_equal(sure, unsure)


def test_the_mouse_tells_about_a_stripe(application):
    widget = shown(rfsec.sweep_view(BINS), messages=[record().to_pmt()])
    widget.grab()
    place = QPoint(int(column_of((FROM + TO) / 2)), HEIGHT // 2)
    widget.event(QHelpEvent(QEvent.ToolTip, place, place))
    assert all(part in QToolTip.text() for part in ("WFM", "102.200000 MHz", "400.000 kHz", "20.0 dB"))


def test_a_label_with_tags_is_told_as_it_is(application):
    widget = shown(rfsec.sweep_view(BINS), messages=[record(label="<b>door</b>").to_pmt()])
    widget.grab()
    place = QPoint(int(column_of((FROM + TO) / 2)), HEIGHT // 2)
    widget.event(QHelpEvent(QEvent.ToolTip, place, place))
    assert "&lt;b&gt;door&lt;/b&gt;" in QToolTip.text()


def test_decisions_stay_until_newer_ones_come_but_not_for_long(application):
    one, other = record(sweep=1), record(sweep=2, band=(BAND[0] + 3e6, BAND[1]))
    columns = columns_of(pixels(shown(rfsec.sweep_view(BINS), messages=[one.to_pmt(), other.to_pmt()])), BLUE)
    assert columns.size and columns[0] > column_of(FROM + 290)
    assert columns_of(pixels(shown(rfsec.sweep_view(BINS), messages=[one.to_pmt()], count=5)), BLUE).size
    assert not columns_of(pixels(shown(rfsec.sweep_view(BINS), messages=[one.to_pmt()], count=6)), BLUE).size


def test_a_run_does_not_show_the_emissions_of_the_one_before(application):
    view, sweeps, top = rfsec.sweep_view(BINS), Sweeps(), gr.top_block()
    top.connect(sweeps, view)
    top.msg_connect(sweeps, "out", view, "decisions")
    view.qwidget().resize(WIDTH, HEIGHT)
    tags = list(sweeps._tags)
    for messages in ([record(sweep=90).to_pmt()], [], [record().to_pmt()]):
        sweeps._sent, sweeps._messages, sweeps._tags = 0, messages, list(tags)
        run(top)
        assert columns_of(pixels(view.qwidget()), BLUE).any() == bool(messages)


def test_a_sweep_that_was_skipped_takes_no_stripe_away(application):
    skipped = record(sweep=2, verdict="skipped", label="WFM", band=(0.0, BINS * BIN_HZ))
    columns = columns_of(pixels(shown(rfsec.sweep_view(BINS), messages=[record(sweep=1).to_pmt(), skipped.to_pmt()])), BLUE)
    assert abs(columns[0] - column_of(FROM)) < 2


def test_labels_that_would_cover_each_other_have_rows_of_their_own(application):
    many = [record(band=(BAND[0] + shift, 50e3)).to_pmt() for shift in np.arange(12) * 60e3]
    counts = []
    for messages in (many, many[:1]):
        blue = (np.abs(pixels(shown(rfsec.sweep_view(BINS), messages=messages)) - BLUE) < 60).all(axis=2)
        lines = blue[:, int(column_of(FROM)) - 10 : int(column_of(FROM + 10))].any(axis=1)  # to the left of the stripes
        counts.append(np.count_nonzero(np.diff(lines.astype(int)) == 1))
    assert counts == [5, 1]


def test_what_is_no_decision_about_an_emission_is_refused_and_counted(application):
    window = DecisionRecord(0, 128, None, None, 1e6, None, "modulation", "QPSK", 0.75, "accepted", "m")
    view = rfsec.sweep_view(BINS)
    painted = pixels(shown(view, messages=[pmt.intern("x"), pmt.PMT_NIL, window.to_pmt(), record().to_pmt()]))
    assert view.refused == 3 and columns_of(painted, BLUE).size


def test_an_item_without_tags_is_counted_and_not_shown(application):
    view = rfsec.sweep_view(BINS)
    pixels(shown(view, without=("bin_hz",)))
    assert view.invalid == 3


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 3e38])
def test_values_that_make_no_sense_do_no_harm(application, value):
    def spoil_some(items):
        items[2, 100:600] = value

    def spoil_all(items):
        items[:] = value

    for spoil in (spoil_some, spoil_all):
        pixels(shown(rfsec.sweep_view(BINS), messages=[record().to_pmt()], spoil=spoil))


@pytest.mark.parametrize("value", [0, -1, 1 << 21, 1.5])
def test_a_parameter_outside_its_range_is_refused(value):
    with pytest.raises(ParameterError, match="bins"):
        rfsec.sweep_view(bins=value)


def test_a_flowgraph_without_a_screen_needs_no_qt():
    program = ("import sys\nsys.modules['PyQt5'] = None\nfrom gnuradio import blocks, gr, rfsec\n"
               "top, source, view = gr.top_block(), blocks.vector_source_f([1] * 4096, False, 1024), rfsec.sweep_view(1024)\n"
               "view._spectra.set_log_level('off')\ntop.connect(source, view)\ntop.run()\nassert view.invalid == 4\n")
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
