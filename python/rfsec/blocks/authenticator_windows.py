# SPDX-License-Identifier: GPL-3.0-or-later
"""The stream side of a Fingerprint Authenticator: windows in, one decision for every few of them out."""

from collections.abc import Callable

import numpy as np

from ..inference.authenticator import Authenticator, record_of
from ..inference.evidence import Evidence
from ..inference.representations import represent
from ..inference.stream_classifier import Decided, StreamClassifier
from ..records import DecisionRecord
from .gallery_commands import GalleryCommands
from .sample_clock import Epoch
from .window_intake import WindowIntake


class _EncoderStream:
    """An encoder as a StreamClassifier calls its model: the one head gives embeddings instead of probabilities."""

    def __init__(self, embed: Callable[[np.ndarray], np.ndarray]):
        self._embed = embed

    def run(self, rows: np.ndarray) -> list[np.ndarray]:
        return [self._embed(rows)]

    logits = run

    def probabilities(self, values: list[np.ndarray]) -> list[np.ndarray]:
        return values


class AuthenticatedWindows:
    """Encodes windows in batches, fuses every `count` that are finite, and publishes a decision about them.

    Parameters
    ----------
    block : gr.basic_block
        Whose input 0 holds the windows.
    authenticator : Authenticator
        Of an encoder that takes windows.
    count, batch : int
    on_overload : str
        As of a StreamClassifier.
    commands : GalleryCommands
        Gets the windows that may be enrolled.
    decide : callable
        Takes a fingerprint, float32 [size], and returns the Identification, or None where that failed.
    publish : callable
        Takes a DecisionRecord.

    Attributes
    ----------
    skipped, invalid : int
        Windows that were not processed in time, and that are not finite.
    """

    def __init__(self, block, authenticator: Authenticator, *, count: int, batch: int, on_overload: str,
                 commands: GalleryCommands, decide: Callable[[np.ndarray], object], publish: Callable[[DecisionRecord], None]):
        card = authenticator.fingerprinter.card
        self._length, self._model = authenticator.fingerprinter.window_length, card.name
        self._commands, self._decide, self._publish = commands, decide, publish
        classifier = StreamClassifier(
            _EncoderStream(authenticator.fingerprinter.embed_rows), length=self._length, batch=batch, on_overload=on_overload,
            represent=lambda windows: represent("iq", windows.reshape(-1, self._length)))
        self.intake = WindowIntake(block, classifier, self._length)
        self._evidence = Evidence(count, card.embedding.unit_length)
        self.skipped = self.invalid = 0

    def open(self) -> None:
        """Begin a stream."""
        self.intake.open()
        self._evidence.clear()
        self._epoch: Epoch | None = None

    def take(self, items: np.ndarray) -> None:
        """Take the input of a work call, and publish the decisions that are due by now."""
        decided = self.intake.take(items)
        self._commands.take_windows(self.intake.new.reshape(-1, self._length), self.intake.new_from)
        for run in decided:
            if run.probabilities is None:
                self.skipped += run.count
                for epoch, begin, end in self.intake.stretches(run.first, run.count):
                    self._publish(self._record(epoch, begin, end - 1, None))
            else:
                self._take_run(run)
            self._commands.windows_decided(run.first + run.count)
        self.intake.rest()

    def _take_run(self, run: Decided) -> None:
        self.invalid += run.count - int(run.valid.sum())
        for epoch, begin, end in self.intake.stretches(run.first, run.count):
            if epoch != self._epoch:  # a decision never spans a discontinuity
                self._evidence.clear()
                self._epoch = epoch
            rows = slice(begin - run.first, end - run.first)
            valid = run.valid[rows]
            found = [(item, item, None) for item in (begin + np.flatnonzero(~valid)).tolist()]
            found += self._evidence.add((begin + np.flatnonzero(valid)).tolist(), run.probabilities[0][rows][valid])
            for first, last, embedding in sorted(found, key=lambda one: one[1]):
                self._commands.windows_decided(last)
                self._publish(self._record(epoch, first, last, embedding))

    def _record(self, epoch: Epoch, first: int, last: int, embedding: np.ndarray | None) -> DecisionRecord:
        sample = epoch.sample(first)
        found = None if embedding is None else self._decide(embedding)
        return record_of(found, self._model, sample_start=sample, sample_count=(last - first) * epoch.hop + self._length,
                         time_ns=epoch.sample_time_ns(sample), freq_hz=epoch.freq_hz, sample_rate_hz=epoch.rate_hz)
