# SPDX-License-Identifier: GPL-3.0-or-later
"""The classifying flowgraph of the command line: source, windower, representation, classifier, sink."""

import math
from dataclasses import dataclass

from gnuradio import blocks, gr

from ..errors import ParameterError, RfsecError
from .decision_sink import decision_sink
from .iq_to_amp_phase import iq_to_amp_phase
from .iq_windower import iq_windower
from .onnx_classifier import onnx_classifier
from .recording_source import recording_source
from .usrp import open_usrp


@dataclass(frozen=True)
class Progress:
    """What has happened so far: ``samples`` done of ``total`` (None for a radio), and windows by fate."""

    samples: int
    total: int | None
    classified: int
    skipped: int
    invalid: int
    discontinuities: int
    label: str


class ClassifyFlowgraph(gr.top_block):
    """Classify one source with one model, windows side by side, and write the decisions.

    Parameters
    ----------
    source : block
        From :func:`recording` or :func:`radio`.
    total : int or None
        Samples that will come.
    model, length, on_overload
        As in ``onnx_classifier``.
    sink : decision_sink
    """

    def __init__(self, source, *, total: int | None, model: str, sink: decision_sink, on_overload: str,
                 length: int | None = None):
        gr.top_block.__init__(self, "rfsec classify")
        # GNU Radio keeps no reference to Python blocks: without these attributes they would be collected while running.
        self.source, self.sink, self.total = source, sink, total
        self.gate = blocks.head(gr.sizeof_gr_complex, total if total is not None else ENDLESS)
        self.classifier = onnx_classifier(model, length=length, on_overload=on_overload)
        self.front = front_end(self.classifier)
        self.windower = self.front[0]
        self.connect(source, self.gate, *self.front, self.classifier)
        self.msg_connect(self.classifier, "decisions", sink, "decisions")
        for block in (source, self.classifier, sink):  # GNU Radio logs to standard output; here `error` says it once
            block.set_log_level("off")

    def progress(self) -> Progress:
        """A snapshot; cheap, from any thread."""
        one = self.classifier
        windows = one.classified + one.skipped + one.invalid
        return Progress(windows * one.length, self.total, one.classified, one.skipped, one.invalid,
                        self.windower.discontinuities, one.last_label)

    def finish(self) -> None:
        """End now: what the model has been given is still decided and written, what waits in buffers is not."""
        self.gate.set_length(0)
        self.classifier.finish()

    @property
    def error(self) -> RfsecError | None:
        """What went wrong while running, or None."""
        return getattr(self.source, "error", None) or self.classifier.error or self.sink.error


ENDLESS = (1 << 63) - 1


def front_end(classifier: onnx_classifier) -> list:
    """The blocks that feed ``classifier`` from I/Q samples, windows side by side: the windower, and its representation.

    GNU Radio keeps no reference to Python blocks: keep the list for as long as the flowgraph runs.
    """
    front = [iq_windower(classifier.length, classifier.length)]
    if classifier.card.input.representation == "amp_phase":
        front.append(iq_to_amp_phase(classifier.length))
    return front


def recording(path: str, *, sample_format: str | None, sample_rate_hz: float | None, skip_bytes: int):
    """A source for a recording, and its number of samples. Raises RecordingError."""
    source = recording_source(path, sample_format or "", sample_rate_hz or 0, skip_bytes)
    return source, source.recording.sample_count


def radio(args: str, *, freq_hz: float, rate_hz: float, gain_db: float, duration_s: float | None):
    """A USRP source, and the number of samples of ``duration_s`` (None: endless, as where that is more than can be counted).

    Raises RadioError where the radio can't be used, ParameterError for a duration that is none.
    """
    if duration_s is not None and not 0 < duration_s < math.inf:
        raise ParameterError(f"The duration must be above 0 s, and finite. Got {duration_s} instead.")
    source = open_usrp(args, freq_hz=freq_hz, rate_hz=rate_hz, gain_db=gain_db)
    samples = math.inf if duration_s is None else duration_s * rate_hz
    return source, max(1, round(samples)) if samples < ENDLESS else None
