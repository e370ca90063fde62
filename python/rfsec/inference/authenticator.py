# SPDX-License-Identifier: GPL-3.0-or-later
"""A gallery with the encoder that it was made with, and the rule by which an emission is accepted."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from ..detection.raw_bursts import RawBurst
from ..errors import ClaimError, GalleryError, ParameterError
from ..fingerprint.distances import fused
from ..fingerprint.enrolled import check_name
from ..fingerprint.gallery import Gallery
from ..fingerprint.matching import Identification, Matcher
from ..records import SKIPPED, DecisionRecord
from .catalog import list_encoders
from .fingerprinter import Fingerprinter

HEAD = "emitter"
_DIGITS = 6  # of a score in a record
_CLEARLY = 1.5  # times as near as the claimed emitter is another one's burst; by less, one burst of many may be by chance


class Authenticator:
    """Says whose fingerprint one is.

    Parameters
    ----------
    gallery : str or Path
    model : str, Path or None
        Name of a shipped encoder, or an .onnx file; None takes the shipped one that the gallery was made with.
    false_accepts : float
        Share of strangers that are accepted: one for which the encoder's card has a threshold.
    lowest_score : float or None
        Lowest score that is accepted, above 0 and at most 1, in place of that threshold.
    k : int
        Examples of an emitter, the nearest ones, over which its distance is averaged, at least 1.
    threads : int
        Threads of ONNX Runtime, at least 1.
    create : bool
        Make the gallery where it is missing.

    Attributes
    ----------
    gallery : Gallery
    fingerprinter : Fingerprinter
    lowest_score : float
        That is accepted.

    Raises
    ------
    GalleryError
        The gallery is missing, damaged, or of another encoder.
    ModelError
        There is no such encoder.
    ParameterError
        A parameter is outside its rule.
    """

    def __init__(self, gallery: str | Path, model: str | Path | None = None, *, false_accepts: float = 0.01,
                 lowest_score: float | None = None, k: int = 1, threads: int = 1, create: bool = False):
        if lowest_score is not None and not 0 < lowest_score <= 1:
            raise ParameterError(f"The lowest score that is accepted must be above 0 and at most 1. Got {lowest_score} instead.")
        if k < 1:
            raise ParameterError(f"The number 'k' of examples that count must be at least 1. Got {k} instead.")
        self.fingerprinter = Fingerprinter(encoder_of(gallery) if model is None else model, threads=threads)
        threshold = self.fingerprinter.threshold(false_accepts) if lowest_score is None else 1 / lowest_score - 1
        self.lowest_score, self._threshold, self._k = 1 / (1 + threshold), threshold, k
        self.gallery = Gallery(gallery, self.fingerprinter.encoder, create=create)
        self._matcher = Matcher(self.gallery)

    def identify(self, embedding: np.ndarray) -> Identification:
        """Return who has a fingerprint, float32 [size]. Raises GalleryError where the gallery cannot be read."""
        return self._matcher.identify(embedding, self._threshold, self._k)

    def verify(self, bursts: Mapping[int, np.ndarray], claim: str) -> None:
        """Return if bursts are of the emitter `claim`: fused they are, and none alone is clearly of another one.

        It is where it would be accepted as the other, which is 1.5 times as near as the claimed one.

        Parameters
        ----------
        bursts : mapping of int to float32 [size]
            The fingerprint of each burst by its number, at least one.
        claim : str

        Raises
        ------
        ClaimError
            They are not.
        GalleryError
            No such emitter is enrolled.
        """
        embeddings = np.stack(list(bursts.values()))
        self._matcher.verify(fused(embeddings, self.fingerprinter.encoder.unit_length), claim, self._threshold, self._k)
        each = self._matcher.identify_all(embeddings, self._threshold, self._k)
        for number, embedding, found in zip(bursts, embeddings, each):  # what is fused with enough others would not show
            if found.emitter in (None, claim):
                continue
            distance = self._matcher.distance(embedding, claim, self._k)
            if distance > _CLEARLY * found.distance:
                raise ClaimError(f"Burst {number} is not of {claim!r}: {found.emitter!r} is much nearer, at the distance "
                                 f"{found.distance:.4g} against {distance:.4g}, and a claim holds only for bursts of one emitter. "
                                 "Identify the bursts, and verify those of one emitter alone.")

    def check_new(self, name: str) -> None:
        """Raise GalleryError where an emitter of this name cannot be enrolled: it is there already, or the name is none."""
        check_name(name)
        if name in {one.name for one in self.gallery.emitters()}:
            raise GalleryError(f"{self.gallery.path}: an emitter {name!r} is enrolled already. Revoke it, or choose another name.")


def encoder_of(gallery: str | Path) -> str:
    """Return the name of the shipped encoder that a gallery was made with.

    Raises GalleryError where there is no such gallery, or its encoder is not shipped.
    """
    with Gallery(gallery) as opened:
        name = opened.encoder.name
    if name not in list_encoders():
        raise GalleryError(f"{gallery}: this gallery was made with the encoder {name}, which is not shipped; name its file as "
                           "the model.")
    return name


def record_of(
    found: Identification | None, model: str, *, sample_start: int, sample_count: int, time_ns: int | None, freq_hz: float | None,
    sample_rate_hz: float | None, snr_db: float | None = None, centre_hz: float | None = None, bandwidth_hz: float | None = None,
) -> DecisionRecord:
    """Return the record of a decision by the encoder `model`; the verdict is "skipped" where nothing was `found`."""
    label, score, verdict = None, None, SKIPPED
    if found is not None:
        label, score, verdict = found.emitter, round(float(found.score), _DIGITS), found.verdict
    return DecisionRecord(sample_start, sample_count, time_ns, freq_hz, sample_rate_hz, snr_db, HEAD, label, score, verdict, model,
                          centre_hz, bandwidth_hz)


def burst_record(found: Identification | None, model: str, burst: RawBurst) -> DecisionRecord:
    """Return the record of a decision about a burst of a recording."""
    tuning = burst.tuning
    return record_of(found, model, sample_start=burst.sample_start, sample_count=burst.sample_count,
                     time_ns=tuning.time_ns_of(burst.sample_start), freq_hz=tuning.freq_hz, sample_rate_hz=tuning.sample_rate_hz,
                     snr_db=burst.snr_db, centre_hz=burst.centre_hz, bandwidth_hz=burst.bandwidth_hz)
