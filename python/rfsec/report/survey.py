# SPDX-License-Identifier: GPL-3.0-or-later
"""Goes through a recording once: finds its bursts, lets a model decide on them, and keeps what a page shows."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from ..detection.burst import Burst
from ..detection.detector import BurstDetector
from ..errors import RecordingError
from ..inference.burst_classifier import BurstClassifier, record_of
from ..recordings.files import quoted
from ..recordings.reader import Recording
from ..recordings.tunings import tunings_of
from ..records import DecisionRecord
from .overview import Overview
from .pictures import picture

PICTURES = 200  # at most: a page holds them all
READ_SAMPLES = 1 << 18


@dataclass(frozen=True, slots=True)
class Decided:
    """A burst, what was decided about it, and the HTML of its picture, "" after the first `PICTURES`."""

    record: DecisionRecord
    picture: str


class Survey:
    """What is found in one recording.

    Parameters
    ----------
    recording : Recording
    classifier : BurstClassifier
    false_alarms_per_s, max_duration_s
        As in ``BurstDetector``.

    Attributes
    ----------
    decided : list of Decided
    overview : Overview
    samples : int
        Looked at so far.
    invalid : int
        Those of them that are not finite or above 1e15; they count as zero.

    Raises
    ------
    RecordingError
        The recording doesn't tell its sample rate.
    ParameterError
        A parameter is outside its range.
    """

    def __init__(self, recording: Recording, classifier: BurstClassifier, *, false_alarms_per_s: float, max_duration_s: float):
        if recording.sample_rate_hz is None:
            raise RecordingError(f"The recording {quoted(recording.path)} does not tell its sample rate; pass --rate, in Hz.")
        self.recording, self.classifier = recording, classifier
        self._new_detector = lambda: BurstDetector(
            recording.sample_rate_hz, false_alarms_per_s=false_alarms_per_s, max_duration_s=max_duration_s)
        self._detector = self._new_detector()
        self.decided: list[Decided] = []
        self.overview = Overview(recording.sample_count)
        self.samples = 0
        self._invalid_before = 0

    @property
    def invalid(self) -> int:
        return self._invalid_before + self._detector.invalid

    def steps(self) -> Iterator[int]:
        """Look at the next samples with each step, and yield how many those were. May be left early; then call `finish`."""
        for tuning, end in tunings_of(self.recording):
            self._tuning = tuning
            while self.samples < end:
                samples = self.recording.read(self.samples, min(READ_SAMPLES, end - self.samples))
                self.samples += samples.size
                self.overview.push(samples)
                self._decide(self._detector.push(samples))
                yield samples.size
            self._decide(self._detector.flush())
            self._invalid_before += self._detector.invalid
            self._detector = self._new_detector()

    def finish(self) -> None:
        """Complete the bursts that are open; after that everything is in order of time."""
        self._decide(self._detector.flush())
        self.overview.finish()
        self.decided.sort(key=lambda one: one.record.sample_start)

    def _decide(self, bursts: list[Burst]) -> None:
        card, tuning = self.classifier.card, self._tuning
        for burst in bursts:
            [decision] = self.classifier.decide([burst])  # one at a time, as the block does
            placed = replace(burst, sample_start=tuning.sample_start + burst.sample_start)
            record = record_of(placed, decision, card, tuning.time_ns_of(placed.sample_start), tuning.freq_hz)
            shown = picture(burst, decision.label) if len(self.decided) < PICTURES else ""
            self.decided.append(Decided(record, shown))
