# SPDX-License-Identifier: GPL-3.0-or-later
"""Fingerprint Authenticator: says which enrolled emitter sent a window or a burst, or that none of them did."""

from dataclasses import replace

import numpy as np
import pmt
from gnuradio import gr

from ..detection.restore import restore
from ..errors import ModelError, RfsecError
from ..inference.authenticator import Authenticator, record_of
from ..inference.evidence import Evidence
from ..inference.stream_classifier import OVERLOAD, SKIP
from ..records import DecisionRecord
from .authenticator_windows import AuthenticatedWindows
from .burst_pdu import BurstPdu
from .burst_search import BURSTS, MAX_BACKLOG
from .fingerprint_replies import ENROL, MAX_EXAMPLES, REPLIES, REVOKE, Reply
from .gallery_commands import GalleryCommands
from .iq_windower import MAX_LENGTH
from .message_backlog import announce
from .onnx_classifier import DECISIONS
from .parameters import check_choice, check_real, check_whole
from .sample_clock import vector_of

NAME = "Fingerprint Authenticator"
SYSTEM = pmt.intern("system")
_NO_SAMPLES = np.empty(0, np.complex64)


class fingerprint_authenticator(gr.basic_block):
    """
    Say which enrolled emitter sent a burst or a window, or that none of them did.

    The nearest emitter of a gallery is "accepted" where it is near enough, else the sender is "unknown". A burst of which no
    fingerprint can be taken (no preamble, too weak, samples that are not finite) is "skipped", and so is what could not be
    processed in time; both are counted. Commands that cannot be carried out leave the gallery as it was: they are logged,
    counted in ``rejected``, and answered.

    Args:
        gallery: path of the gallery, a file that is made where it is missing
        model: name of a shipped encoder, or the path of an .onnx file with a card; must be the gallery's
        length: samples in a window of the stream input, for an encoder of windows: must be its card's; None takes the card's
        windows: windows, or bursts, that are fused for one decision, 1 to 4096; more than 1 only where one emitter sends at
            a time
        false_accepts: share of strangers that are accepted, 0 to 1; one for which the encoder's card has a threshold
        score: lowest score that is accepted, 0 to 1, in place of that threshold; 0 takes the threshold
        k: enrolled examples of an emitter, the nearest ones, over which its distance is averaged, 1 to 4096
        enrol: name under which the first windows or bursts are enrolled; "" enrols none
        examples: windows, or bursts, of an enrolment that does not say how many, 1 to 4096
        batch: windows that are encoded at once, 1 to 4096; larger is faster and later
        threads: threads of ONNX Runtime, 1 to 256
        on_overload: "wait" loses nothing and holds the source up (files); "skip" takes the newest windows or bursts and marks
            the others (radios)

    Ports:
        in: vectors of length complex64, for an encoder of windows (optional)
        bursts (message): PDUs of a Burst Detector
        enrol (message): a dict with name, and examples where wanted, or a pair (name . NAME): the next windows or bursts are
            enrolled
        revoke (message): a dict with name, or a pair: the emitter is taken out of the gallery
        decisions (message): one PMT dict per decision with the keys of the decision record: head "emitter", the emitter as
            label or nil, the score as confidence
        replies (message): one PMT dict per command: command, name (or nil), done (true or false) and text

    Tags:
        window_start, window_hop, rx_time, rx_rate and rx_freq give the decisions about windows their samples, time and
            frequency

    Example:
        authenticator = rfsec.fingerprint_authenticator("gallery.db", "rffi-fsk")
        tb.msg_connect(detector, "bursts", authenticator, "bursts")
        tb.msg_connect(authenticator, "decisions", rfsec.decision_sink(jsonl="who.jsonl"), "decisions")
    """

    def __init__(self, gallery: str, model: str = "rffi-80211", length: int | None = 128, windows: int = 1,
                 false_accepts: float = 0.01, score: float = 0, k: int = 1, enrol: str = "", examples: int = 1, batch: int = 64,
                 threads: int = 1, on_overload: str = "wait"):
        for name, value, highest in (("windows", windows, MAX_EXAMPLES), ("k", k, MAX_EXAMPLES), ("examples", examples, MAX_EXAMPLES),
                                     ("batch", batch, 4096), ("threads", threads, 256)):
            check_whole(NAME, name, value, highest)
        check_real(NAME, "false_accepts", false_accepts, 0, 1, "of the strangers")
        check_real(NAME, "score", score, 0, 1, "of an exact match")
        check_choice(NAME, "on_overload", on_overload, OVERLOAD)
        if length is not None:
            check_whole(NAME, "length", length, MAX_LENGTH, "samples")
        self._authenticator = Authenticator(gallery, model, false_accepts=false_accepts, lowest_score=score or None, k=k,
                                            threads=threads, create=True)
        self.card = card = self._authenticator.fingerprinter.card
        wanted = self._authenticator.fingerprinter.window_length
        if wanted is not None and length not in (None, wanted):
            raise ModelError(f"{card.name}: this encoder takes windows of {wanted} samples. Got length={length} instead.")
        items = [] if wanted is None else [vector_of(np.complex64, wanted)]
        gr.basic_block.__init__(self, NAME, gr.py_io_signature(0, len(items), items), [])
        self._commands = GalleryCommands(self._authenticator, examples, self._answer)
        if enrol:
            self._commands.begin(enrol)
        self._skips = on_overload == SKIP
        self._evidence = Evidence(windows, card.embedding.unit_length)
        self._windows = AuthenticatedWindows(
            self, self._authenticator, count=windows, batch=batch, on_overload=on_overload, commands=self._commands,
            decide=self._decide, publish=self._publish) if items else None
        self.decided = self.refused = self._late = self._unusable = 0
        self._failure: RfsecError | None = None
        for port, handler in ((BURSTS, self._handle), (ENROL, self._enrol), (REVOKE, self._revoke)):
            self.message_port_register_in(port)
            self.set_msg_handler(port, handler)
        self.message_port_register_out(DECISIONS)
        self.message_port_register_out(REPLIES)
        self.set_msg_handler(SYSTEM, self._end)
        announce(self)

    @property
    def skipped(self) -> int:
        """Windows and bursts so far that were not processed: overload, or an encoder or a gallery that failed."""
        return self._late + (self._windows.skipped if self._windows else 0)

    @property
    def invalid(self) -> int:
        """Windows so far that are not finite, and bursts of which no fingerprint can be taken."""
        return self._unusable + (self._windows.invalid if self._windows else 0)

    @property
    def rejected(self) -> int:
        """Commands so far that were not carried out."""
        return self._commands.rejected

    @property
    def error(self) -> RfsecError | None:
        """The first failure of the encoder or the gallery, or None."""
        return self._failure or (self._windows.intake.error if self._windows else None)

    def start(self):
        if self._windows:
            self._windows.open()
        self._evidence.clear()
        self._commands.open()
        return True

    def forecast(self, noutput_items, ninputs):
        return [1] * ninputs

    def general_work(self, input_items, output_items):
        self._windows.take(input_items[0])
        return 0

    def _enrol(self, message) -> None:
        self._commands.enrol(message)

    def _revoke(self, message) -> None:
        self._commands.revoke(message)

    def _handle(self, message) -> None:
        too_late = self._skips and self.gateway.nmsgs(BURSTS) >= MAX_BACKLOG
        try:
            pdu = BurstPdu.from_pmt(message, with_samples=not too_late)
        except ValueError as error:
            self.refused += 1
            self.logger.warn(str(error))
            return
        if too_late:
            self._late += 1
            self._publish(_record(self.card.name, pdu, pdu))
        else:
            self._take_burst(pdu)

    def _take_burst(self, pdu: BurstPdu) -> None:
        try:
            samples, rate_hz = restore(pdu.burst)
            embedded = self._authenticator.fingerprinter.embed([samples], rate_hz)
        except RfsecError as error:
            self._late += 1
            self._fail(error)
            self._publish(_record(self.card.name, pdu, pdu))
            return
        if not embedded.usable[0]:
            self._unusable += 1
            self._commands.take_burst(None, embedded.reason[0])
            self._publish(_record(self.card.name, pdu, pdu))
            return
        place = replace(pdu, burst=replace(pdu.burst, samples=_NO_SAMPLES))  # what waits for its fellows needs little memory
        for first, last, fused in self._evidence.add([place], embedded.values):
            self._publish(_record(self.card.name, first, last, self._decide(fused)))
        self._commands.take_burst(embedded.values[0], "it clips" if pdu.burst.clips else "")

    def _decide(self, embedding: np.ndarray):
        """The Identification of a fingerprint, or None where the gallery failed."""
        try:
            found = self._authenticator.identify(embedding)
        except RfsecError as error:
            self._late += 1
            self._fail(error)
            return None
        self.decided += 1
        return found

    def _fail(self, error: RfsecError) -> None:
        if self._failure is None:  # raised inside a handler it would hang the flowgraph
            self._failure = error
            self.logger.error(str(error))

    def _publish(self, record: DecisionRecord) -> None:
        self.message_port_pub(DECISIONS, record.to_pmt())

    def _answer(self, reply: Reply) -> None:
        if not reply.done:
            self.logger.warn(reply.text)
        self.message_port_pub(REPLIES, reply.to_pmt())

    def _end(self, message) -> None:
        """The detector has ended: decide what waits before GNU Radio ends this block too, and then its listeners."""
        while self.gateway.nmsgs(BURSTS):
            self._handle(self.gateway.delete_head_nowait(BURSTS))
        self.gateway.system_handler(message)

    def stop(self):
        if self._windows:
            self._windows.intake.close()
        self._commands.close()
        return True


def _record(model: str, first: BurstPdu, last: BurstPdu, found=None) -> DecisionRecord:
    """The record of a decision about the bursts from `first` to `last`, with the band of the last one."""
    start, burst = first.burst.sample_start, last.burst
    count = max(burst.sample_start + burst.sample_count - start, first.burst.sample_count)
    return record_of(found, model, sample_start=start, sample_count=count, time_ns=first.time_ns, freq_hz=last.freq_hz,
                     sample_rate_hz=burst.sample_rate_hz, snr_db=burst.snr_db, centre_hz=burst.centre_hz,
                     bandwidth_hz=burst.bandwidth_hz)
