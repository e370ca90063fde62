# SPDX-License-Identifier: GPL-3.0-or-later
"""Which technology each emission of a swept spectrum is of."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..detection.swept_emissions import MIN_SNR_DB, SweptEmission, find_emissions, floor_db
from ..dsp.sweep_mean import SweepMean
from ..dsp.swept_spectrum import SweptSpectrum
from ..errors import ModelError, ParameterError
from ..records import ACCEPTED, UNKNOWN
from .catalog import find_technology
from .spectrum_windows import cut_window, window_length
from .technology_session import TechnologySession

OTHER = "other"  # a label that is never accepted
_AT_ONCE = 64  # windows of one run: bounds the memory
_SAME_BINS = 1e-3  # share by which a spectrum's bins may differ from the model's


@dataclass(frozen=True)
class TechnologyDecision:
    """One emission: its band in Hz, mean SNR in dB, and what it is.

    ``verdict`` is ``accepted``; or ``unknown``: the confidence is below the model's threshold, the label is "other", or
    the emission is wider than the model's windows, where label and confidence are None.
    """

    low_hz: float
    high_hz: float
    snr_db: float
    label: str | None
    confidence: float | None
    verdict: str


class TechnologyClassifier:
    """Finds the emissions of swept spectra and names the technology of each.

    Parameters
    ----------
    model : str
        Name of a shipped classifier, "default-technology", or an ``.onnx`` file.
    threads : int
        Threads that one run may use, at least 1.
    min_snr_db : float
        Emissions below this are not looked for, see ``detection.swept_emissions``.
    sweeps : int
        Decisions are about the mean of so many of a band's newest sweeps, 1 to 1000.

    Attributes
    ----------
    card : TechnologyCard

    Raises
    ------
    ModelError
        There is no such model, or it is damaged or of another kind.
    ParameterError
        `threads` is below 1, `min_snr_db` is not finite, or `sweeps` is not in its range.
    """

    def __init__(self, model: str | Path = "default-technology", threads: int = 1, min_snr_db: float = MIN_SNR_DB, sweeps: int = 1):
        if not np.isfinite(min_snr_db):
            raise ParameterError(f"The 'min_snr_db' of emissions must be a finite number. Got {min_snr_db} instead.")
        self._session = TechnologySession(find_technology(model), threads=threads)
        self._min_snr_db, self._mean = min_snr_db, SweepMean(sweeps)
        self.card = self._session.card

    def restart(self) -> None:
        """Forget the sweeps that were seen: the next one is the first of its band."""
        self._mean.clear()

    def decide(self, spectrum: SweptSpectrum) -> list[TechnologyDecision]:
        """Return a decision for each emission of a sweep, from the lowest frequency up; call it in the order of time.

        Raises
        ------
        ParameterError
            If the spectrum's bins are not as wide as the model's.
        """
        wanted_hz = self.card.input.bin_hz
        if abs(spectrum.bin_hz - wanted_hz) > _SAME_BINS * wanted_hz:
            raise ParameterError(f"The bins of a spectrum for {self.card.name} must be {wanted_hz:g} Hz wide. Got {spectrum.bin_hz:g} instead.")
        spectrum = self._mean.push(spectrum)
        emissions, floor = find_emissions(spectrum, self._min_snr_db), floor_db(spectrum)
        decided: list[TechnologyDecision | None] = [None] * len(emissions)
        by_length: dict[int | None, list[int]] = {}
        for index, one in enumerate(emissions):
            by_length.setdefault(window_length(one.bins, self.card.input.lengths), []).append(index)
        for length, indices in by_length.items():
            for first in range(0, len(indices), _AT_ONCE):
                chosen = indices[first : first + _AT_ONCE]
                if length is None:
                    rows = [None] * len(chosen)
                else:
                    rows = self._session.probabilities(np.stack([cut_window(spectrum, floor, emissions[i], length) for i in chosen]))
                for index, row in zip(chosen, rows):
                    decided[index] = self._decision(emissions[index], row)
        return decided

    def _decision(self, emission: SweptEmission, probabilities: np.ndarray | None) -> TechnologyDecision:
        band = (emission.low_hz, emission.high_hz, emission.snr_db)
        if probabilities is None:
            return TechnologyDecision(*band, None, None, UNKNOWN)
        head = self.card.heads[0]
        if not np.isfinite(probabilities).all():
            raise ModelError(f"{self._session.path}: the model gave values that are not finite for finite windows.")
        best = int(probabilities.argmax())
        label, confidence = head.labels[best], float(probabilities[best])
        accepted = label != OTHER and confidence >= head.reject_threshold
        return TechnologyDecision(*band, label, confidence, ACCEPTED if accepted else UNKNOWN)
