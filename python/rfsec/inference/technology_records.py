# SPDX-License-Identifier: GPL-3.0-or-later
"""Decision records about the emissions of a sweep."""

from ..dsp.swept_spectrum import SweptSpectrum
from ..records import SKIPPED, DecisionRecord
from .technology_card import HEAD
from .technology_classifier import TechnologyDecision

_DIGITS = 6  # of a confidence


def middle_hz(spectrum: SweptSpectrum) -> float:
    """The middle of a sweep's band, Hz: the ``freq_hz`` of its records."""
    return spectrum.first_hz + (spectrum.power_db.size - 1) / 2 * spectrum.bin_hz


def record_of(one: TechnologyDecision, spectrum: SweptSpectrum, model: str, *, sample_start: int, sample_count: int,
              sample_rate_hz: float) -> DecisionRecord:
    """The record of an emission of a sweep that was made of these samples; its band is ``centre_hz`` and ``bandwidth_hz``."""
    confidence = None if one.confidence is None else round(float(one.confidence), _DIGITS)
    return DecisionRecord(sample_start, sample_count, spectrum.time_ns, middle_hz(spectrum), sample_rate_hz, round(float(one.snr_db), 2), HEAD,
                          one.label, confidence, one.verdict, model, (one.low_hz + one.high_hz) / 2 - middle_hz(spectrum), one.high_hz - one.low_hz)


def skipped_record(spectrum: SweptSpectrum, model: str, *, sample_start: int, sample_count: int, sample_rate_hz: float) -> DecisionRecord:
    """The record of a sweep that nothing was decided about: its whole band."""
    return DecisionRecord(sample_start, sample_count, spectrum.time_ns, middle_hz(spectrum), sample_rate_hz, None, HEAD, None, None, SKIPPED,
                          model, 0.0, spectrum.power_db.size * spectrum.bin_hz)
