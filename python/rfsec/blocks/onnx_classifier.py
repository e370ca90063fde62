# SPDX-License-Identifier: GPL-3.0-or-later
"""ONNX Classifier: any ONNX model with a card decides about windows."""

from collections import deque
from collections.abc import Sequence

import numpy as np
import pmt
from gnuradio import gr

from ..errors import ModelError
from ..inference.catalog import find_model
from ..inference.representations import represent
from ..inference.session import ModelSession
from ..inference.stream_classifier import Decided, StreamClassifier
from ..records import ACCEPTED, SKIPPED, UNKNOWN, DecisionRecord
from .iq_windower import MAX_LENGTH
from .model_heads import chosen_heads
from .parameters import check_whole
from .sample_clock import vector_of
from .window_intake import WindowIntake

DECISIONS = pmt.intern("decisions")
NO_LABEL = -1


class onnx_classifier(gr.basic_block):
    """
    Classify windows with an ONNX model that carries a card.

    Each window becomes one item on each output and one message. A window that was not classified (overload, samples
    that are not finite) has the label -1, probabilities of zero and the verdict "skipped", and is counted.

    Args:
        model: name of a shipped model ("default" is an alias), or the path of an .onnx file with a card
        length: samples in a window, within the range that the card allows; None takes the shortest that it allows
        representation: what the model sees: "iq" or "iq_min_max" (the input holds complex64 windows), or "amp_phase" (it
            holds what comes from IQ to Amplitude-Phase); must be the card's; None takes the card's
        classes: number of labels of each of the model's heads, such as [8, 6]; must be the card's; a shorter list speaks of
            the first heads only, None takes the card's
        batch: windows in a batch, 1 to 4096; larger is faster and later
        threads: threads of ONNX Runtime, 1 to 256
        on_overload: "wait" loses nothing and holds the source up (files); "skip" never holds the source up, always takes
            the newest windows and marks the others (radios)

    Ports:
        in: vectors of length complex64 (iq, iq_min_max) or of 2 * length float32 (amp_phase)
        labels: int16 index into the labels of the card's first head, one per window (optional)
        probabilities: float32 vectors, one per window (optional); each further head adds such a pair of outputs
        decisions (message): one PMT dict per window and head with the keys of the decision record; consecutive skipped
            windows share one

    Tags:
        window_start, window_hop, rx_time, rx_rate and rx_freq give the decisions their samples, time and frequency;
        all tags pass

    Example:
        classifier = rfsec.onnx_classifier("default", length=128)
        tb.connect(rfsec.iq_windower(128, 128), classifier)
        tb.msg_connect(classifier, "decisions", rfsec.decision_sink(jsonl="decisions.jsonl"), "decisions")
    """

    def __init__(self, model: str = "default", length: int | None = 128, representation: str | None = None,
                 classes: int | Sequence[int] | None = None, batch: int = 64, threads: int = 1, on_overload: str = "wait"):
        for name, value, limit in (("batch", batch, 4096), ("threads", threads, 256)):
            check_whole("ONNX Classifier", name, value, limit)
        session = ModelSession(find_model(model), threads=threads)
        self.card = card = session.card
        if card.input.conditioned_bandwidth is not None:
            raise ModelError(f"{session.path}: this model takes bursts, not windows as they come; use the Burst Classifier, or "
                             "rfsec classify without --windows.")
        length = card.input.window_min if length is None else length
        check_whole("ONNX Classifier", "length", length, MAX_LENGTH, "samples")
        session.check_window(length)
        form = card.input.representation
        if representation not in (None, form):
            raise ModelError(f"{session.path}: the model takes the representation '{form}'. Got {representation!r} instead.")
        chosen_heads(session, classes)
        outputs = [kind for head in card.heads for kind in (np.int16, (np.float32, len(head.labels)))]
        items = (np.float32, 2 * length) if form == "amp_phase" else vector_of(np.complex64, length)
        gr.basic_block.__init__(self, "ONNX Classifier", [items], gr.py_io_signature(0, len(outputs), outputs))
        self.message_port_register_out(DECISIONS)
        self.length, self._form = length, form
        classifier = StreamClassifier(session, length=length, batch=batch, on_overload=on_overload, represent=self._represent)
        self._intake = WindowIntake(self, classifier, length)
        self.classified = self.skipped = self.invalid = 0
        self.last_label = ""

    @property
    def error(self) -> ModelError | None:
        """The first failure of the model, or None."""
        return self._intake.error

    def start(self):
        self._intake.open()
        self._outgoing: deque[list[np.ndarray]] = deque()
        return True

    def finish(self) -> None:
        """Decide what was accepted so far, and let everything after it pass undecided, until the stream ends."""
        self._intake.finish()

    def _represent(self, windows):
        if self._form == "amp_phase":
            return windows.reshape(-1, 2, self.length)
        return represent(self._form, windows.reshape(-1, self.length))

    def forecast(self, noutput_items, ninputs):
        return [1] * ninputs

    def general_work(self, input_items, output_items):
        # What waits for room in the outputs must not grow: nothing is accepted before it is gone.
        for run in self._intake.take(input_items[0], may_accept=not self._outgoing):
            self._publish(run)
            if output_items:
                self._outgoing.append(self._streams(run))
        produced = self._emit(output_items)
        self._intake.rest(bool(self._outgoing), produced)
        return produced

    def _streams(self, run: Decided) -> list[np.ndarray]:
        streams = []
        for index, head in enumerate(self.card.heads):
            labels = np.full(run.count, NO_LABEL, np.int16)
            probabilities = np.zeros((run.count, len(head.labels)), np.float32)
            if run.probabilities is not None:
                labels[run.valid] = run.probabilities[index].argmax(axis=1)[run.valid]
                probabilities[run.valid] = run.probabilities[index][run.valid]
            streams += [labels, probabilities]
        return streams

    def _emit(self, output_items) -> int:
        room = len(output_items[0]) if output_items else 0
        produced = 0
        while self._outgoing and produced < room:
            streams = self._outgoing.popleft()
            count = min(len(streams[0]), room - produced)
            for stream, out in zip(streams, output_items):
                out[produced:produced + count] = stream[:count]
            if count < len(streams[0]):
                self._outgoing.appendleft([stream[count:] for stream in streams])
            produced += count
        return produced

    def _publish(self, run: Decided) -> None:
        """Count the windows of ``run`` and, where somebody listens, send their decision messages."""
        if run.probabilities is None:
            self.skipped += run.count
        else:
            self.classified += int(run.valid.sum())
            self.invalid += run.count - int(run.valid.sum())
            if run.valid[-1]:
                self.last_label = self.card.heads[0].labels[run.probabilities[0][-1].argmax()]
        self._intake.epoch(run.first)  # lets go of what is past
        if pmt.is_null(self.message_subscribers(DECISIONS)):
            return
        if run.probabilities is None:
            self._publish_skipped(run.first, run.count)
            return
        best = [values.argmax(axis=1) for values in run.probabilities]
        confidence = [values.max(axis=1).astype(float).round(6).tolist() for values in run.probabilities]
        # Window by window, all heads of each: so the order of messages does not depend on the cut of the stream.
        for offset, item in enumerate(range(run.first, run.first + run.count)):
            if not run.valid[offset]:
                self._publish_skipped(item, 1)
                continue
            epoch = self._intake.epoch(item)
            for head, label, sure in zip(self.card.heads, best, confidence):
                verdict = ACCEPTED if sure[offset] >= head.reject_threshold else UNKNOWN
                self._send(epoch, item, 1, head.name, head.labels[label[offset]], sure[offset], verdict)

    def _publish_skipped(self, first: int, count: int) -> None:
        for epoch, begin, end in self._intake.stretches(first, count):  # one message for each, and for each head
            for head in self.card.heads:
                self._send(epoch, begin, end - begin, head.name, None, None, SKIPPED)

    def _send(self, epoch, item, count, head, label, confidence, verdict) -> None:
        sample = epoch.sample(item)
        record = DecisionRecord(
            sample, (count - 1) * epoch.hop + self.length, epoch.sample_time_ns(sample), epoch.freq_hz, epoch.rate_hz,
            None, head, label, confidence, verdict, self.card.name)
        self.message_port_pub(DECISIONS, record.to_pmt())

    def stop(self):
        self._intake.close()
        return True
