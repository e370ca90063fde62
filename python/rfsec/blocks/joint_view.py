# SPDX-License-Identifier: GPL-3.0-or-later
"""Joint View: a constellation, a bar chart for each head of a model, and the emitter over time, in a Qt window."""

from collections.abc import Sequence

from gnuradio import gr

from ..inference.catalog import find_model
from ..inference.session import ModelSession
from .iq_windower import MAX_LENGTH
from .joint_view_inputs import ViewedHead, ViewedWindows
from .joint_view_scene import Scene
from .model_heads import chosen_heads
from .parameters import check_real, check_whole


class joint_view(gr.hier_block2):
    """
    Show what the heads of a model say of a stream of windows, beside the constellation of the newest window that they decided.

    A bar is the probability of a label; a dashed line is the head's threshold. Below, the head named "emitter" (or the last
    one) is shown over time: filled what was accepted, hollow what was less sure, nothing for a window that was not decided.
    It shows the newest of what comes, and never holds the source up.

    Args:
        model: the model of the ONNX Classifier: the name of a shipped one, or the path of an .onnx file with a card
        length: samples in a window, within the range that the card allows
        classes: number of labels of each of the model's heads, such as [8, 6]; must be the card's; a shorter list shows the
            first heads only, None shows all
        samples_per_symbol: of the signal, 2 to 1000 samples
        decisions: windows that are shown over time, 1 to 10000

    Ports:
        in: complex64 vectors of length, from an IQ Windower
        labels, probabilities: what the ONNX Classifier gives, int16 and float32 vectors; such a pair of inputs for each head

    Tags:
        none

    Example:
        view = rfsec.joint_view("joint.onnx", length=6000, samples_per_symbol=10)
        tb.connect(windower, view)
        for port in range(4):
            tb.connect((classifier, port), (view, port + 1))
        layout.addWidget(view.qwidget())
    """

    def __init__(self, model: str = "default", length: int = 128, classes: int | Sequence[int] | None = None,
                 samples_per_symbol: float = 8, decisions: int = 100):
        check_whole("Joint View", "length", length, MAX_LENGTH, "samples")
        check_real("Joint View", "samples_per_symbol", samples_per_symbol, 2, 1000, "samples")
        check_whole("Joint View", "decisions", decisions, 10_000, "windows")
        session = ModelSession(find_model(model))
        session.check_window(length)
        heads = chosen_heads(session, classes)
        sizes = [gr.sizeof_gr_complex * length]
        for head in heads:
            sizes += [gr.sizeof_short, gr.sizeof_float * len(head.labels)]
        gr.hier_block2.__init__(self, "Joint View", gr.io_signature.makev(len(sizes), len(sizes), sizes), gr.io_signature(0, 0, 0))
        self._scene, self._widget = Scene(heads, samples_per_symbol, decisions), None
        self._windows = ViewedWindows(self._scene, length)
        self._heads = [ViewedHead(self._scene, index, len(head.labels)) for index, head in enumerate(heads)]
        self.connect((self, 0), self._windows)
        for index, viewed in enumerate(self._heads):
            for port in (0, 1):
                self.connect((self, 1 + 2 * index + port), (viewed, port))

    def qwidget(self):
        """The QWidget that shows it; call it in Qt's thread, after a QApplication was made."""
        if self._widget is None:
            from .joint_view_widget import JointWidget  # without a screen the block is made and runs without Qt

            self._widget = JointWidget(self._scene)
        return self._widget
