# SPDX-License-Identifier: GPL-3.0-or-later
"""Decides about a sweep: the technology of each emission, and the modulation and emitter of the bursts of those that fit into one step."""

from dataclasses import replace
from math import isclose

from ..errors import ModelError
from ..inference.technology_classifier import TechnologyClassifier, TechnologyDecision
from ..inference.technology_records import record_of
from ..records import ACCEPTED, UNKNOWN, DecisionRecord
from .config_file import ConfigFile
from .grids import BIN_HZ, RATE_HZ, grids_of
from .step_bursts import StepBursts
from .step_memory import check_step_memory
from .sweep import Sweep


class SweepDecider:
    """The models of one configuration.

    Parameters
    ----------
    file : ConfigFile

    Raises
    ------
    ParameterError
        A model or gallery is missing or wrong, a radio's band has too few bins or too many, or the samples of its steps, where bursts are
        looked for, do not fit into memory; with its line.
    """

    def __init__(self, file: ConfigFile) -> None:
        with file.naming("models", "technology"):
            self._technologies = TechnologyClassifier(file.config.models.technology, min_snr_db=file.config.thresholds.min_snr_db,
                                                      sweeps=file.config.models.sweeps)
            if not isclose(bin_hz := self._technologies.card.input.bin_hz, BIN_HZ, rel_tol=1e-3):
                raise ModelError(f"{file.config.models.technology}: this model takes bins of {bin_hz:g} Hz, and a sensor measures {BIN_HZ:g} Hz.")
        if file.config.source.usrp is not None:
            grids = grids_of(file, RATE_HZ)  # a radio may be missing; what is wrong with its bands is said at once
            if wants_steps(file):
                check_step_memory(file, grids)
        self._min_confidence = file.config.thresholds.min_confidence
        self._bursts = StepBursts(file) if wants_steps(file) else None

    def decide(self, sweep: Sweep) -> list[DecisionRecord]:
        """The records of a sweep, emissions by frequency, then bursts by time. Raises ModelError where a model fails."""
        found = self._technologies.decide(sweep.spectrum)
        records = [self._record(sweep, one) for one in found]
        if self._bursts is not None:
            bands = [(one.low_hz, one.high_hz) for one in found]
            records += [record for step in sweep.steps for record in self._bursts.decide(step, bands)]
        return records

    def _record(self, sweep: Sweep, one: TechnologyDecision) -> DecisionRecord:
        record = record_of(one, sweep.spectrum, self._technologies.card.name, sample_start=sweep.sample_start,
                           sample_count=sweep.sample_count, sample_rate_hz=sweep.sample_rate_hz)
        if record.verdict == ACCEPTED and record.confidence < self._min_confidence:
            return replace(record, verdict=UNKNOWN)
        return record


def wants_steps(file: ConfigFile) -> bool:
    """Whether a configuration needs the samples of a sweep's steps beside its spectrum."""
    return file.config.models.modulation is not None or file.config.models.gallery is not None
