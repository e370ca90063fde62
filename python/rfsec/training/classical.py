# SPDX-License-Identifier: GPL-3.0-or-later
"""The classical baselines of the LSTM paper: fitted by scikit-learn, calibrated, measured, exported with the card.

Rajendran et al., IEEE TCCN 4(3), 2018, section V-A and figure 3: they see the amplitude and phase that the LSTM sees.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sklearn.base import ClassifierMixin

from ..datasets.labelled_windows import LabelledWindows
from ..datasets.seeding import check_seed
from ..errors import ParameterError
from ..inference.card import ModelCard
from ..inference.representations import represent
from .card_of import card_of, limits_of
from .classical_export import classical_logits, export_classical, flatten
from .classical_recipes import CLASSICAL
from .corpus import Corpus, Parts, make_corpus
from .judge import judge
from .produce import hardware_name
from .recipes import find_recipe

__all__ = ["CLASSICAL", "LSTM", "produce_classical"]

#: The baselines take its data and its input.
LSTM = find_recipe("lstm-amp-phase")


def produce_classical(
    name: str,
    seed: int,
    windows: int | None,
    out: Path,
    report: Callable[[str], None] = lambda stage: None,
    corpus: Corpus | None = None,
) -> ModelCard:
    """Fit the baseline `name` and write it as ONNX to `out`, with the card that is returned.

    With the LSTM's own corpus it is fitted to the first windows that `rfsec train lstm-amp-phase` sees.

    Parameters
    ----------
    name : str
        One of `CLASSICAL`.
    seed : int
        Of the forest and of the LSTM's corpus, at least 0; equal arguments give equal models.
    windows : int or None
        Windows to fit, enough that each label is among them; None for the recipe's number.
    out : Path
    report : callable
        Called with the name of each stage when it begins.
    corpus : Corpus, optional
        Data with windows of one length; by default the LSTM's.

    Raises
    ------
    ParameterError
        If there is no such baseline, `seed` is none, `windows` is too small, or the windows have several lengths.
    OutputError
        If `out` cannot be written.
    """
    if name not in CLASSICAL:
        raise ParameterError(f"The classical 'model' to train must be one of {', '.join(CLASSICAL)}. Got {name!r} instead.")
    check_seed(seed)
    recipe = CLASSICAL[name]
    corpus = make_corpus(LSTM, seed) if corpus is None else corpus
    if len(corpus.lengths) > 1:
        raise ParameterError(f"The 'data' of {name} must have windows of one length. Got those of {corpus.name} instead.")
    report(f"taking windows of {corpus.name}")
    data = _first_windows(corpus, recipe.default_windows if windows is None else windows)
    report(f"fitting {len(data):,} windows")
    features = flatten(represent(LSTM.representation, data.x))
    if recipe.halves:
        features = features.astype(np.float16).astype(np.float32)
    classifier = recipe.make(seed).fit(features, data.label.astype(np.int64))

    report("measuring")
    calibration, test = ((_logits(classifier, parts), parts) for parts in (corpus.calibration(), corpus.test()))
    head, metrics = judge(calibration, test, corpus.labels, bursts=False)

    card = _describe(name, corpus, seed, len(data), recipe.stored_numbers(classifier), head, metrics)
    export_classical(classifier, card, out)
    return card


def _first_windows(corpus: Corpus, count: int) -> LabelledWindows:
    chunks = [corpus.chunk(index) for index in range(corpus.chunks_for(max(count, 1)))]
    data = LabelledWindows.concatenate(chunks)[: max(count, 0)]
    if len(np.unique(data.label)) < len(corpus.labels):
        raise ParameterError(
            f"The 'windows' to fit must be enough to hold each of the {len(corpus.labels)} labels: 200 are. "
            f"Got {count} instead."
        )
    return data


def _logits(classifier: ClassifierMixin, parts: Parts) -> torch.Tensor:
    windows = np.concatenate([represent(LSTM.representation, part.x) for part in parts])
    return torch.from_numpy(classical_logits(classifier, windows))


def _describe(
    name: str, corpus: Corpus, seed: int, seen: int, stored: int, head: dict[str, Any], metrics: dict[str, Any]
) -> ModelCard:
    return card_of(
        name,
        CLASSICAL[name].description,
        LSTM,
        corpus,
        {
            "command": " ".join(f"rfsec train {name} {corpus.options} --seed {seed} --windows {seen}".split()),
            "windows_seen": seen,
            "hardware": hardware_name(torch.device("cpu"), threads=1),
            "note": f"Fitted to the first {seen} windows that {LSTM.name} trains on, {corpus.note} "
            "Each window is turned by a random phase. The parameters are the numbers that the fitted model stores."
            + " The windows that it keeps are rounded to float16." * CLASSICAL[name].halves,
        },
        head,
        metrics,
        parameters=stored,
        limits=["A baseline to compare the networks with.", *limits_of(LSTM, corpus, metrics)],
    )
