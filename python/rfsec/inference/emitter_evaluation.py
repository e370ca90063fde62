# SPDX-License-Identifier: GPL-3.0-or-later
"""How well emitters are told apart in a folder of recordings, each with one burst of a known emitter and session."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ..detection.raw_bursts import raw_bursts_or_whole, whole
from ..errors import DatasetError, RecordingError
from ..fingerprint.identification_protocol import IdentificationRates, measure_identification
from ..recordings.reader import Recording
from .encoder_choice import FSK_ENCODER, PREAMBLE_ENCODER, chosen_encoder
from .fingerprint_manifest import EmitterEntry, load_emitters
from .fingerprinter import Fingerprinter
from .manifest import opened

AUTO = "auto"


@dataclass
class _Taken:
    """The fingerprints that one encoder made of the files that it could use."""

    fingerprinter: Fingerprinter
    embeddings: list[np.ndarray] = field(default_factory=list)
    entries: list[EmitterEntry] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class EmitterScores:
    """How well emitters are told apart.

    Attributes
    ----------
    model : str
        Name of the encoder.
    bursts, emitters, sessions : int
        That were used.
    rates : IdentificationRates
    skipped : list of (str, str)
        The names of files that were not used, and why.
    """

    model: str
    bursts: int
    emitters: int
    sessions: int
    rates: IdentificationRates
    skipped: list[tuple[str, str]]


def evaluate_emitters(manifest: Path, model: str = AUTO,
                      report: Callable[[int, int, str], None] = lambda done, total, name: None) -> EmitterScores:
    """Make a fingerprint of the strongest burst of each file of a manifest, and measure how well emitters are told apart.

    Where no burst is found, or it can't be used, a file is taken as a whole.

    Parameters
    ----------
    manifest : Path
        See `load_emitters`.
    model : str
        Name of a shipped encoder, an .onnx file, or "auto": the shipped one for 802.11 frames if it can use most of the
        files, else the one for keyed frequencies.
    report : callable
        Called with how many files are done, how many there are, and the name of the next.

    Raises
    ------
    DatasetError
        The manifest is none, or there are not two emitters in it whose bursts can be used.
    ModelError
        There is no such encoder, or it fails.
    """
    taken = _fingerprints(manifest, model, report)
    emitters, sessions = [str(one.emitter) for one in taken.entries], [one.session for one in taken.entries]
    if len(set(emitters)) < 2:
        why = f"; {taken.skipped[0][0]}: {taken.skipped[0][1].rstrip('.')}" if taken.skipped else ""
        raise DatasetError(f"{manifest}: it needs files of two emitters at least, each with a burst that can be used. "
                           f"Got {len(set(emitters))} from {len(taken.entries)} files{why}.")
    encoder = taken.fingerprinter.encoder
    weights = None if encoder.weights is None else np.array(encoder.weights, np.float32)
    rates = measure_identification(np.stack(taken.embeddings), emitters, sessions, weights=weights, unit_length=encoder.unit_length)
    return EmitterScores(encoder.name, len(emitters), len(set(emitters)), len(set(sessions)), rates, taken.skipped)


def _fingerprints(manifest: Path, model: str, report: Callable[[int, int, str], None]) -> _Taken:
    entries = load_emitters(manifest)
    encoders = [_Taken(Fingerprinter(name)) for name in ((PREAMBLE_ENCODER, FSK_ENCODER) if model == AUTO else (model,))]
    for number, entry in enumerate(entries):
        report(number, len(entries), entry.name)
        reason = "no emitter is named" if entry.emitter is None else _take(manifest.parent, entry, encoders)
        for one in encoders if reason else ():
            one.skipped.append((entry.name, reason))
    if len(encoders) == 1:
        return encoders[0]
    return encoders[0] if chosen_encoder(len(encoders[0].entries), len(entries)) == PREAMBLE_ENCODER else encoders[1]


def _take(folder: Path, entry: EmitterEntry, encoders: list[_Taken]) -> str:
    """Give each encoder the burst of a file; return why there is none, "" where there is one."""
    try:
        with opened(folder, entry) as recording:
            rate_hz = recording.sample_rate_hz
            if rate_hz is None:
                return "its sample rate is not known"
            samples = _strongest(recording, rate_hz)
            for one in encoders:
                embedded = one.fingerprinter.embed([samples], rate_hz)
                if not embedded.usable[0] and samples.size < recording.sample_count:
                    embedded = one.fingerprinter.embed([whole(recording).samples], rate_hz)
                if embedded.usable[0]:
                    one.embeddings.append(embedded.values[0])
                    one.entries.append(entry)
                else:
                    one.skipped.append((entry.name, embedded.reason[0]))
    except (RecordingError, DatasetError) as error:
        return str(error)
    return ""


def _strongest(recording: Recording, rate_hz: float) -> np.ndarray:
    """The samples of the burst with the most energy."""
    return max((one.samples for one in raw_bursts_or_whole(recording, rate_hz)),
               key=lambda samples: np.vdot(samples, samples).real)
