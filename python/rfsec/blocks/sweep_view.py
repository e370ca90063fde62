# SPDX-License-Identifier: GPL-3.0-or-later
"""Sweep View: the newest spectrum of a swept band in a Qt window, with a labelled stripe over each decided emission."""

from gnuradio import gr

from ..dsp.sweep_grid import MAX_BINS
from .parameters import check_whole
from .sweep_view_inputs import ViewedSpectra
from .sweep_view_scene import Scene
from .viewed_decisions import ViewedDecisions


class sweep_view(gr.hier_block2):
    """
    Show the newest spectrum of a swept band, and over its emissions what they are.

    A stripe comes when its emission is decided; a dashed one was not accepted. Rest the mouse on it to read its band, SNR and
    confidence. It never holds the source up.

    Args:
        bins: bins of a spectrum, 1 to 1048576

    Ports:
        in: float32 vectors of bins, of an Averaged Spectrum
        decisions (message): decisions about emissions, of a Technology Classifier

    Tags:
        rx_freq, bin_hz, window_start, sample_count and sample_rate_hz are needed, rx_time is shown

    Example:
        view = rfsec.sweep_view(bins=2000)
        tb.connect(spectrum, view)
        tb.msg_connect(classifier, "decisions", view, "decisions")
        layout.addWidget(view.qwidget())
    """

    def __init__(self, bins: int = 2000):
        check_whole("Sweep View", "bins", bins, MAX_BINS)
        gr.hier_block2.__init__(self, "Sweep View", gr.io_signature(1, 1, gr.sizeof_float * bins), gr.io_signature(0, 0, 0))
        self._scene, self._widget = Scene(), None
        self._spectra = ViewedSpectra(self._scene, bins)
        self._emissions = ViewedDecisions("Sweep View", self._scene.decide, lambda record: record.is_burst and record.freq_hz is not None,
                                          "A Sweep View shows decisions about emissions, which have a band; this one has none.")
        self.message_port_register_hier_in("decisions")
        self.connect(self, self._spectra)
        self.msg_connect(self, "decisions", self._emissions, "decisions")

    @property
    def refused(self) -> int:
        """Messages so far that were no decisions about emissions."""
        return self._emissions.refused

    @property
    def invalid(self) -> int:
        """Items so far without the tags of an Averaged Spectrum."""
        return self._spectra.invalid

    def qwidget(self):
        """The QWidget that shows it; call it in Qt's thread, after a QApplication was made."""
        if self._widget is None:
            from .sweep_view_widget import SweepWidget  # without a screen the block is made and runs without Qt

            self._widget = SweepWidget(self._scene)
        return self._widget
