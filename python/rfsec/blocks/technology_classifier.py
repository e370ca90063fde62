# SPDX-License-Identifier: GPL-3.0-or-later
"""Technology Classifier: says which technology each emission of a swept spectrum is of."""

import numpy as np
import pmt
from gnuradio import gr

from ..dsp.sweep_grid import MAX_BINS
from ..dsp.sweep_mean import MAX_SWEEPS
from ..errors import RfsecError
from ..inference.stream_classifier import OVERLOAD, SKIP
from ..inference.technology_classifier import TechnologyClassifier
from ..inference.technology_records import record_of, skipped_record
from .newest_first import NewestFirst
from .onnx_classifier import DECISIONS
from .parameters import check_choice, check_real, check_whole
from .sample_clock import vector_of
from .swept_items import SweptItem, read_items

POLL_S = 0.01


class technology_classifier(gr.basic_block):
    """
    Find the emissions of swept spectra, and decide with an ONNX model which technology each is of.

    A sweep that was not classified (overload, a model that fails) gives one decision about its whole band, without a label and with
    the verdict "skipped", and is counted. Items without the tags of an Averaged Spectrum are counted as invalid.

    Args:
        model: name of a shipped classifier of technologies, or the path of an .onnx file with such a card
        bins: bins of a spectrum, 1 to 1048576
        min_snr_db: what is an emission: power over the noise in a bin, 0 to 60 dB
        sweeps: decisions are about the mean of so many of the newest sweeps, 1 to 1000
        threads: threads of ONNX Runtime, 1 to 256
        on_overload: "wait" loses nothing (files); "skip" never holds the source up, takes the newest sweep, and marks the others (radios)

    Ports:
        in: float32 vectors of bins, of an Averaged Spectrum
        decisions (message): one PMT dict per emission with the keys of the decision record; head "technology"

    Tags:
        rx_freq, bin_hz, window_start, sample_count and sample_rate_hz are needed, rx_time is used

    Example:
        classifier = rfsec.technology_classifier(bins=2000)
        tb.connect(spectrum, classifier)
        tb.msg_connect(classifier, "decisions", rfsec.decision_sink(jsonl="decisions.jsonl"), "decisions")
    """

    def __init__(self, model: str = "default-technology", bins: int = 2000, min_snr_db: float = 3.0, sweeps: int = 1,
                 threads: int = 1, on_overload: str = "wait"):
        check_whole("Technology Classifier", "bins", bins, MAX_BINS)
        check_whole("Technology Classifier", "threads", threads, 256)
        check_real("Technology Classifier", "min_snr_db", min_snr_db, 0, 60, "dB")
        check_whole("Technology Classifier", "sweeps", sweeps, MAX_SWEEPS)
        check_choice("Technology Classifier", "on_overload", on_overload, OVERLOAD)
        self._classifier = TechnologyClassifier(model, threads=threads, min_snr_db=min_snr_db, sweeps=sweeps)
        self.card = self._classifier.card
        gr.basic_block.__init__(self, "Technology Classifier", [vector_of(np.float32, bins)], [])
        self._bins, self._skips = bins, on_overload == SKIP
        self.classified = self.skipped = self.invalid = 0
        self.error: RfsecError | None = None
        self.message_port_register_out(DECISIONS)
        self._queue = NewestFirst(self._decide, self._skip)

    def start(self):
        self._held = 0  # 1 while the first input item was taken but stays, so that the scheduler keeps calling
        self._classifier.restart()
        if self._skips:
            self._queue.open()
        return True

    def stop(self):
        self._queue.close()
        return True

    def forecast(self, noutput_items, ninputs):
        return [1] * ninputs

    def general_work(self, input_items, output_items):
        items = input_items[0].reshape(-1, self._bins)
        for item in read_items(self, self.nitems_read(0) + self._held, items[self._held :]):
            if item is None:
                self.invalid += 1
                if self.invalid == 1:
                    self.logger.warn("An item without the tags of an Averaged Spectrum can't be classified.")
            elif self._skips:
                self._queue.put(item)
            else:
                self._decide(item)
        if len(items) == self._held:
            self._queue.wait(POLL_S)
        # At the end of a stream GNU Radio calls only a block that still has input: keep one item until all is said.
        self._held = int(self._queue.busy)
        self.consume(0, len(items) - self._held)
        return 0

    def _decide(self, item: SweptItem) -> None:
        try:
            decisions = self._classifier.decide(item.spectrum)
        except RfsecError as error:  # raised inside work() it would hang the flowgraph
            if self.error is None:
                self.error = error
                self.logger.error(str(error))
            self._skip(item)
            return
        self.classified += 1
        for one in decisions:
            self._publish(record_of(one, item.spectrum, self.card.name, **item.samples))

    def _skip(self, item: SweptItem) -> None:
        self.skipped += 1
        self._publish(skipped_record(item.spectrum, self.card.name, **item.samples))

    def _publish(self, record) -> None:
        self.message_port_pub(DECISIONS, record.to_pmt())
