# SPDX-License-Identifier: GPL-3.0-or-later
"""Burst View: a scrolling spectrogram in a Qt window, with a labelled box around each decided burst."""

import math

from gnuradio import blocks, gr

from .burst_view_inputs import ViewedSamples
from .burst_view_scene import Scene
from .parameters import check_real
from .viewed_decisions import ViewedDecisions

INPUT_SAMPLES = 1 << 18


class burst_view(gr.hier_block2):
    """
    Show a stream as a spectrogram that scrolls, the newest on top, and the bursts in it as boxes with what they are.

    It draws part of the stream where that is fast, and never holds the source up. A box comes when its burst is decided,
    a moment after the burst; rest the mouse on it to read its band, SNR and symbol rate.

    Args:
        sample_rate: rate of the stream in Hz, 0 or more; 0 takes it from the stream's rx_rate tag
        span: seconds of the stream that are in sight, 0.01 to 3600

    Ports:
        in: complex64 stream
        decisions (message): decisions about bursts, of a Burst Classifier

    Tags:
        rx_rate and rx_freq give the axes their rate and frequency

    Example:
        view = rfsec.burst_view(sample_rate=2.4e6)
        tb.connect(source, view)
        tb.msg_connect(classifier, "decisions", view, "decisions")
        layout.addWidget(view.qwidget())
    """

    def __init__(self, sample_rate: float = 0, span: float = 1.0):
        check_real("Burst View", "sample_rate", sample_rate, 0, math.inf, "Hz")
        check_real("Burst View", "span", span, 0.01, 3600, "s")
        gr.hier_block2.__init__(self, "Burst View", gr.io_signature(1, 1, gr.sizeof_gr_complex), gr.io_signature(0, 0, 0))
        self._scene, self._widget = Scene(span), None
        self._samples = ViewedSamples(self._scene, sample_rate)
        self._decisions = ViewedDecisions("Burst View", self._scene.decide, lambda record: record.is_burst,
                                          "A Burst View shows decisions about bursts, which have a band; this one is about a window.")
        # The copy costs next to nothing, and gives large work calls: small ones cost more than what is done in them.
        self._input = blocks.copy(gr.sizeof_gr_complex)
        self._input.set_min_output_buffer(0, INPUT_SAMPLES)
        self.message_port_register_hier_in("decisions")
        self.connect(self, self._input, self._samples)
        self.msg_connect(self, "decisions", self._decisions, "decisions")

    @property
    def refused(self) -> int:
        """Messages so far that were no decisions about bursts."""
        return self._decisions.refused

    @property
    def problem(self) -> str:
        """What keeps samples from being shown, "" for nothing."""
        return self._samples.problem

    def qwidget(self):
        """The QWidget that shows it; call it in Qt's thread, after a QApplication was made."""
        if self._widget is None:
            from .burst_view_widget import BurstWidget  # without a screen the block is made and runs without Qt

            self._widget = BurstWidget(self._scene, lambda: self.problem)
        return self._widget
