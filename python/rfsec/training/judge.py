# SPDX-License-Identifier: GPL-3.0-or-later
"""What a card says of a trained model's decisions: calibrated and given thresholds on one set, measured on another."""

from dataclasses import asdict
from typing import Any

from torch import Tensor

from .corpus_base import Parts
from .evaluation import fit_temperature, measure
from .thresholds import choose_thresholds, measure_acceptance

Judged = tuple[Tensor, Parts]  # logits [n, labels] and the windows that they are of


def judge(calibration: Judged, test: Judged, labels: tuple[str, ...], bursts: bool) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the fields of the card's head (its temperature and thresholds), and those of its metrics.

    Parameters
    ----------
    calibration : Judged
        Chooses temperature and thresholds.
    test : Judged
        Chooses nothing.
    labels : tuple of str
    bursts : bool
        Whether the model decides about bursts; only such a model gets thresholds.
    """
    temperature = fit_temperature(*calibration)
    metrics = asdict(measure(*test, labels, temperature))
    if not bursts:
        return {"temperature": temperature, "reject_threshold": 0.0}, metrics
    thresholds = choose_thresholds(*calibration, labels, temperature)
    acceptance = measure_acceptance(*test, labels, temperature, thresholds)
    return {"temperature": temperature, **asdict(thresholds)}, {**metrics, **asdict(acceptance)}
