# SPDX-License-Identifier: GPL-3.0-or-later
"""Decision Sink: writes decision messages as JSON lines, SigMF annotations and ZMQ publications."""

import math
import os

import pmt
from gnuradio import gr

from ..errors import OutputError
from ..recordings.annotations import SigmfAnnotations
from ..recordings.recording import open_recording
from ..records import DecisionRecord
from .decision_outputs import JsonLines, ZmqPublisher
from .parameters import check_real, check_whole

DECISIONS = pmt.intern("decisions")


class decision_sink(gr.basic_block):
    """
    Write decisions where they are wanted: a file of JSON lines, SigMF annotations, a ZMQ PUB socket.

    An output that fails (a full disk, a closed pipe) is named once in the log and in ``error``; what it took before
    stays, the other outputs go on, and the decisions that it could not take are counted in ``lost``. Its outputs are
    closed when the flowgraph ends, which lock() and unlock() do too: each run needs a new sink.

    Args:
        jsonl: path of the JSON lines, one decision a line; "-" is standard output; "" writes none. A file of that name is
            replaced when the flowgraph starts
        sigmf: path of the SigMF metadata to write (".sigmf-meta" is added where it is missing); "" writes none.
            Consecutive windows of one label become one annotation, each burst one of its own. They are written when the
            flowgraph ends, and until then each takes about 900 bytes of memory
        zmq: endpoint that a ZMQ PUB socket binds, such as tcp://127.0.0.1:5555; "" opens none
        recording: path of the recording that the annotations describe; "" for a live signal
        sample_format: format of that recording where its name does not tell: cu8, cs8, cs16_le, cf32_le, wav, sigmf
        skip_bytes: bytes before the first sample of that recording, 0 or more
        sample_rate: sample rate of that recording in Hz where the file does not tell it, 0 or more; 0 is unknown

    Ports:
        decisions (message): PMT dicts with the keys of the decision record

    Tags:
        none

    Example:
        sink = rfsec.decision_sink(jsonl="decisions.jsonl")
        tb.msg_connect(classifier, "decisions", sink, "decisions")
    """

    def __init__(self, jsonl: str = "", sigmf: str = "", zmq: str = "", recording: str = "", sample_format: str = "",
                 skip_bytes: int = 0, sample_rate: float = 0):
        check_whole("Decision Sink", "skip_bytes", skip_bytes, math.inf, "bytes", lowest=0)
        check_real("Decision Sink", "sample_rate", sample_rate, 0, math.inf, "Hz")
        if recording and os.path.exists(jsonl):
            with open_recording(recording, sample_format=sample_format or None, skip_bytes=skip_bytes) as source:
                if source.owns(jsonl):
                    raise OutputError(f"{jsonl}: this is the recording; choose another name for the JSON lines.")
        gr.basic_block.__init__(self, "Decision Sink", [], [])
        self._outputs = []
        self._lines = JsonLines(jsonl) if jsonl else None
        if self._lines:
            self._outputs.append(self._lines)
        if sigmf:
            annotations = SigmfAnnotations(sigmf, recording, sample_format, skip_bytes, sample_rate or None)
            if jsonl and os.path.realpath(jsonl) == os.path.realpath(annotations.target):
                raise OutputError(f"{jsonl}: the SigMF annotations are written to this file; choose another name for the JSON lines.")
            self._outputs.append(annotations)
        if zmq:
            self._outputs.append(ZmqPublisher(zmq))
        self.decisions = self.refused = self.lost = 0
        self.error: OutputError | None = None
        self.message_port_register_in(DECISIONS)
        self.set_msg_handler(DECISIONS, self._handle)

    def add_output(self, output) -> None:
        """Give ``output`` every decision too: it has ``write(record)`` and ``close()``, which may raise OutputError."""
        self._outputs.append(output)

    def _handle(self, message) -> None:
        try:
            record = DecisionRecord.from_pmt(message)
        except ValueError as error:
            self.refused += 1
            self.logger.warn(str(error))
            return
        self.decisions += 1
        for output in self._outputs:
            self._attempt(output.write, record)
        if self._lines and not self.gateway.nmsgs(DECISIONS):  # nothing follows at once: let readers have it
            self._attempt(self._lines.flush)

    def _attempt(self, action, *arguments) -> None:
        try:
            action(*arguments)
        except OutputError as error:
            self.lost += error.lost
            if self.error is None:
                self.logger.error(str(error))
                self.error = error

    def start(self):
        if self._lines:
            self._attempt(self._lines.flush)  # from here on the file holds this run's decisions, though none may come for long
        return True

    def stop(self):
        # GNU Radio may end a message-only block with messages left in its queue.
        while self.gateway.nmsgs(DECISIONS):
            self._handle(self.gateway.delete_head_nowait(DECISIONS))
        for output in self._outputs:
            self._attempt(output.close)
        return True
