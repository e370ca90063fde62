# SPDX-License-Identifier: GPL-3.0-or-later
"""The flowgraph of the command line for bursts: source, burst detector, burst classifier, sink."""

from dataclasses import dataclass

from gnuradio import blocks, gr

from ..errors import RfsecError
from .burst_classifier import burst_classifier
from .burst_detector import burst_detector
from .classify_flowgraph import ENDLESS
from .decision_sink import decision_sink


@dataclass(frozen=True)
class BurstProgress:
    """What has happened so far: ``samples`` taken of ``total`` (None for a radio), bursts found, samples that were not
    looked at or not finite, and gaps in the stream."""

    samples: int
    total: int | None
    bursts: int
    dropped: int
    invalid: int
    discontinuities: int


class BurstFlowgraph(gr.top_block):
    """Find the bursts of one source, classify each with one model, and write the decisions.

    Parameters
    ----------
    source : block
        From ``classify_flowgraph.recording`` or ``radio``.
    total : int or None
        Samples that will come.
    sample_rate, false_alarm_rate, max_duration
        As in ``burst_detector``.
    model, on_overload
        As in ``burst_classifier``.
    sink : decision_sink
    """

    def __init__(self, source, *, total: int | None, sample_rate: float, model: str, sink: decision_sink, on_overload: str,
                 false_alarm_rate: float, max_duration: float):
        gr.top_block.__init__(self, "rfsec classify")
        # GNU Radio keeps no reference to Python blocks: without these attributes they would be collected while running.
        self.source, self.sink, self.total = source, sink, total
        self.gate = blocks.head(gr.sizeof_gr_complex, total if total is not None else ENDLESS)
        self.detector = burst_detector(sample_rate, false_alarm_rate, max_duration, on_overload)
        self.classifier = burst_classifier(model, on_overload=on_overload)
        self.connect(source, self.gate, self.detector)
        self.msg_connect(self.detector, "bursts", self.classifier, "bursts")
        self.msg_connect(self.classifier, "decisions", sink, "decisions")
        for block in (source, self.detector, self.classifier, sink):  # here `error` says it once
            block.set_log_level("off")

    def progress(self) -> BurstProgress:
        """A snapshot; cheap, from any thread."""
        one = self.detector
        return BurstProgress(one.samples, self.total, one.bursts, one.dropped, one.invalid, one.discontinuities)

    def finish(self) -> None:
        """End the stream now: what the detector has been given is still decided and written, open bursts as they are."""
        self.gate.set_length(0)

    @property
    def error(self) -> RfsecError | None:
        """What went wrong while running, or None."""
        return getattr(self.source, "error", None) or self.detector.error or self.classifier.error or self.sink.error
