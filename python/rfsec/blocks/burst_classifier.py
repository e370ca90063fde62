# SPDX-License-Identifier: GPL-3.0-or-later
"""Burst Classifier: an ONNX model of bursts decides about the PDUs of a Burst Detector."""

import pmt
from gnuradio import gr

from ..errors import ModelError
from ..inference.burst_classifier import BurstClassifier, BurstDecision, record_of
from ..inference.stream_classifier import OVERLOAD, SKIP
from ..records import SKIPPED
from .burst_pdu import BurstPdu
from .burst_search import BURSTS
from .message_backlog import announce
from .onnx_classifier import DECISIONS
from .parameters import check_choice, check_whole

SYSTEM = pmt.intern("system")
MAX_BACKLOG = 64  # bursts that wait, in skip mode: at most 32 MiB of samples
_NOT_DECIDED = BurstDecision(None, None, SKIPPED)


class burst_classifier(gr.basic_block):
    """
    Classify bursts with an ONNX model whose card says that it is made for them.

    Bursts are decided in order, each by up to ``windows`` windows of the model's length. A burst that was not classified
    (overload, samples that are not finite) has no label and the verdict "skipped", and is counted. What is no burst is
    refused with one line in the log, and counted.

    Args:
        model: name of a shipped model of bursts, or the path of an .onnx file with a card
        windows: windows of a burst that are looked at, spread evenly over it, 1 to 4096
        threads: threads of ONNX Runtime, 1 to 256
        on_overload: "wait" loses nothing, and a Burst Detector that waits too is held up (files); "skip" decides about the
            newest 64 bursts that wait and marks older ones (radios)

    Ports:
        bursts (message): PDUs of a Burst Detector
        decisions (message): one PMT dict per burst with the keys of the decision record

    Tags:
        none

    Example:
        classifier = rfsec.burst_classifier()
        tb.msg_connect(detector, "bursts", classifier, "bursts")
        tb.msg_connect(classifier, "decisions", rfsec.decision_sink(jsonl="decisions.jsonl"), "decisions")
    """

    def __init__(self, model: str = "field", windows: int = 16, threads: int = 1, on_overload: str = "wait"):
        for name, value, limit in (("windows", windows, 4096), ("threads", threads, 256)):
            check_whole("Burst Classifier", name, value, limit)
        check_choice("Burst Classifier", "on_overload", on_overload, OVERLOAD)
        self._classifier = BurstClassifier(model, threads=threads, most=windows)
        self.card = self._classifier.card
        gr.basic_block.__init__(self, "Burst Classifier", [], [])
        self._skips = on_overload == SKIP
        self.classified = self.skipped = self.invalid = self.refused = 0
        self.error: ModelError | None = None
        self.message_port_register_in(BURSTS)
        self.message_port_register_out(DECISIONS)
        self.set_msg_handler(BURSTS, self._handle)
        self.set_msg_handler(SYSTEM, self._end)
        announce(self)

    def _handle(self, message) -> None:
        too_late = self._skips and self.gateway.nmsgs(BURSTS) >= MAX_BACKLOG
        try:
            pdu = BurstPdu.from_pmt(message, with_samples=not too_late)
        except ValueError as error:
            self.refused += 1
            self.logger.warn(str(error))
            return
        self.skipped += too_late
        decision = _NOT_DECIDED if too_late else self._decide(pdu.burst)
        record = record_of(pdu.burst, decision, self.card, pdu.time_ns, pdu.freq_hz)
        self.message_port_pub(DECISIONS, record.to_pmt())

    def _decide(self, burst) -> BurstDecision:
        try:
            [decision] = self._classifier.decide([burst])  # one at a time: the result does not depend on what waits
        except ModelError as error:  # raised inside a handler it would hang the flowgraph
            self.skipped += 1
            if self.error is None:
                self.error = error
                self.logger.error(str(error))
            return _NOT_DECIDED
        if decision.verdict == SKIPPED:
            self.invalid += 1
        else:
            self.classified += 1
        return decision

    def _end(self, message) -> None:
        """The detector has ended: decide what waits before GNU Radio ends this block too, and then its listeners."""
        while self.gateway.nmsgs(BURSTS):
            self._handle(self.gateway.delete_head_nowait(BURSTS))
        self.gateway.system_handler(message)
