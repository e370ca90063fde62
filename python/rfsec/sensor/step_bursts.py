# SPDX-License-Identifier: GPL-3.0-or-later
"""Decides about the bursts in the samples of one step, where an emission is narrow enough to lie in it whole."""

from dataclasses import replace

from ..detection.detector import BurstDetector
from ..detection.raw_bursts import raw_bursts
from ..errors import GalleryError, ModelError
from ..inference import authenticator as emitters
from ..inference.authenticator import Authenticator
from ..inference.burst_classifier import BurstClassifier, record_of
from ..records import DecisionRecord
from .config_file import ConfigFile
from .sweep import Step

WIDEST = 0.8  # of the sample rate: beyond it the receiver's filter cuts an emission


class StepBursts:
    """The modulation and the emitter of bursts, as far as a configuration names models for them.

    Parameters
    ----------
    file : ConfigFile

    Raises
    ------
    ParameterError
        A model or gallery is missing or wrong; with its line.
    """

    def __init__(self, file: ConfigFile) -> None:
        models = file.config.models
        self._modulations = self._emitters = None
        if models.modulation is not None:
            with file.naming("models", "modulation"):
                self._modulations = BurstClassifier(models.modulation)
        if models.gallery is not None:
            with file.naming("models", "gallery"):
                self._emitters = Authenticator(models.gallery)

    def decide(self, step: Step, bands: list[tuple[float, float]]) -> list[DecisionRecord]:
        """Records of the bursts whose middle lies in one of the `bands`, (low, high) in Hz, that the step holds whole.

        Raises ModelError where a model or the gallery fails.
        """
        half_hz = step.sample_rate_hz * WIDEST / 2
        inside = [(low - step.freq_hz, high - step.freq_hz) for low, high in bands
                  if low >= step.freq_hz - half_hz and high <= step.freq_hz + half_hz]
        if not inside:
            return []
        records = []
        if self._modulations is not None:
            records += self._modulations_of(step, inside)
        if self._emitters is not None:
            records += self._emitters_of(step, inside)
        return records

    def _modulations_of(self, step: Step, inside: list[tuple[float, float]]) -> list[DecisionRecord]:
        detector = BurstDetector(step.sample_rate_hz)
        found = [one for one in detector.push(step.samples) + detector.flush() if _is_in(one.centre_hz, inside)]
        decisions = self._modulations.decide(found)
        return [record_of(replace(one, sample_start=step.sample_start + one.sample_start), decision, self._modulations.card,
                          step.time_ns_of(one.sample_start), step.freq_hz) for one, decision in zip(found, decisions)]

    def _emitters_of(self, step: Step, inside: list[tuple[float, float]]) -> list[DecisionRecord]:
        records, fingerprinter = [], self._emitters.fingerprinter
        for one in raw_bursts(step, step.sample_rate_hz):
            if not _is_in(one.centre_hz, inside):
                continue
            embedded = fingerprinter.embed([one.samples], step.sample_rate_hz)
            try:
                found = self._emitters.identify(embedded.values[0]) if embedded.usable[0] else None
            except GalleryError as error:
                raise ModelError(str(error)) from None
            records.append(emitters.record_of(
                found, fingerprinter.card.name, sample_start=step.sample_start + one.sample_start, sample_count=one.sample_count,
                time_ns=step.time_ns_of(one.sample_start), freq_hz=step.freq_hz, sample_rate_hz=step.sample_rate_hz, snr_db=one.snr_db,
                centre_hz=one.centre_hz, bandwidth_hz=one.bandwidth_hz))
        return records


def _is_in(centre_hz: float, bands: list[tuple[float, float]]) -> bool:
    return any(low <= centre_hz <= high for low, high in bands)
