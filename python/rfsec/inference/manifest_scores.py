# SPDX-License-Identifier: GPL-3.0-or-later
"""How right bursts are found and named in labelled recordings."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

from ..detection.burst import Burst
from ..detection.detector import BurstDetector
from ..errors import DatasetError
from ..recordings.reader import Recording
from ..recordings.tunings import tunings_of
from ..records import ACCEPTED
from .burst_classifier import BurstClassifier
from .manifest import Entry, opened, read_json

READ_SAMPLES = 1 << 18
START_TOLERANCE = 20  # samples
GROUND_TRUTH = "GROUND_TRUTH.json"
# What a manifest calls a signal, and which labels of a model are right about it.
_RIGHT = {
    "PPM": ("OOK",), "ASK": ("OOK", "4-ASK"), "FSK": ("2-FSK",), "GFSK": ("2-FSK",), "MSK": ("2-FSK",), "GMSK": ("2-FSK",),
    "DBPSK": ("BPSK",), "SC-FDMA": ("OFDM", "QPSK", "16QAM", "64QAM"), "NFM": ("FM",), "NBFM": ("FM",), "WFM": ("FM",),
    "WBFM": ("FM",), "USB": ("SSB",), "LSB": ("SSB",), "CW": ("carrier", "OOK"),
}


@dataclass(frozen=True)
class FileScore:
    """What was found in one recording.

    Attributes
    ----------
    name, truth : str
        Of the manifest.
    bursts : int
        Found; in a recording with SigMF annotations those that meet one.
    labels : dict of str to int
        How many bursts were accepted as what.
    right : int
        Accepted bursts whose label is right.
    majority : str or None
        The most frequent accepted label.
    symbol_rate_hz, true_symbol_rate_hz : float or None
        The median of the bursts, and what the manifest states.
    starts, starts_met : int
        Known starts of frames, and those that a burst meets within `START_TOLERANCE` samples.
    """

    name: str
    truth: str
    bursts: int
    labels: dict[str, int]
    right: int
    majority: str | None
    symbol_rate_hz: float | None
    true_symbol_rate_hz: float | None
    starts: int
    starts_met: int

    @property
    def accepted(self) -> int:
        return sum(self.labels.values())

    @property
    def is_right(self) -> bool:
        """Whether the majority is right."""
        return self.majority is not None and _is_right(self.majority, self.truth)


def right_labels(truth: str) -> frozenset[str]:
    """The labels of a model that are right about what a manifest calls `truth`."""
    key = _key(truth)
    known = next((labels for name, labels in _RIGHT.items() if _key(name) == key), (truth,))
    return frozenset(known)


def _is_right(label: str, truth: str) -> bool:
    return _key(label) in map(_key, right_labels(truth))


def _key(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def score_file(folder: Path, entry: Entry, classifier: BurstClassifier, starts: list[int]) -> FileScore:
    """Find and decide the bursts of one recording, and compare them with its entry.

    Parameters
    ----------
    folder : Path
        The manifest's.
    entry : Entry
        With a class.
    classifier : BurstClassifier
    starts : list of int
        Known first samples of frames.

    Raises
    ------
    DatasetError
        Neither manifest nor recording tells a sample rate.
    RecordingError
        The recording is missing or damaged.
    """
    with opened(folder, entry) as recording:
        if recording.sample_rate_hz is None:
            raise DatasetError(f"{entry.name}: neither it nor the manifest tells its sample rate; add 'sample_rate', in Hz.")
        begun, bursts, labels, rates, annotations = [], 0, Counter(), [], _annotations(recording)
        for burst, tuned_hz in _found(recording):  # one at a time: thousands would not fit into memory
            begun.append(burst.sample_start)
            if annotations and not any(_meets(burst, one, tuned_hz) for one in annotations):
                continue
            bursts += 1
            [decision] = classifier.decide([burst])
            if decision.verdict == ACCEPTED:
                labels[decision.label] += 1
                rates += [burst.symbol_rate_hz] if burst.symbol_rate_hz else []
    return FileScore(
        name=entry.name, truth=entry.truth, bursts=bursts, labels=dict(labels.most_common()),
        right=sum(count for label, count in labels.items() if _is_right(label, entry.truth)),
        majority=labels.most_common(1)[0][0] if labels else None,
        symbol_rate_hz=median(rates) if rates else None, true_symbol_rate_hz=entry.symbol_rate_hz,
        starts=len(starts), starts_met=sum(any(abs(one - start) <= START_TOLERANCE for one in begun) for start in starts))


def _found(recording: Recording) -> Iterator[tuple[Burst, float]]:
    """The bursts of a recording, which end where it was retuned, placed in it, each with the frequency in Hz that was tuned (0: not told)."""
    for tuning, end in tunings_of(recording):
        for burst in _bursts(recording, tuning.sample_start, end):
            yield replace(burst, sample_start=tuning.sample_start + burst.sample_start), tuning.freq_hz or 0.0


def _bursts(recording: Recording, start: int, end: int) -> Iterator[Burst]:
    """The bursts of a part of a recording, counted from its start."""
    detector = BurstDetector(recording.sample_rate_hz)
    for place in range(start, end, READ_SAMPLES):
        yield from detector.push(recording.read(place, min(READ_SAMPLES, end - place)))
    yield from detector.flush()


def _annotations(recording: Recording) -> list[dict]:
    """A recording's SigMF annotations of some samples, each with its first sample in the file."""
    metadata = recording.sigmf_metadata() or {}
    first = int(metadata.get("global", {}).get("core:offset", 0))  # annotations count from it, bursts from the first sample
    return [{**one, "core:sample_start": one["core:sample_start"] - first}
            for one in metadata.get("annotations", []) if one.get("core:sample_count")]


def _meets(burst: Burst, annotation: dict, tuned_hz: float) -> bool:
    first = annotation["core:sample_start"]
    together = min(burst.sample_start + burst.sample_count, first + annotation["core:sample_count"]) - max(burst.sample_start, first)
    low, high = annotation.get("core:freq_lower_edge"), annotation.get("core:freq_upper_edge")
    if low is None or high is None:
        return together > 0
    return together > 0 and low <= tuned_hz + burst.centre_hz <= high


def known_starts(manifest: Path) -> dict[str, list[int]]:
    """First samples of frames by the file's base name, from ``GROUND_TRUTH.json`` beside a manifest, where there is one.

    It maps KIND:FILE to a list of objects; those with a whole number ``start`` count. Raises DatasetError for no such JSON.
    """
    path = manifest.parent / GROUND_TRUTH
    if not path.exists():
        return {}
    document = read_json(path)
    if not isinstance(document, dict):
        raise DatasetError(f"{path}: it must hold one JSON object.")
    starts = {}
    for key, frames in document.items():
        if isinstance(frames, list):
            own = [one["start"] for one in frames if isinstance(one, dict) and isinstance(one.get("start"), int)]
            if own:
                starts[key.partition(":")[2]] = own
    return starts
